package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.spec.SpecReader.Format;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReaderTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Test
    void shouldReadTheSameFromYamlAndJson() {
        Spec spec = SpecReader.read(Specs.resource("shop.yaml"), Format.YAML);

        assertThat(SpecReader.read(Specs.resource("shop.json"), Format.JSON)).isEqualTo(spec);
        assertThat(spec.hooks().getFirst().run()).isEqualTo("systemctl stop varnish\ntouch \"/run/a b\"\n");
    }

    @Test
    void shouldReadWhatItWrote() {
        Spec spec = SpecReader.read(Specs.shop());

        assertThat(SpecReader.read(GodwitJson.write(spec), Format.JSON)).isEqualTo(spec);
    }

    @Test
    void shouldMeanByAbsenceWhatTheSchemaSays() {
        ObjectNode least = (ObjectNode) SpecTree.parse(Specs.resource("least.yaml"), Format.YAML);
        ObjectNode withoutLists = least.deepCopy().remove(List.of("databases", "files", "hooks"));
        JsonNode schema = SpecSchema.document();
        Set<JsonNode> keys = new HashSet<>();
        for (JsonNode document : List.of(least, withoutLists)) {
            JsonNode writtenOut = document.deepCopy();
            writeOut(writtenOut, schema, schema, keys);
            assertThat(SpecReader.read(document)).isEqualTo(SpecReader.read(writtenOut));
        }
        assertThat(keys).as("every key that can be left out").containsAll(schema.findParents("default"));
    }

    /** Adds to a document what the schema says that a key's absence means, and to the keys the definitions of these. */
    private static void writeOut(JsonNode node, JsonNode definition, JsonNode schema, Set<JsonNode> keys) {
        if (definition.has("$ref")) {
            writeOut(node, schema.at(definition.get("$ref").asText().substring(1)), schema, keys);
        }
        definition.path("allOf").forEach(part -> writeOut(node, part, schema, keys));
        if (node instanceof ArrayNode list) {
            list.forEach(item -> writeOut(item, definition.path("items"), schema, keys));
        }
        if (node instanceof ObjectNode object) {
            definition.path("properties").properties().forEach(property -> {
                JsonNode told = property.getValue();
                if (told.has("default") && !object.has(property.getKey())) {
                    object.set(property.getKey(), told.get("default").deepCopy());
                    keys.add(told);
                }
                writeOut(object.path(property.getKey()), told, schema, keys);
            });
        }
    }

    @Test
    void shouldAcceptAByteOrderMark() {
        assertThat(SpecReader.read("\ufeff" + Specs.resource("shop.json"), Format.JSON))
                .isEqualTo(SpecReader.read(Specs.shop()));
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                // names, addresses, logins
                wrong("/service", "'Shop.Example.org'", "host name in lower case", "'Shop.Example.org'"),
                wrong("/service", "'shop_example'", "host name"),
                wrong("/service", "'-shop.example.org'", "host name"),
                wrong("/service", "''", "host name", "found ''"),
                wrong("/service", "5", "host name", "the number 5", "in quotes"),
                wrong("/service", "null", "host name", "found nothing"),
                wrong("/source", "'old'", "an object with the keys host, address, ssh", "found a text"),
                wrong("/source/host", "'old example'", "host name"),
                wrong("/source/address", "'old.example.org'", "an IP address", "names are not looked up"),
                wrong("/source/address", "'10.66.0.256'", "an IP address"),
                wrong("/source/address", "'10.66.2'", "an IP address"),
                wrong("/source/address", "'010.66.0.2'", "an IP address"),
                wrong("/source/address", "'0.0.0.0'", "an IP address"),
                wrong("/source/address", "'224.0.0.1'", "an IP address"),
                wrong("/source/address", "'::'", "an IP address"),
                wrong("/source/address", "'::ffff:10.66.0.2'", "an IP address"),
                wrong("/source/address", "'fe80::1%eth0'", "an IP address"),
                wrong("/target/address", "'10.66.0.2'", "another address than the source's"),
                wrong("/source/ssh/user", "'ro ot'", "the name of a user"),
                wrong("/source/ssh/user", "'-root'", "the name of a user"),
                wrong("/source/ssh/key", "'ops'", "a reference to a secret", "never the secret itself"),
                wrong("/source/ssh/hostKey", "'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'", "SHA-256 fingerprint"),
                wrong("/source/ssh/hostKey", "'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF'", "ssh-keygen -lf"),
                wrong("/source/ssh/hostKey", "'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV'", "fingerprint"),
                wrong("/source/ssh/port", "0", "a whole number from 1 to 65535", "the number 0"),
                wrong("/source/ssh/port", "65536", "a whole number from 1 to 65535"),
                wrong("/source/ssh/port", "22.5", "a whole number"),
                wrong("/source/ssh/port", "1e400", "a whole number"),
                wrong("/source/ssh/port", "99999999999999999999", "a whole number"),
                wrong("/source/ssh/port", "'22'", "a whole number", "found a text", "without quotes"),
                // databases
                wrong("/databases", "{}", "a list", "found an object"),
                wrong("/databases/0", "'shop'", "an object"),
                wrong("/databases/0/name", "'host=evil'", "the name of a database"),
                wrong("/databases/0/name", "'-c'", "the name of a database"),
                wrong("/databases/0/name", "'template1'", "the name of a database"),
                wrong("/databases/0/name", "'ääääääääääääääääääääääääääääääää'", "at most 63 bytes"),
                wrong("/databases/0/engine", "'mariadb'", "'postgresql'", "which is not in this version"),
                wrong("/databases/0/engine", "'postgres'", "did you mean 'postgresql'?"),
                wrong("/databases/0/copy", "'replicate'", "one of auto, dump", "not in this version", "copy: dump"),
                wrong("/databases/0/copy", "'Dump'", "did you mean 'dump'?"),
                wrong("/databases/0/port", "-1", "from 1 to 65535"),
                wrong("/databases/0/source/user", "''", "the name of a database or of its user"),
                wrong("/databases/0/source/password", "'hunter2'", "a reference to a secret"),
                // files, units, jobs
                wrong("/files/0/path", "'uploads'", "an absolute path|a folder", "from '/' on"),
                wrong("/files/0/path", "'/srv/../etc'", "absolute path"),
                wrong("/files/0/path", "'/srv/./shop'", "absolute path"),
                wrong("/files/0/path", "'/srv//shop'", "absolute path"),
                wrong("/files/0/path", "'/srv/shop/'", "absolute path"),
                wrong("/files/0/path", "'/'", "absolute path"),
                wrong("/files/0/path", "'/etc'", "the system's own folders"),
                wrong("/files/0/path", "'/usr/bin/shop'", "the system's own folders"),
                wrong("/files/0/path", "'/etc/sudoers.d'", "the system's own folders"),
                wrong("/files/0/path", "'/home/shop/.ssh'", "the system's own folders"),
                wrong("/files/0/path", "'/var/lib/postgresql/15'", "those of databases"),
                wrong("/files/0/path", "'/var/lib/godwit'", "Godwit's"),
                wrong("/files/0/exclude/0", "'+ tmp/'", "an rsync exclude pattern"),
                wrong("/files/0/exclude/0", "'# tmp'", "an rsync exclude pattern"),
                wrong("/files/0/exclude/0", "'!'", "an rsync exclude pattern"),
                wrong("/units/0", "'shop'", "with its suffix"),
                wrong("/units/0", "'shop.mount'", "with its suffix"),
                wrong("/units/0", "'shop@.service'", "a template needs its instance"),
                wrong("/units/0", "'../shop.service'", "systemd unit"),
                wrong("/units/0", "'--now.service'", "systemd unit"),
                wrong("/units/0", "'ssh.service'", "go on running"),
                wrong("/units/0", "'nginx.service'", "go on running"),
                wrong("/units/0", "'cron.service'", "go on running"),
                wrong("/units/0", "'nftables.service'", "go on running"),
                wrong("/units/0", "'postgresql@15-main.service'", "go on running"),
                wrong("/units/0", "'multi-user.target'", "go on running"),
                wrong("/jobs/crontabs/0", "'shop;id'", "the name of a user"),
                // proxy
                wrong("/proxy/server", "'apache'", "'nginx'", "not in this version"),
                wrong("/proxy/site", "'sites-enabled/shop'", "an absolute path"),
                wrong("/proxy/page", "'/srv/$host/page.html'", "without '$'", "rename it"),
                wrong("/proxy/names", "[]", "at least 1 item", "an empty list", "add one"),
                wrong("/proxy/names/1", "'*.shop.example.org'", "host name"),
                wrong("/proxy/outage", "'hold'", "'page'", "not in this version", "outage: page"),
                wrong("/proxy/drain", "'11m'", "a duration of at most 10m"),
                // DNS
                wrong("/dns/provider", "{}", "exactly one of rfc2136", "0 keys"),
                wrong("/dns/provider/rfc2136/server", "'ns1.example.org'", "an IP address"),
                wrong("/dns/provider/rfc2136/key", "'hmac-sha256:godwit:aGVsbG8='", "a reference to a secret"),
                wrong("/dns/records", "[]", "at least 1 item"),
                wrong("/dns/records/0/name", "'shop..example.org'", "full name of a DNS record"),
                wrong("/dns/records/0/name", "'mail.example.org'", "one of the proxy's names"),
                wrong("/dns/records/0/type", "'CNAME'", "one of A, AAAA"),
                wrong("/dns/records/0/value", "'2001:db8::1'", "an address for a record of type A"),
                wrong("/dns/records/1/value", "'10.66.0.3'", "an address for a record of type AAAA"),
                wrong("/dns/ttl/during", "'500ms'", "whole seconds"),
                wrong("/dns/ttl/during", "'1s500ms'", "whole seconds"),
                wrong("/dns/ttl/during", "'2d'", "whole seconds from 1s to 1d"),
                wrong("/dns/ttl/during", "60", "duration", "the number 60"),
                wrong("/dns/servers/1", "'10.66.0.053'", "an IP address"),
                // TLS, checks
                wrong("/tls/certificates/0", "'live/shop'", "an absolute path"),
                wrong("/tls/renewal", "'acme'", "one of none, certbot"),
                wrong("/checks", "[]", "at least 1 item"),
                wrong("/checks/0/get", "'ftp://shop.example.org/'", "an http or https URL"),
                wrong("/checks/0/get", "'https:///health'", "an http or https URL"),
                wrong("/checks/0/get", "'https://me:pw@shop.example.org/'", "without user, password"),
                wrong("/checks/0/get", "'https://shop.example.org/a b'", "an http or https URL"),
                wrong("/checks/0/status", "99", "from 100 to 599"),
                wrong("/checks/0/status", "600", "from 100 to 599"),
                wrong("/checks/0/contains", "''", "a line of text"),
                // hooks
                wrong("/hooks/0/phase", "'PREFLIGHT'", "which changes nothing"),
                wrong("/hooks/0/phase", "'cutover'", "did you mean 'CUTOVER'?"),
                wrong("/hooks/0/before", "'serve page'", "the id of a step", "found 'serve page'"),
                wrong("/hooks/0/effect", "'drop'", "one of none, copy, stops-source"),
                wrong("/hooks/0/on", "'both'", "one of source, target"),
                wrong("/hooks/0/run", "' \\n'", "a shell script"),
                wrong("/hooks/0/run", "'a\\rb'", "U+000D"),
                wrong("/hooks/0/undo", "'a\\u0000b'", "U+0000"),
                wrong("/hooks/0/timeout", "'25h'", "a duration from 1s to 24h"),
                // the rest
                wrong("/gates/cutover", "'window'", "not in this version", "cutover: approval"),
                wrong("/gates/cutover", "'event'", "not in this version"),
                wrong("/budget/outage", "'0s'", "a duration from 1s to 1d"),
                wrong("/budget/decision", "'-5m'", "a duration"),
                wrong("/soak", "'31d'", "a duration of at most 30d"),
                wrong("/soak", "'three days'", "such as 3d"),
                wrong("/soak", "'999999999d999999999d'", "at most 30d"),
                // keys
                wrong("/notify", "[]", "which is not in this version", "leave it out"),
                wrong("/sorce", "{}", "did you mean 'source'?"),
                wrong("/databases/0/nmae", "'x'", "did you mean 'name'?"),
                wrong("/source/ssh/passphrase", "'x'", "only the keys user, key, hostKey, port"),
                wrong("/dns/provider/cloudflare", "{}", "not in this version"));
    }

    private static Arguments wrong(String path, String value, String... words) {
        return arguments(path, value.replace('\'', '"'), List.of(words));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("wrongValues")
    void shouldNameEachWrongValue(String path, String value, List<String> words) {
        JsonNode node = GodwitJson.read(value);

        List<SpecProblem> problems = problems(Specs.shop(path, node));

        assertThat(problems).extracting(SpecProblem::path).contains(path);
        SpecProblem problem = problems.stream()
                .filter(one -> one.path().equals(path))
                .findFirst()
                .orElseThrow();
        assertThat(problem.message())
                .startsWith("Expected ")
                .contains(", but found ")
                .contains("; ");
        assertThat(words)
                .allSatisfy(word -> assertThat(word.split("\\|"))
                        .anySatisfy(choice -> assertThat(problem.message()).contains(choice)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/service",
                "/source",
                "/target",
                "/proxy",
                "/checks",
                "/source/host",
                "/source/address",
                "/source/ssh",
                "/source/ssh/user",
                "/source/ssh/key",
                "/source/ssh/hostKey",
                "/databases/0/engine",
                "/databases/0/name",
                "/databases/0/source/user",
                "/databases/0/source/password",
                "/files/0/path",
                "/proxy/server",
                "/proxy/site",
                "/proxy/names",
                "/dns/provider",
                "/dns/records",
                "/dns/provider/rfc2136/server",
                "/dns/provider/rfc2136/key",
                "/dns/records/0/name",
                "/dns/records/0/type",
                "/dns/ttl/during",
                "/checks/0/get",
                "/hooks/0/phase",
                "/hooks/0/on",
                "/hooks/0/run"
            })
    void shouldNameEachMissingKeyAtItsParent(String path) {
        ObjectNode document = Specs.shop();
        JsonPointer pointer = JsonPointer.compile(path);
        String key = pointer.last().getMatchingProperty();
        ((ObjectNode) document.at(pointer.head())).remove(key);

        assertThat(problems(document)).anySatisfy(problem -> {
            assertThat(problem.path()).isEqualTo(pointer.head().toString());
            assertThat(problem.message())
                    .startsWith("Expected the key '" + key + "'")
                    .contains("; add '" + key + ": ");
        });
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                wrong("/units", "['shop.service', 'shop.service']", "/units/1", "each item once"),
                wrong("/jobs/units", "['shop.service']", "/jobs/units/0", "not among the service's", "/units/0"),
                wrong("/jobs/crontabs", "['shop', 'shop']", "/jobs/crontabs/1", "each item once"),
                wrong(
                        "/proxy/names",
                        "['shop.example.org', 'www.shop.example.org', 'shop.example.org']",
                        "/proxy/names/2",
                        "each item once"),
                wrong("/dns/servers", "['2001:db8::1', '2001:DB8:0::1']", "/dns/servers/1", "each item once"),
                wrong(
                        "/databases",
                        "[{'engine':'postgresql','name':'a'},{'engine':'postgresql','name':'a','port':1}]",
                        "/databases/1",
                        "each item once"),
                wrong("/files", "[{'path':'/srv/a'},{'path':'/srv/a'}]", "/files/1", "each item once"),
                wrong("/files", "[{'path':'/srv/a/b'},{'path':'/srv/a'}]", "/files/0/path", "inside", "/files/1"),
                wrong("/files/0/exclude", "['a', 'b', 'a']", "/files/0/exclude/2", "each item once"),
                wrong("/tls/certificates", "['/etc/a', '/etc/a']", "/tls/certificates/1", "each item once"),
                wrong("/tls/certificates", "[]", "/tls", "the certificates that certbot renews"),
                wrong(
                        "/dns/records",
                        "[{'name':'shop.example.org','type':'A'},{'name':'shop.example.org.','type':'A'}]",
                        "/dns/records/1",
                        "each item once"),
                wrong("/dns/records", "[{'name':'shop.example.org','type':'AAAA'}]", "/dns/records/0", "a 'value'"),
                wrong("/hooks/0/after", "'soak'", "/hooks/0", "'before' or 'after'", "keep one of the two"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("contradictions")
    void shouldNameEachContradiction(String path, String value, List<String> pathAndWords) {
        List<SpecProblem> problems = problems(Specs.shop(path, GodwitJson.read(value)));

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().path()).isEqualTo(pathAndWords.getFirst());
        assertThat(problems.getFirst().message())
                .startsWith("Expected ")
                .contains(pathAndWords.subList(1, pathAndWords.size()));
    }

    @Test
    void shouldAcceptAWildcardRecordThatCoversAName() {
        JsonNode record = NODES.objectNode().put("name", "*.shop.example.org").put("type", "A");

        Spec spec = SpecReader.read(Specs.shop("/dns/records/0", record));

        assertThat(spec.dns())
                .isNotNull()
                .extracting(dns -> dns.records().getFirst().name())
                .isEqualTo("*.shop.example.org");
    }

    @Test
    void shouldReportEveryProblemAtOnce() {
        ObjectNode document = Specs.shop();
        document.remove("service");
        document.put("notify", "me");
        ((ObjectNode) document.at("/source")).put("address", "nowhere");
        ((ObjectNode) document.at("/hooks/0")).put("after", "soak");
        document.put("soak", 3);

        assertThat(problems(document))
                .extracting(SpecProblem::path)
                .containsExactly("", "/hooks/0", "/notify", "/soak", "/source/address");
    }

    @Test
    void shouldReportWhatElseIsWrongBesideAnUnknownKind() {
        ObjectNode document = Specs.shop();
        ((ObjectNode) document.at("/databases/0")).put("engine", "oracle").put("copy", "teleport");
        ((ObjectNode) document.at("/proxy")).put("server", "iis").put("outage", "none");

        assertThat(problems(document))
                .extracting(SpecProblem::path)
                .contains("/databases/0/engine", "/databases/0/copy", "/proxy/server", "/proxy/outage");
    }

    @Test
    void shouldKeepTheListOfProblemsReadable() {
        JsonNode units = NODES.arrayNode()
                .addAll(Stream.iterate(0, one -> one + 1)
                        .limit(900)
                        .map(one -> (JsonNode) NODES.textNode("unit " + one))
                        .toList());

        List<SpecProblem> problems = problems(Specs.shop("/units", units));

        assertThat(problems).hasSize(201);
        assertThat(problems.getLast().message()).contains("but found 900");
    }

    static Stream<String> texts() {
        return leaves(Specs.shop(), JsonPointer.empty())
                .filter(path -> Specs.shop().at(path).isTextual())
                .map(JsonPointer::toString);
    }

    private static Stream<JsonPointer> leaves(JsonNode node, JsonPointer path) {
        return switch (node.getNodeType()) {
            case OBJECT ->
                node.properties().stream()
                        .flatMap(entry -> leaves(entry.getValue(), path.appendProperty(entry.getKey())));
            case ARRAY ->
                Stream.iterate(0, index -> index < node.size(), index -> index + 1)
                        .flatMap(index -> leaves(node.get(index), path.appendIndex(index)));
            default -> Stream.of(path);
        };
    }

    /** What must never get through, in any text; only scripts have several lines. */
    @ParameterizedTest
    @MethodSource("texts")
    void shouldRefuseControlCharactersAndHugeTextsEverywhere(String path) {
        String good = Specs.shop().at(path).asText();
        for (String bad : List.of(
                "x".repeat(70_000),
                good + "\n",
                good + "\nid",
                "\n" + good,
                good + "\r",
                good + "\0",
                good + "\u001b[2J",
                good + "\u0085",
                good + "\u2028",
                good + "\u202e",
                good + "\ud800",
                "",
                " ")) {
            boolean script = path.endsWith("/run") || path.endsWith("/undo");
            if (script && bad.contains("\n") && !bad.contains("\r")) {
                continue;
            }
            assertThat(problems(Specs.shop(path, NODES.textNode(bad))))
                    .as("%s = %s", path, Text.quoted(bad))
                    .extracting(SpecProblem::path)
                    .contains(path);
        }
        if (!path.endsWith("/run") && !path.endsWith("/undo")) {
            assertThat(problems(Specs.shop(path, NODES.textNode(good + "x".repeat(10_000)))))
                    .extracting(SpecProblem::path)
                    .contains(path);
        }
    }

    /** What a shell, a path or an option parser could misread arrives as it was written, or not at all. */
    @ParameterizedTest
    @MethodSource("texts")
    void shouldRefuseOrKeepMetacharacters(String path) {
        String good = Specs.shop().at(path).asText();
        for (String bad : List.of(
                "$(id)",
                "`id`",
                ";id",
                "|id",
                "&id",
                "> /x",
                "'",
                "\"",
                "\\",
                "*",
                "?",
                "~",
                "{a,b}",
                "%s",
                "#x",
                "!x",
                "-x",
                "--help",
                "../x",
                "/../x",
                "a/../b",
                "..",
                ".",
                " x",
                "x ",
                "x y",
                "é",
                "\ud83d\udc26")) {
            for (String text : List.of(bad, good + bad, bad + good)) {
                ObjectNode document = Specs.shop(path, NODES.textNode(text));
                SpecException refusal = catchThrowableOfType(SpecException.class, () -> SpecReader.read(document));
                if (refusal == null) {
                    JsonNode read = GodwitJson.mapper().valueToTree(SpecReader.read(document));
                    assertThat(read.at(path).asText()).isEqualTo(text);
                } else {
                    assertThat(refusal.problems())
                            .as("%s = %s", path, text)
                            .extracting(SpecProblem::path)
                            .anyMatch(one -> path.startsWith(one) || one.startsWith("/dns/records"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/source/ssh/key",
                "/databases/0/source/password",
                "/dns/provider/rfc2136/key",
                "/source/ssh",
                "/source",
                "/databases/0/source",
                "/dns/provider/rfc2136",
                "/dns/provider"
            })
    void shouldNeverRepeatASecretThatStandsInItsReferencesPlace(String path) {
        for (JsonNode value : List.of(
                NODES.textNode("hunter2"),
                NODES.textNode("secret:hunter2 "),
                NODES.arrayNode().add("hunter2"),
                NODES.objectNode().put("key", "hunter2"))) {
            SpecException refusal =
                    catchThrowableOfType(SpecException.class, () -> SpecReader.read(Specs.shop(path, value)));
            assertThat(refusal).isNotNull().hasMessageNotContaining("hunter2");
        }
    }

    private static List<SpecProblem> problems(JsonNode document) {
        SpecException refusal = catchThrowableOfType(SpecException.class, () -> SpecReader.read(document));
        assertThat(refusal).as("the refusal of %s", document).isNotNull();
        return refusal.problems();
    }
}
