package dev.godwit.activities.database.postgresql;

/** Databases that are hard to copy. */
final class Databases {
    static final String ROLES = """
            CREATE ROLE "Shop owner" LOGIN PASSWORD 'owner' CONNECTION LIMIT 90;
            CREATE ROLE shop_readers;
            CREATE ROLE shop_app LOGIN PASSWORD 'app' IN ROLE "Shop owner", shop_readers;
            ALTER ROLE shop_app SET search_path = "Odd schema", public;
            ALTER ROLE shop_app SET "shop.greeting" = 'it''s \\ here';
            """;

    /** Takes away the subscription {@code news}, whose publisher never was. */
    static final String NO_SUBSCRIPTION = """
            ALTER SUBSCRIPTION news DISABLE; ALTER SUBSCRIPTION news SET (slot_name = NONE); DROP SUBSCRIPTION news;
            """;

    /** One of everything, run by a superuser in a database of "Shop owner". */
    static final String HARD = """
            SELECT format('ALTER DATABASE %I SET search_path = "Odd schema", public', current_database()) \\gexec
            SELECT format('ALTER DATABASE %I SET datestyle = %L', current_database(), 'SQL, DMY') \\gexec
            SELECT format('ALTER ROLE shop_app IN DATABASE %I SET work_mem = %L', current_database(), '8MB') \\gexec
            SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \\gexec
            SELECT format('GRANT CONNECT ON DATABASE %I TO shop_readers', current_database()) \\gexec
            SELECT format('COMMENT ON DATABASE %I IS %L', current_database(), 'it''s "ours"') \\gexec
            SELECT format('GRANT CREATE ON SCHEMA public TO %I', 'Shop owner') \\gexec
            SET ROLE "Shop owner";
            CREATE SCHEMA "Odd schema";
            CREATE TYPE "Odd schema"."Mood" AS ENUM ('so so', 'it''s, good');
            CREATE TYPE public.pair AS (a int, b "Odd schema"."Mood");
            CREATE DOMAIN public.percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
            SET search_path = public;
            CREATE SEQUENCE "Odd schema"."Un owned" INCREMENT 10 START 500 CACHE 5;
            SELECT nextval('"Odd schema"."Un owned"') FROM generate_series(1, 3);
            CREATE SEQUENCE unused START 42;
            CREATE TABLE "Odd schema"."Odd ""table\""" (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "a b" text, "Select" "Odd schema"."Mood",
                godwit_row int, gone int, size int GENERATED ALWAYS AS (length("a b")) STORED);
            ALTER TABLE "Odd schema"."Odd ""table\""" DROP COLUMN gone;
            INSERT INTO "Odd schema"."Odd ""table\""" ("a b", "Select", godwit_row)
                SELECT repeat(chr(64 + i % 60), i % 50) || E'\\t\\\\N\\n', 'it''s, good', i FROM generate_series(1, 2000) i;
            CREATE TABLE "line
            break" (n int);
            INSERT INTO "line
            break" VALUES (1), (1), (NULL);
            CREATE TABLE none ();
            INSERT INTO none DEFAULT VALUES;
            CREATE TABLE types (
                n serial PRIMARY KEY, moods "Odd schema"."Mood"[], p pair, share percent, ints int[], at timestamptz, d date,
                span interval, big numeric, bytes bytea, doc jsonb, id uuid, f8 float8, r int4range, money money, c char(5),
                addr inet, x xml, b bit(3), v tsvector);
            INSERT INTO types (moods, p, share, ints, at, d, span, big, bytes, doc, id, f8, r, money, c, addr, x, b, v)
                SELECT ARRAY ['so so', NULL]::"Odd schema"."Mood"[], ROW (i, 'so so')::pair, 12.5, ARRAY [i, NULL], now(), '2024-02-03',
                       '-1 day 2 hours', 1e30 / i, decode(md5(i::text), 'hex'), jsonb_build_object('a', i), md5(i::text)::uuid,
                       1.0 / i, int4range(i, i + 3), 12.3::numeric::money, 'ab', '10.0.0.1', '<a/>', B'101', 'a b'
                  FROM generate_series(1, 100) i;
            INSERT INTO types (f8, d) VALUES ('NaN', 'infinity'), ('-0', NULL);
            CREATE TABLE plain (n int PRIMARY KEY, t text, at timestamptz);
            INSERT INTO plain SELECT i, 'text ' || i, now() FROM generate_series(1, 3000) i;
            CREATE TABLE catalog (n regclass, t regtype, acl aclitem);
            RESET ROLE;
            INSERT INTO catalog VALUES ('types', 'public.pair', 'shop_app=r/postgres');
            SET ROLE "Shop owner";
            CREATE TABLE events (at timestamptz NOT NULL, what text) PARTITION BY RANGE (at);
            CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (what);
            CREATE TABLE events_2024_a PARTITION OF events_2024 FOR VALUES IN ('a');
            CREATE TABLE events_rest PARTITION OF events DEFAULT;
            CREATE INDEX ON events (at);
            INSERT INTO events SELECT timestamptz '2023-12-30' + i * interval '1 hour', CASE WHEN i > 40 THEN 'a' ELSE 'b' END
              FROM generate_series(1, 200) i;
            CREATE TABLE parent (n int, CHECK (n IN (1, 2, 3)), kind varchar(5) CHECK (kind IN ('a', 'b')));
            CREATE TABLE child (more text) INHERITS (parent);
            INSERT INTO parent VALUES (1, 'a');
            INSERT INTO child VALUES (2, 'b', 'x');
            CREATE TABLE chicken (id int PRIMARY KEY, egg int);
            CREATE TABLE egg (id int PRIMARY KEY, chicken int REFERENCES chicken DEFERRABLE INITIALLY DEFERRED);
            ALTER TABLE chicken ADD FOREIGN KEY (egg) REFERENCES egg DEFERRABLE INITIALLY DEFERRED;
            BEGIN;
            INSERT INTO chicken VALUES (1, 1);
            INSERT INTO egg VALUES (1, 1);
            COMMIT;
            CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value text);
            INSERT INTO cache VALUES ('k', 'v');
            CREATE TABLE log (what text, at timestamptz DEFAULT now());
            CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO log (what) VALUES (TG_OP); RETURN NEW; END $$;
            CREATE TRIGGER noted BEFORE INSERT ON egg FOR EACH ROW WHEN (NEW.id IN (1, 2)) EXECUTE FUNCTION noted();
            CREATE RULE quiet AS ON DELETE TO log DO INSTEAD NOTHING;
            CREATE VIEW moods AS SELECT id, "Select" FROM "Odd schema"."Odd ""table\""" WHERE godwit_row IN (1, 2);
            CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM public.types;
            CREATE UNIQUE INDEX ON totals (n);
            CREATE MATERIALIZED VIEW empty AS SELECT 1 AS n WITH NO DATA;
            INSERT INTO types (f8) VALUES (7);
            CREATE TABLE secret (owner text DEFAULT current_user, t text);
            INSERT INTO secret (t) VALUES ('hidden');
            ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
            ALTER TABLE secret FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON secret TO shop_readers USING (owner = current_user);
            GRANT SELECT ON types TO shop_readers;
            COMMENT ON COLUMN types.share IS 'in "percent"';
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO shop_readers;
            SELECT lo_from_bytea(0, decode(repeat(md5('x'), 1000), 'hex'));
            SELECT lo_put(lo_create(0), 9000, 'far away');
            SELECT lo_create(0);
            RESET ROLE;
            CREATE EXTENSION pg_trgm;
            CREATE INDEX fuzzy ON "Odd schema"."Odd ""table\""" USING gin ("a b" gin_trgm_ops);
            """;

    private Databases() {}
}
