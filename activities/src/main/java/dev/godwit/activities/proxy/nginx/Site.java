package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.proxy.Endpoint;
import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file with server blocks, as nginx sees it: with what its blocks include.
 *
 * @param text the file, one character for each byte, so that what is not changed stays as it is to the byte
 */
record Site(String text, List<Server> servers) {
    /** How deep includes may include. */
    private static final int DEPTH = 8;

    Site {
        servers = List.copyOf(servers);
    }

    /**
     * A server block.
     *
     * @param place where it is in the file
     * @param content its directives, with included files in the place of their {@code include}
     */
    record Server(Directive place, List<Directive> content) {
        Server {
            content = List.copyOf(content);
        }

        private Directive whole() {
            return new Directive(place.words(), content, true, place.text(), place.start(), place.end());
        }

        List<String> names() {
            return whole().all("server_name")
                    .flatMap(directive -> directive.parameters().stream())
                    .toList();
        }

        List<Listen> listens() {
            return Listen.of(whole());
        }

        boolean answersTo(String host) {
            return names().stream().anyMatch(name -> ServerName.covers(name, host));
        }

        /** Every directive, however deep. */
        Stream<Directive> deep() {
            return content.stream().flatMap(Directive::deep);
        }
    }

    /** Reads the files behind the patterns of {@code include} directives. */
    interface Includes {
        /** The contents of the files that match each pattern, in the order in which nginx includes them. */
        Map<String, List<String>> read(List<String> patterns);
    }

    static Site read(byte[] bytes, Includes includes) throws Malformed {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Directive> directives = ConfigReader.read(text);
        List<Directive> blocks = directives.stream()
                .flatMap(directive ->
                        directive.name().equals("http") ? directive.block().stream() : Stream.of(directive))
                .filter(directive -> directive.name().equals("server") && directive.isBlock())
                .toList();
        Map<String, List<Directive>> included = included(blocks, includes);
        List<Server> servers = new ArrayList<>();
        for (Directive block : blocks) {
            servers.add(new Server(block, flattened(block.block(), included, 0)));
        }
        return new Site(text, servers);
    }

    private static Map<String, List<Directive>> included(List<Directive> blocks, Includes includes) throws Malformed {
        Map<String, List<Directive>> known = new LinkedHashMap<>();
        List<String> wanted = patterns(blocks.stream().flatMap(block -> block.block().stream()), known);
        while (!wanted.isEmpty()) {
            Map<String, List<String>> texts = includes.read(wanted);
            for (String pattern : wanted) {
                List<Directive> content = new ArrayList<>();
                for (String file : texts.getOrDefault(pattern, List.of())) {
                    content.addAll(parsed(pattern, file));
                }
                known.put(pattern, content);
            }
            wanted = patterns(known.values().stream().flatMap(List::stream), known);
        }
        return known;
    }

    private static List<Directive> parsed(String pattern, String file) throws Malformed {
        try {
            return ConfigReader.read(file);
        } catch (Malformed e) {
            throw new Malformed("in a file included by '" + pattern + "': " + e.getMessage());
        }
    }

    private static List<String> patterns(Stream<Directive> directives, Map<String, List<Directive>> known) {
        return directives
                .filter(directive -> directive.name().equals("include"))
                .flatMap(directive -> directive.first().stream())
                .filter(pattern -> !known.containsKey(pattern))
                .distinct()
                .toList();
    }

    private static List<Directive> flattened(
            List<Directive> directives, Map<String, List<Directive>> included, int depth) throws Malformed {
        if (depth > DEPTH) {
            throw new Malformed("found files that include each other");
        }
        List<Directive> flat = new ArrayList<>();
        for (Directive directive : directives) {
            if (directive.name().equals("include")) {
                flat.addAll(
                        flattened(included.getOrDefault(directive.first().orElse(""), List.of()), included, depth + 1));
            } else {
                flat.add(directive);
            }
        }
        return flat;
    }

    /** The server blocks that answer to any of these names. */
    List<Server> serversFor(List<String> names) {
        return servers.stream()
                .filter(server -> names.stream().anyMatch(server::answersTo))
                .toList();
    }

    /** The ports at which those blocks listen. */
    SortedSet<Integer> ports(List<String> names) {
        return serversFor(names).stream()
                .flatMap(server -> server.listens().stream())
                .map(Listen::port)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of the names to which no block answers. */
    List<String> unanswered(List<String> names) {
        return names.stream()
                .filter(name -> servers.stream().noneMatch(server -> server.answersTo(name)))
                .toList();
    }

    /**
     * Where a client asks to learn what nginx does with the requests for the names: once for each place where each
     * block listens.
     *
     * @param serverAddress the address by which the server is known
     */
    List<Endpoint> endpoints(List<String> names, String serverAddress) {
        return serversFor(names).stream()
                .flatMap(server -> server.listens().stream()
                        .filter(listen -> !listen.proxyProtocol())
                        .flatMap(listen -> names.stream()
                                .filter(server::answersTo)
                                .limit(1)
                                .map(name -> listen.endpoint(name, serverAddress))))
                .distinct()
                .toList();
    }

    /** Where those blocks listen and nobody can be asked, in nginx's words. */
    List<String> otherListens(List<String> names) {
        return serversFor(names).stream()
                .flatMap(server -> Listen.others(server.whole()).stream())
                .distinct()
                .toList();
    }
}
