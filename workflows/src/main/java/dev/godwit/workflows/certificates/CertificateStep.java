package dev.godwit.workflows.certificates;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;

/** Moves certificates. */
public sealed interface CertificateStep extends Action {
    /** Copies certificates with what renews them. */
    record CopyCertificates(TlsSpec tls) implements CertificateStep {
        @Override
        public String does() {
            return "copy " + Words.list(tls.certificates())
                    + (tls.renewal() == TlsSpec.Renewal.CERTBOT ? " with certbot's renewal configuration" : "")
                    + " to the target";
        }

        @Override
        public String undo() {
            return "remove the copies from the target";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Patience patience() {
            return Patience.COPY;
        }

        @Override
        public BeforeImage look(Call call) {
            return call.to(Certificates.class).lookAtCertificates(call.look(this));
        }

        @Override
        public Outcome act(Call call) {
            return call.to(Certificates.class).copyCertificates(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(Certificates.class).removeCertificates(call.undo(this));
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }
}
