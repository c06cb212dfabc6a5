package dev.godwit.workflows.server;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;

/** One of the two servers. */
public record HostSpec(
        @Key(value = "the name that people use for it", text = Text.HOST_NAME)
        String host,

        @Key(value = "the IP address at which Godwit, the other server and the checks reach it", text = Text.ADDRESS)
        String address,

        @Key("how Godwit logs in") SshLogin ssh) {}
