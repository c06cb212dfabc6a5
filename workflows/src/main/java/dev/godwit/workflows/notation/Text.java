package dev.godwit.workflows.notation;

import dev.godwit.workflows.Durations;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the texts of a spec are written. What is accepted here reaches shells (quoted), configuration files and other
 * servers, so each kind takes no more than it needs; none takes control characters.
 */
public enum Text {
    /** A line of free text. */
    LINE("a line of text", "", "write it in one line", 1000, "\\S.*"),
    /** A name of RFC 1123, in lower case. */
    HOST_NAME(
            "a host name in lower case",
            "shop.example.org",
            "write labels of letters, digits and '-' with dots between them; names in other scripts as xn--…",
            253,
            Text.HOST),
    /** The service's own name: ids, folders and units on the servers carry it, so it is shorter than a host's may be. */
    SERVICE(
            "a host name in lower case",
            "shop.example.org",
            "write labels of letters, digits and '-' with dots between them; names in other scripts as xn--…",
            80,
            Text.HOST),
    /** A name in DNS: perhaps with a closing dot, perhaps a wildcard (RFC 4592). */
    RECORD_NAME(
            "the full name of a DNS record in lower case",
            "shop.example.org",
            "write the full name, not one relative to the zone",
            254,
            "(\\*\\.)?" + Text.HOST + "\\.?"),
    /** An address, never a name: nothing is looked up. */
    ADDRESS(
            "an IP address",
            "192.0.2.10 or 2001:db8::10",
            "write the address itself; names are not looked up",
            45,
            "[0-9a-fA-F:.]+"),
    /** An account on a server. */
    USER("the name of a user", "deploy", "write the account's login name", 32, "[A-Za-z_][A-Za-z0-9_.-]*"),
    /** A pinned host key, as {@code ssh-keygen -lf} prints it: 32 bytes in Base64 without padding. */
    HOST_KEY(
            "the SHA-256 fingerprint of a host key",
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "take it from 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub' on that server",
            50,
            "SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"),
    /** A secret's name; what was written instead is never repeated. */
    SECRET(
            "a reference to a secret",
            "secret:ops",
            "write 'secret:' and the secret's name, never the secret itself",
            107,
            "secret:[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
    /** A database or one of its roles: PostgreSQL cuts names at 63 bytes, and reads one with '=' as a connection. */
    DATABASE_NAME(
            "the name of a database or of its user",
            "shop",
            "write at most 63 bytes without '=', '/', or a leading '-' or space",
            63,
            "[^-=/\\s]([^=/]*[^=/\\s])?"),
    /** A file or folder. */
    PATH(
            "an absolute path",
            "/srv/shop/uploads",
            "write it from '/' on, without '.', '..', '//' or a closing '/'",
            1000,
            "(/[^/]+)+"),
    /** A folder that may be replaced on the target as a whole. */
    FOLDER(
            "the absolute path of a folder that belongs to the service",
            "/srv/shop/uploads",
            "write a folder of the service's own, from '/' on, without '.', '..', '//' or a closing '/'; the target's"
                    + " folder is made the same as the source's, so the system's own folders, Godwit's and those of"
                    + " databases are refused",
            1000,
            "(/[^/]+)+"),
    /** A pattern of rsync's; what would be read as another rule or as a comment is refused. */
    RSYNC_PATTERN(
            "an rsync exclude pattern",
            "tmp/",
            "write the pattern alone, not a filter rule or a comment",
            1000,
            "(?![-+] )(?!!$)[^#;\\s].*"),
    /** A systemd unit (systemd.unit, "Unit names"), with its suffix, that is not needed to carry out the migration. */
    UNIT(
            "the name of a systemd unit of the service's own, with its suffix",
            "shop.service",
            "write a .service, .timer, .socket, .path or .target; a template needs its instance; ssh, nginx, cron,"
                    + " PostgreSQL, the network's, the firewall's and systemd's own units go on running during a migration",
            255,
            "[A-Za-z0-9:_.\\\\][A-Za-z0-9:_.\\\\@-]*\\.(service|timer|socket|path|target)"),
    /** What a check asks. */
    URL(
            "an http or https URL",
            "https://shop.example.org/health",
            "write scheme, host name and path, without user, password or fragment",
            2000,
            "https?://.+"),
    /** A shell script. */
    SCRIPT(
            "a shell script",
            "systemctl reload varnish",
            "write at most 65536 characters, with no control characters but newlines and tabs",
            65536,
            "[\\s\\S]*\\S[\\s\\S]*"),
    /** A variable for a service's environment. */
    VARIABLE(
            "a variable with its value",
            "MAIL_DELIVERY=off",
            "write NAME=value in one line; no secret: the plan shows it",
            1000,
            "[A-Za-z_][A-Za-z0-9_]*=.*"),
    /** The id of a step, as the plan shows it. */
    STEP_ID(
            "the id of a step",
            "serve-page",
            "write an id that the plan shows (POST /plans)",
            100,
            "[a-z0-9]+(-[a-z0-9]+)*"),
    /** How long the old server stays. */
    SOAK_TIME("a duration of at most 30d", "3d", "write days, hours, minutes or seconds", 40, Text.TIME),
    /** A time to live, which DNS counts in whole seconds. */
    TTL("a duration of whole seconds from 1s to 1d", "60s", "write seconds, minutes or hours", 40, Text.TIME),
    /** How long a script may run. */
    TIMEOUT("a duration from 1s to 24h", "2m", "write seconds, minutes or hours", 40, Text.TIME),
    /** How long requests may take to finish. */
    DRAIN_TIME("a duration of at most 10m", "10s", "write seconds or minutes", 40, Text.TIME),
    /** What visitors may notice, or a person's time to decide. */
    WAIT("a duration from 1s to 1d", "10s", "write seconds, minutes or hours", 40, Text.TIME);

    // Constants of the compiler, so that the kinds above can use them.
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final String HOST = LABEL + "(\\." + LABEL + ")*";
    private static final String TIME = "([0-9]{1,9}(ms|d|h|m|s))+";

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}");

