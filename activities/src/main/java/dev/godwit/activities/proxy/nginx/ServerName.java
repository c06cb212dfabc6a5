package dev.godwit.activities.proxy.nginx;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Whether a {@code server_name} covers a host name (nginx manual, "Server names"). */
final class ServerName {
    private ServerName() {}

    static boolean covers(String serverName, String host) {
        String name = serverName.toLowerCase(Locale.ROOT);
        String asked = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("~")) {
            // The case of a class such as \D matters, the case of the name does not.
            return matches(serverName.substring(1), asked);
        }
        if (name.startsWith("*.")) {
            return asked.endsWith(name.substring(1)) && asked.length() > name.length() - 1;
        }
        if (name.startsWith(".")) {
            return asked.equals(name.substring(1)) || asked.endsWith(name);
        }
        if (name.endsWith(".*")) {
            return asked.startsWith(name.substring(0, name.length() - 1)) && asked.length() > name.length() - 1;
        }
        return name.equals(asked);
    }

    private static boolean matches(String expression, String host) {
        try {
            return Pattern.compile(expression, Pattern.CASE_INSENSITIVE)
                    .matcher(host)
                    .find();
        } catch (PatternSyntaxException e) {
            // What only PCRE understands is no name that Godwit can vouch for.
            return false;
        }
    }
}
