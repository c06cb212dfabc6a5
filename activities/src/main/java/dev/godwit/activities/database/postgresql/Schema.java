package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a database consists of, one line for each object.
 *
 * @param objects sorted by name
 */
record Schema(List<Item> objects) {
    private static final int DIGITS = 32;

    /**
     * Every object that does not belong to an extension. {@code robust} is the same on both servers after a dump and
     * restore; {@code exact} is the text that PostgreSQL makes of expressions, which a restore may write differently
     * ({@code IN} on a varchar column gains or loses casts) and a new major version too.
     */
    private static final String OBJECTS = """
            WITH namespaces AS (
                SELECT n.oid, n.nspname FROM pg_namespace n
                 WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'),
            member AS (
                SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
            relations AS (
                SELECT c.*, format('%I.%I', n.nspname, c.relname) AS name
                  FROM pg_class c JOIN namespaces n ON n.oid = c.relnamespace
                 WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid))
            SELECT 'schema ' || quote_ident(nspname) AS name, '' AS robust, '' AS exact FROM namespaces
             UNION ALL
            SELECT CASE r.relkind WHEN 'r' THEN 'table ' WHEN 'p' THEN 'partitioned table ' WHEN 'v' THEN 'view '
                                  WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'f' THEN 'foreign table '
                                  ELSE 'type ' END || r.name,
                   concat_ws(' ', r.relpersistence, pg_get_userbyid(r.relowner), r.relispopulated, r.relrowsecurity,
                             r.relforcerowsecurity, r.reloptions),
                   concat_ws(' ', pg_get_expr(r.relpartbound, r.oid),
                             CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END, r.relacl)
              FROM relations r WHERE r.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
             UNION ALL
            SELECT 'column ' || r.name || '.' || quote_ident(a.attname),
                   concat_ws(' ', row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
                             format_type(a.atttypid, a.atttypmod), a.attnotnull, nullif(a.attidentity, ''),
                             nullif(a.attgenerated, ''), (SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation)),
                   coalesce(pg_get_expr(d.adbin, d.adrelid), '')
              FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
             UNION ALL
            SELECT 'sequence of ' || r.name,
                   concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
                             s.seqcache, s.seqcycle), ''
              FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
             UNION ALL
            SELECT 'constraint ' || quote_ident(k.conname) || ' on ' || coalesce(r.name, format_type(k.contypid, NULL)),
                   concat_ws(' ', k.contype, k.condeferrable, k.condeferred, k.convalidated,
                             CASE WHEN k.contype IN ('p', 'u', 'f') THEN pg_get_constraintdef(k.oid) END),
                   pg_get_constraintdef(k.oid)
              FROM pg_constraint k
              JOIN namespaces n ON n.oid = k.connamespace
              LEFT JOIN relations r ON r.oid = k.conrelid
             WHERE k.contype <> 'n' AND k.conparentid = 0 AND (r.oid IS NOT NULL OR k.conrelid = 0)
               AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = k.contypid)
             UNION ALL
            SELECT 'index ' || quote_ident(c.relname) || ' on ' || r.name,
                   concat_ws(' ', (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam), i.indisunique, i.indisprimary,
                             i.indisvalid, i.indnkeyatts, i.indnatts,
                             CASE WHEN i.indexprs IS NULL AND i.indpred IS NULL THEN pg_get_indexdef(i.indexrelid) END),
                   pg_get_indexdef(i.indexrelid)
              FROM relations r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid
             UNION ALL
            SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || r.name,
                   concat_ws(' ', t.tgtype, t.tgenabled, t.tgfoid::regproc), pg_get_triggerdef(t.oid)
              FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal AND t.tgparentid = 0
             UNION ALL
            SELECT 'rule ' || quote_ident(w.rulename) || ' on ' || r.name,
                   concat_ws(' ', w.ev_type, w.ev_enabled, w.is_instead), pg_get_ruledef(w.oid)
              FROM relations r JOIN pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
             UNION ALL
            SELECT 'policy ' || quote_ident(p.polname) || ' on ' || r.name,
                   concat_ws(' ', p.polcmd, p.polpermissive),
                   concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
              FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
             UNION ALL
            SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' WHEN 'p' THEN 'procedure ' ELSE 'function ' END
                   || format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
                   concat_ws(' ', l.lanname, format_type(p.prorettype, NULL), p.provolatile, p.proisstrict, p.prosecdef,
                             p.proconfig, md5(p.prosrc), pg_get_userbyid(p.proowner)), coalesce(p.proacl::text, '')
              FROM pg_proc p JOIN namespaces n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
             WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
             UNION ALL
            SELECT 'type ' || format_type(t.oid, NULL),
                   concat_ws(' ', t.typtype, t.typnotnull, CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
                             (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)),
                   coalesce(t.typdefault, '')
              FROM pg_type t JOIN namespaces n ON n.oid = t.typnamespace
             WHERE t.typtype IN ('d', 'e', 'r')
               AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
             UNION ALL
            SELECT 'extension ' || quote_ident(e.extname), '', e.extversion FROM pg_extension e
            """;

    Schema {
        objects = List.copyOf(objects);
    }

    /**
     * One object.
     *
     * @param robust what is the same after a dump and restore
     * @param exact the rest
     */
    record Item(String name, String robust, String exact) {}

    /** Reads the connected database. */
    static Schema read(Session session) {
        session.execute("SET search_path = ''");
        return new Schema(session.list(
                "SELECT name, robust, exact FROM (" + OBJECTS
                        + ") AS objects ORDER BY name COLLATE \"C\", robust COLLATE \"C\"",
                row -> new Item(row.getString(1), row.getString(2), row.getString(3))));
    }

    /** A hash of everything: it changes with any change of the schema on one server. */
    String fingerprint() {
        StringBuilder text = new StringBuilder();
        for (Item item : objects) {
            for (String part : List.of(item.name(), item.robust(), item.exact())) {
                text.append(part).append('\0');
            }
        }
        return Sha256.of(text.toString()).substring(0, DIGITS);
    }

    /** What differs between two servers, in words; empty if a restore of this one gives the other. */
    List<String> differences(Schema target) {
        SortedMap<String, List<String>> here = robust();
        SortedMap<String, List<String>> there = target.robust();
        SortedSet<String> names = new TreeSet<>(here.keySet());
        names.addAll(there.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            if (!there.containsKey(name)) {
                differences.add(name + " is missing on the target");
            } else if (!here.containsKey(name)) {
                differences.add(name + " is on the target only");
            } else if (!here.get(name).equals(there.get(name))) {
                differences.add(
                        name + " differs: " + here.get(name) + " on the source, " + there.get(name) + " on the target");
            }
        }
        return differences;
    }

    private SortedMap<String, List<String>> robust() {
        return objects.stream()
                .collect(Collectors.groupingBy(
                        Item::name, TreeMap::new, Collectors.mapping(Item::robust, Collectors.toList())));
    }
}