    /** Units without which a migration, or the server, cannot go on. */
    private static final Pattern NEEDED_UNIT = Pattern.compile(
            "(?:sshd?|sshd?@.*|nginx|cron|crond|dbus|dbus-broker|firewalld|iptables|netfilter-persistent"
                    + "|networking|NetworkManager|nftables|postgresql|postgresql@.*|systemd-.*|ufw|user@.*)\\.[a-z]+|(?:basic|default|multi-user|network|network-online|sockets"
                    + "|sysinit|timers|paths|shutdown|reboot|poweroff|halt|rescue|emergency|graphical|local-fs|remote-fs)\\.target");

    private final String wanted;
    private final String example;
    private final String hint;
    private final int longest;
    private final Pattern pattern;

    Text(String wanted, String example, String hint, int longest, String pattern) {
        this.wanted = wanted;
        this.example = example;
        this.hint = hint;
        this.longest = longest;
        this.pattern = Pattern.compile(pattern);
    }

    /** Whether a text is written as it should be. Nothing is looked up. */
    public boolean accepts(String text) {
        return text.length() <= longest
                && strange(text).isEmpty()
                && pattern.matcher(text).matches()
                && obeysRule(text);
    }

    /** What a pattern cannot say, or would say unreadably. */
    private boolean obeysRule(String text) {
        return switch (this) {
            case ADDRESS -> isAddress(text);
            case DATABASE_NAME -> isDatabaseName(text);
            case PATH -> isPath(text);
            case FOLDER -> ServiceFolder.problem(text).isEmpty();
            case UNIT -> isUnitOfService(text);
            case URL -> isUrl(text);
            case SOAK_TIME -> isBetween("0s", "30d", text);
            case TTL -> isBetween("1s", "1d", text) && Durations.parse(text).toNanosPart() == 0;
            case TIMEOUT -> isBetween("1s", "24h", text);
            case DRAIN_TIME -> isBetween("0s", "10m", text);
            case WAIT -> isBetween("1s", "1d", text);
            case LINE,
                    HOST_NAME,
                    SERVICE,
                    RECORD_NAME,
                    USER,
                    HOST_KEY,
                    SECRET,
                    RSYNC_PATTERN,
                    SCRIPT,
                    STEP_ID,
                    VARIABLE -> true;
        };
    }

    /** What is expected, in words. */
    public String wanted() {
        return example.isEmpty() ? wanted : wanted + " such as " + example;
    }

    /** The most characters that it can have. */
    public int longest() {
        return longest;
    }

    /** What everybody's validator can check; {@link #accepts} checks more. */
    public String pattern() {
        return "^" + pattern.pattern() + "$";
    }

    /** What to write. */
    public String hint() {
        return hint;
    }

    /** How it may look; empty if there is nothing typical. */
    public String example() {
        return example;
    }

    /** What is wrong with a text that is not accepted: what was expected, what was found and what to write. */
    public String complaint(String text) {
        if (this == SECRET) {
            return "Expected " + wanted() + ", but found something else; " + hint;
        }
        if (text.length() > longest) {
            return "Expected " + wanted + " of at most " + longest + " characters, but found " + text.length() + "; "
                    + hint;
        }
        return "Expected " + wanted() + ", but found " + strange(text).orElseGet(() -> quoted(text)) + "; " + hint;
    }

    /** A text as messages show it: short, in one line. */
    public static String quoted(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints().limit(60).forEach(character -> {
            if (strange(character)) {
                shown.append(String.format(Locale.ROOT, "\\u%04X", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.append(text.codePointCount(0, text.length()) > 60 ? "…'" : "'")
                .toString();
    }

    private Optional<String> strange(String text) {
        return text.codePoints()
                .filter(character ->
                        strange(character) && !(this == SCRIPT && (character == '\n' || character == '\t')))
                .mapToObj(
                        character -> String.format(Locale.ROOT, "a text with the control character U+%04X", character))
                .findFirst();
    }

    /** Whether a character cannot be seen, or changes how its neighbours are seen. */
    private static boolean strange(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> character != '\u200c' && character != '\u200d';
            default -> false;
        };
    }

    private static boolean isAddress(String text) {
        if (IPV4.matcher(text).matches()) {
            return !text.startsWith("0.") && Integer.parseInt(text.substring(0, text.indexOf('.'))) < 224;
        }
        if (!IPV6.matcher(text).matches()) {
            return false;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            return address instanceof Inet6Address && !address.isAnyLocalAddress() && !address.isMulticastAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isPath(String text) {
        return Arrays.stream(text.substring(1).split("/", -1))
                .allMatch(name -> !name.isEmpty()
                        && !name.equals(".")
                        && !name.equals("..")
                        && name.getBytes(StandardCharsets.UTF_8).length <= 255);
    }

    private static boolean isUnitOfService(String text) {
        return !text.contains("@.") && !NEEDED_UNIT.matcher(text).matches();
    }

    private static boolean isUrl(String text) {
        try {
            URI url = new URI(text);
            return url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null
                    && url.getPort() <= 65535
                    && url.getPort() != 0;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isDatabaseName(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length <= 63
                && !text.equals("template0")
                && !text.equals("template1");
    }

    private static boolean isBetween(String shortest, String longest, String text) {
        Duration duration = Durations.parse(text);
        return duration.compareTo(Durations.parse(shortest)) >= 0 && duration.compareTo(Durations.parse(longest)) <= 0;
    }
}
