package dev.godwit.workflows.spec;

import static dev.godwit.workflows.spec.SpecSentences.sentence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.notation.Text;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one part of a spec says about another. The document may have any other problem at the same time: what is
 * missing or of the wrong kind is left to the schema.
 */
final class SpecRules {
    private final List<SpecProblem> problems = new ArrayList<>();
    private final JsonNode spec;

    private SpecRules(JsonNode spec) {
        this.spec = spec;
    }

    static List<SpecProblem> problems(JsonNode spec) {
        SpecRules rules = new SpecRules(spec);
        rules.servers();
        rules.lists();
        rules.units();
        rules.files();
        rules.certificates();
        rules.page();
        rules.records();
        rules.hooks();
        return rules.problems;
    }

    /** nginx takes a variable there, and has no way to write a '$' that is none. */
    private void page() {
        String page = spec.at("/proxy/page").asText("");
        if (page.contains("$")) {
            report(
                    "/proxy/page",
                    "a path without '$', which nginx reads as a variable",
                    Text.quoted(page),
                    "rename it");
        }
    }

    private void servers() {
        Optional<InetAddress> source = address("/source/address");
        if (source.isPresent() && source.equals(address("/target/address"))) {
            report(
                    "/target/address",
                    "another address than the source's",
                    "the same",
                    "write the address of the server that the service goes to");
        }
    }

    private void lists() {
        once("/units", SpecRules::text);
        once("/jobs/units", SpecRules::text);
        once("/jobs/crontabs", SpecRules::text);
        once("/proxy/names", SpecRules::text);
        once("/tls/certificates", SpecRules::text);
        once(
                "/dns/servers",
                server -> text(server).filter(Text.ADDRESS::accepts).map(InetAddress::ofLiteral));
        once("/databases", database -> text(database.path("name")));
        once("/files", tree -> text(tree.path("path")));
        once(
                "/dns/records",
                record -> text(record.path("name"))
                        .flatMap(name -> text(record.path("type")).map(type -> type + " " + withoutDot(name))));
        for (int index = 0; index < spec.at("/files").size(); index++) {
            once("/files/" + index + "/exclude", SpecRules::text);
        }
    }

    private void units() {
        Map<String, Integer> service = new HashMap<>();
        for (int index = 0; index < spec.at("/units").size(); index++) {
            service.put(spec.at("/units/" + index).asText(""), index);
        }
        for (int index = 0; index < spec.at("/jobs/units").size(); index++) {
            Integer same = service.get(spec.at("/jobs/units/" + index).asText(""));
            if (same != null) {
                report(
                        "/jobs/units/" + index,
                        "a unit that is not among the service's",
                        "the one of /units/" + same,
                        "keep it in one of the two lists");
            }
        }
    }

    private void files() {
        List<String> paths = IntStream.range(0, spec.at("/files").size())
                .mapToObj(index -> spec.at("/files/" + index + "/path").asText(""))
                .toList();
        for (int inner = 0; inner < paths.size(); inner++) {
            for (int outer = 0; outer < paths.size(); outer++) {
                if (!paths.get(outer).isEmpty() && paths.get(inner).startsWith(paths.get(outer) + "/")) {
                    report(
                            "/files/" + inner + "/path",
                            "folders beside each other",
                            "one inside the folder of /files/" + outer,
                            "leave the inner one out: it moves with the outer one");
                }
            }
        }
    }

    private void certificates() {
        if (spec.at("/tls/renewal").asText("").equals("certbot")
                && spec.at("/tls/certificates").isEmpty()) {
            report(
                    "/tls",
                    "the certificates that certbot renews",
                    "none",
                    "add 'certificates: [/etc/letsencrypt/live/shop.example.org]'");
        }
    }

    private void records() {
        JsonNode names = spec.at("/proxy/names");
        Set<String> served = names.valueStream().map(name -> name.asText("")).collect(Collectors.toSet());
        Optional<InetAddress> target = address("/target/address");
        for (int index = 0; index < spec.at("/dns/records").size(); index++) {
            String path = "/dns/records/" + index;
            Optional<String> name = text(spec.at(path + "/name")).filter(Text.RECORD_NAME::accepts);
            if (name.isPresent()
                    && served.stream().allMatch(Text.HOST_NAME::accepts)
                    && !served.isEmpty()
                    && served.stream().noneMatch(one -> covers(withoutDot(name.get()), one))) {
                report(
                        path + "/name",
                        "one of the proxy's names, because the old server forwards only those to the target",
                        Text.quoted(name.get()),
                        "add it to /proxy/names, or leave the record out");
            }
            Optional<String> type = text(spec.at(path + "/type"));
            if (spec.at(path + "/value").isMissingNode()) {
                target.filter(address -> type.isPresent() && !fits(type.get(), address))
                        .ifPresent(address -> report(
                                path,
                                "a 'value' for this " + type.get() + " record",
                                "none, and a target address of the other kind",
                                "add 'value: " + example(type.get()) + "'"));
            } else {
                address(path + "/value")
                        .filter(address -> type.isPresent() && !fits(type.get(), address))
                        .ifPresent(address -> report(
                                path + "/value",
                                "an address for a record of type " + type.get(),
                                Text.quoted(spec.at(path + "/value").asText("")),
                                "write one such as " + example(type.get())));
            }
        }
    }

    private void hooks() {
        for (int index = 0; index < spec.at("/hooks").size(); index++) {
            JsonNode hook = spec.at("/hooks/" + index);
            if (hook.has("before") && hook.has("after")) {
                report("/hooks/" + index, "'before' or 'after'", "both", "keep one of the two");
            }
            if (hook.path("phase").asText("").equals("PREFLIGHT")) {
                report(
                        "/hooks/" + index + "/phase",
                        "a phase from PREPARE on",
                        "PREFLIGHT, which changes nothing",
                        "write PREPARE");
            }
        }
    }

    private void once(String path, Function<JsonNode, Optional<?>> meaning) {
        Map<Object, Integer> seen = new HashMap<>();
        JsonNode list = spec.at(path);
        for (int index = 0; index < list.size(); index++) {
            Optional<?> one = list.isArray() ? meaning.apply(list.get(index)) : Optional.empty();
            Integer first = one.isEmpty() ? null : seen.putIfAbsent(one.get(), index);
            if (first != null) {
                report(path + "/" + index, "each item once", "the same as " + path + "/" + first, "leave one out");
            }
        }
    }

    private void report(String path, String wanted, String found, String hint) {
        problems.add(new SpecProblem(path, sentence(wanted, found, hint)));
    }

    private Optional<InetAddress> address(String path) {
        return text(spec.at(path)).filter(Text.ADDRESS::accepts).map(InetAddress::ofLiteral);
    }

    private static boolean fits(String type, InetAddress address) {
        return switch (type) {
            case "A" -> address.getAddress().length == 4;
            case "AAAA" -> address.getAddress().length == 16;
            default -> true;
        };
    }

    private static String example(String type) {
        return type.equals("A") ? "192.0.2.10" : "2001:db8::10";
    }

    private static boolean covers(String record, String name) {
        return record.startsWith("*.") ? name.endsWith(record.substring(1)) : name.equals(record);
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }
}
