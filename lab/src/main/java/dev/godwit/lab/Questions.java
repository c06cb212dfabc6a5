package dev.godwit.lab;

/** What the audits ask the servers: statements, and a script. */
final class Questions {
    static final String PENDING_JOBS = "SELECT count(*) FROM jobs WHERE done_at IS NULL";

    /** %1$s: a moment. */
    static final String WRITTEN_SINCE = """
            SELECT (SELECT count(*) FROM orders WHERE greatest(created_at, updated_at) > %1$s)
                 + (SELECT count(*) FROM jobs WHERE greatest(queued_at, done_at) > %1$s)
                 + (SELECT count(*) FROM cron_runs WHERE ran_at > %1$s)
            """;

    static final String LAST_ORDER = "SELECT coalesce(max(id), 0) FROM orders";

    /** %1$s: an order's id. */
    static final String ORDERS_UP_TO =
            "SELECT count(*), coalesce(sum(hashtextextended(token, 0)::numeric), 0) FROM orders WHERE id <= %1$s";

    /** %1$s: a moment; what was written before is not looked at. */
    static final String FOLLOWED_TWICE = """
            SELECT (SELECT count(*) FROM (SELECT order_id FROM audit_log WHERE what = 'INSERT' AND at > %1$s
                                           GROUP BY 1 HAVING count(*) > 1) log),
                   (SELECT count(*) FROM (SELECT payload ->> 'token' FROM jobs WHERE queued_at > %1$s
                                           GROUP BY 1 HAVING count(*) > 1) queue)
            """;

    /** %1$s: a moment; what was queued before is not looked at. */
    static final String JOBS_BY_HOST = """
            SELECT count(*) FILTER (WHERE done_on = 'old'), count(*) FILTER (WHERE done_on = 'new'),
                   count(*) FILTER (WHERE done_at IS NULL OR done_on NOT IN ('old', 'new')),
                   round(extract(epoch FROM min(done_at) FILTER (WHERE done_on = 'new') - max(done_at) FILTER (WHERE done_on = 'old')), 1),
                   min(done_at) FILTER (WHERE done_on = 'new') > max(done_at) FILTER (WHERE done_on = 'old')
              FROM jobs WHERE queued_at > %1$s
            """;

    /**
     * %1$s: the first moment to look at; %2$s, %3$s: the begin and the end of the time in which no crontab is
     * installed. A run may take some seconds to leave its row.
     */
    static final String CRON = """
            WITH runs AS (SELECT date_trunc('minute', ran_at) AS minute, ran_at, host FROM cron_runs WHERE ran_at > %1$s),
                 minutes AS (SELECT m FROM generate_series(date_trunc('minute', timestamptz %1$s) + interval '1 minute', now() - interval '10 seconds', interval '1 minute') m
                              WHERE m NOT BETWEEN timestamptz %2$s - interval '1 second' AND timestamptz %3$s + interval '1 second')
            SELECT count(*) FILTER (WHERE host = 'old'), count(*) FILTER (WHERE host = 'new'),
                   (SELECT count(*) FROM (SELECT minute FROM runs GROUP BY minute HAVING count(*) > 1) twice),
                   (SELECT count(*) FROM minutes WHERE m NOT IN (SELECT minute FROM runs)),
                   coalesce(min(ran_at) FILTER (WHERE host = 'new') > max(ran_at) FILTER (WHERE host = 'old'), true)
              FROM runs
            """;

    /** %1$s: a moment. Runs on old, elsewhere, and minutes with two. */
    static final String CRON_SINCE = """
            SELECT count(*) FILTER (WHERE host = 'old'), count(*) FILTER (WHERE host <> 'old'),
                   count(*) - count(DISTINCT date_trunc('minute', ran_at))
              FROM cron_runs WHERE ran_at > %1$s
            """;

    /** A shell's script: what PostgreSQL answers to the site's own login. A refusal is an answer, so it never fails. */
    static final String LOG_IN_AS_THE_SITE = """
            set -a; . /etc/shop/shop.env
            PGPASSWORD=$DATABASE_PASSWORD psql -X -At -h 127.0.0.1 -U shop -d shop -c 'SELECT 1' 2>&1 || true
            """;

    /** In the answer to that, while the database's own limit keeps everybody out; other limits say it in other words. */
    static final String REFUSED_BY_THE_FENCE = "too many connections for database";

    /** A shell's script: one line for each unit of the site. */
    static final String UNITS_RUN = """
            for unit in shop.service shop-worker.service; do
              echo "$unit $(systemctl show -P ActiveState "$unit") $(systemctl show -P UnitFileState "$unit")"
            done
            """;

    /** A shell's script: tries to start each unit of the site; one line for each. */
    static final String UNITS_REFUSE = """
            for unit in shop.service shop-worker.service; do
              systemctl start "$unit" 2>/dev/null && answer=started || answer=refused
              echo "$unit $answer $(systemctl show -P ActiveState "$unit")"
            done
            """;

    private Questions() {}
}
