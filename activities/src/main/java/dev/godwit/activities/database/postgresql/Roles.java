package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.database.postgresql.CopyRecord.MadeRole;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The roles that a database needs: owners, those with rights or policies (PostgreSQL keeps them in {@code pg_shdepend}),
 * those with settings of their own in it, those that are connected; their members, because applications log in as
 * members; and the groups of all these. A dump of one database holds none of them (PostgreSQL manual, chapter 26.1).
 */
final class Roles {
    private static final String NEEDED = """
            WITH RECURSIVE this AS (
                SELECT oid, datdba FROM pg_database WHERE datname = current_database()),
            used (oid) AS (
                SELECT datdba FROM this
                 UNION
                -- What the first superuser owns is recorded nowhere.
                SELECT 10
                 UNION
                SELECT s.refobjid FROM pg_shdepend s, this
                 WHERE s.refclassid = 'pg_authid'::regclass
                   AND (s.dbid = this.oid
                        OR s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = this.oid)
                 UNION
                SELECT s.setrole FROM pg_db_role_setting s, this WHERE s.setdatabase = this.oid AND s.setrole <> 0
                 UNION
                SELECT a.usesysid FROM pg_stat_activity a, this
                 WHERE a.datid = this.oid AND a.backend_type = 'client backend' AND a.usesysid IS NOT NULL
                   AND a.application_name NOT LIKE 'godwit%'),
            down (oid) AS (
                SELECT oid FROM used
                 UNION
                SELECT m.member FROM down d JOIN pg_roles r ON r.oid = d.oid JOIN pg_auth_members m ON m.roleid = d.oid
                 WHERE NOT r.rolsuper AND r.rolname NOT LIKE 'pg\\_%'),
            up (oid) AS (
                SELECT oid FROM down
                 UNION
                SELECT m.roleid FROM up u JOIN pg_auth_members m ON m.member = u.oid)
            SELECT r.rolname FROM up JOIN pg_roles r ON r.oid = up.oid
             WHERE r.rolname NOT LIKE 'pg\\_%' AND r.rolname NOT LIKE 'godwit\\_probe\\_%'
             ORDER BY r.rolname
            """;

    /** {@code $1} names. One statement a row, quoted by the server. The verifier of a password is no password. */
    private static final String STATEMENTS = """
            SELECT rolname,
                   format('CREATE ROLE %I WITH %s %s %s %s %s %s %s CONNECTION LIMIT %s', rolname,
                          CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
                          CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
                          CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
                          CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
                          CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
                          CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
                          CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
                          rolconnlimit)
                   || coalesce(' PASSWORD ' || quote_literal(rolpassword), '')
                   || coalesce(' VALID UNTIL ' || quote_literal(rolvaliduntil::text), '')
              FROM pg_authid WHERE rolname = ANY (?) ORDER BY rolname
            """;

    private static final String COMMENTS = """
            SELECT format('COMMENT ON ROLE %I IS %L', rolname, shobj_description(oid, 'pg_authid'))
              FROM pg_roles WHERE rolname = ANY (?) AND shobj_description(oid, 'pg_authid') IS NOT NULL
            """;

    /**
     * Settings as statements. The values of a few settings are lists that are stored with their quotes (those marked
     * GUC_LIST_QUOTE in PostgreSQL's source); they are taken as they are.
     */
    private static final String SETTING = """
            format('%s SET %s TO %s', of, quote_ident(split_part(setting, '=', 1)),
                   CASE WHEN lower(split_part(setting, '=', 1)) IN ('search_path', 'temp_tablespaces',
                             'session_preload_libraries', 'local_preload_libraries', 'shared_preload_libraries',
                             'unix_socket_directories')
                        THEN coalesce(nullif(substr(setting, strpos(setting, '=') + 1), ''), '''''')
                        ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
            """;

    private static final String ROLE_SETTINGS = "SELECT " + SETTING + """
              FROM (SELECT format('ALTER ROLE %I', r.rolname) AS of, unnest(s.setconfig) AS setting
                      FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
                     WHERE s.setdatabase = 0 AND r.rolname = ANY (?)) AS settings
            """;

