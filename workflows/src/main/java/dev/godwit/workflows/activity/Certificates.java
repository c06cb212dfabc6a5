package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CopyCertificates;
import io.temporal.activity.ActivityInterface;

/** Certificates and what renews them. */
@ActivityInterface(namePrefix = "Certificates.")
public interface Certificates {
    /** Protocols, names and expiry that the source offers, and what the target would. */
    Inspection inspectCertificates(Inspect request);

    BeforeImage lookAtCertificates(Look<CopyCertificates> request);

    Outcome copyCertificates(Act<CopyCertificates> request);

    Outcome removeCertificates(Undo<CopyCertificates> request);
}
