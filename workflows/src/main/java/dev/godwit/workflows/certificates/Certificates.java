package dev.godwit.workflows.certificates;

import dev.godwit.workflows.certificates.CertificateStep.CopyCertificates;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** Certificates and what renews them. */
@ActivityInterface(namePrefix = "Certificates.")
public interface Certificates {
    /** Protocols, names and expiry that the source offers, and what the target would. */
    Inspection<Void> inspectCertificates(InspectCertificates request);

    BeforeImage lookAtCertificates(Look<CopyCertificates> request);

    Outcome copyCertificates(Act<CopyCertificates> request);

    Outcome removeCertificates(Undo<CopyCertificates> request);
}