    /** Settings of the connected database, and of roles in it. */
    private static final String DATABASE_SETTINGS = "SELECT " + SETTING + """
              FROM (SELECT CASE WHEN r.oid IS NULL THEN format('ALTER DATABASE %I', d.datname)
                                ELSE format('ALTER ROLE %I IN DATABASE %I', r.rolname, d.datname) END AS of,
                           unnest(s.setconfig) AS setting
                      FROM pg_db_role_setting s
                      JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()
                      LEFT JOIN pg_roles r ON r.oid = s.setrole
                     WHERE r.oid IS NULL OR r.rolname NOT LIKE 'godwit\\_probe\\_%') AS settings
            """;

    /** The names that are needed, twice, and those that were made, twice. The options are as of version 16. */
    private static final String MEMBERSHIPS = """
            SELECT format('GRANT %I TO %I', g.rolname, r.rolname)
                   || CASE WHEN jsonb_exists(j, 'inherit_option')
                           THEN format(' WITH ADMIN %s, INHERIT %s, SET %s', upper(j ->> 'admin_option'),
                                       upper(j ->> 'inherit_option'), upper(j ->> 'set_option'))
                           WHEN (j ->> 'admin_option')::boolean THEN ' WITH ADMIN OPTION'
                           ELSE '' END
              FROM pg_auth_members m
             CROSS JOIN LATERAL to_jsonb(m) AS j
              JOIN pg_roles g ON g.oid = m.roleid
              JOIN pg_roles r ON r.oid = m.member
             WHERE (g.rolname = ANY (?) OR g.rolname LIKE 'pg\\_%') AND r.rolname = ANY (?)
               AND (g.rolname = ANY (?) OR r.rolname = ANY (?))
             ORDER BY 1
            """;

    private Roles() {}

    /** The roles that the source's database needs. */
    static List<String> needed(Session source) {
        return source.texts(NEEDED);
    }

    /** Those of them that a server has. */
    static List<String> present(Session session, List<String> names) {
        return session.texts("SELECT rolname FROM pg_roles WHERE rolname = ANY (?) ORDER BY rolname", (Object)
                names.toArray(String[]::new));
    }

    /** Statements that set what the source has set for the database and for roles in it. */
    static List<String> databaseSettings(Session source) {
        return source.texts(DATABASE_SETTINGS);
    }

    /**
     * Makes the roles that the target lacks, as they are on the source, in the transaction of the session.
     *
     * @return those that were made
     */
    static List<MadeRole> make(Session source, Session target) {
        List<String> needed = needed(source);
        Set<String> missing = new LinkedHashSet<>(needed);
        missing.removeAll(present(target, needed));
        if (missing.isEmpty()) {
            return List.of();
        }
        // Verifiers of passwords stay out of the server's log.
        target.execute("SET LOCAL log_statement = 'none'");
        target.execute("SET LOCAL log_min_duration_statement = -1");
        target.execute("SET LOCAL log_min_error_statement = 'panic'");
        target.execute("SET LOCAL pg_stat_statements.track_utility = off");
        String[] names = missing.toArray(String[]::new);
        source.texts("SELECT statement FROM (" + STATEMENTS + ") AS roles (name, statement)", (Object) names)
                .forEach(target::execute);
        source.texts(COMMENTS, (Object) names).forEach(target::execute);
        source.texts(ROLE_SETTINGS, (Object) names).forEach(target::execute);
        memberships(source, needed, missing).forEach(target::execute);
        return target.list(
                "SELECT rolname, oid FROM pg_roles WHERE rolname = ANY (?) ORDER BY rolname",
                row -> new MadeRole(row.getString(1), row.getLong(2)),
                (Object) names);
    }

    private static List<String> memberships(Session source, List<String> needed, Set<String> made) {
        String[] all = needed.toArray(String[]::new);
        String[] some = made.toArray(String[]::new);
        return source.texts(MEMBERSHIPS, all, all, some, some);
    }
}
