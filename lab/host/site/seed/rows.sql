-- Rows, made from their own numbers so that every seeding makes the same ones. :k scales: 1 is about 20 MB in all, 130 above 1.1 GB.

INSERT INTO settings SELECT 'setting.' || i, jsonb_build_object('value', i, 'on', i % 2 = 0) FROM generate_series(1, 50) i;
INSERT INTO countries SELECT chr(65 + i / 26) || chr(65 + i % 26), 'Country ' || i FROM generate_series(0, 199) i;
INSERT INTO customers (email, name, country, profile, created_at)
    SELECT 'Customer' || i || '@example.net', 'Zoë O''Neil ' || i, chr(65 + i % 7) || chr(65 + i % 26),
           jsonb_build_object('newsletter', i % 3 = 0, 'hash', md5(i::text)), timestamptz '2024-01-01 00:00+00' + i * interval '7 minutes'
      FROM generate_series(1, 1000 * :k) i;
INSERT INTO addresses (customer_id, line, city) SELECT i, i || ' Main Street', 'City ' || i % 500 FROM generate_series(1, 1000 * :k) i;
INSERT INTO categories (parent_id, name) SELECT nullif(i / 10, 0), 'Category ' || i FROM generate_series(1, 200) i;
INSERT INTO suppliers (name, country) SELECT 'Supplier ' || i, chr(65 + i % 7) || chr(65 + i % 26) FROM generate_series(1, 300) i;
INSERT INTO products (sku, category_id, name, description, price)
    SELECT 'SKU-' || i, 1 + i % 200, 'Product ' || substr(md5(i::text), 1, 8), 'Made of ' || md5((i * 7)::text) || ' and ' || md5((i * 13)::text), (i % 9999) / 100.0
      FROM generate_series(1, 200 * :k) i;
INSERT INTO product_suppliers SELECT i, 1 + (i * 7 + j) % 300 FROM generate_series(1, 200 * :k) i, generate_series(1, 2) j;
INSERT INTO tags (name) SELECT 'tag-' || i FROM generate_series(1, 100) i;
INSERT INTO product_tags SELECT i, 1 + (i + j * 31) % 100 FROM generate_series(1, 200 * :k) i, generate_series(1, 3) j;
INSERT INTO warehouses (name, area) SELECT 'Warehouse ' || i, int4range(i * 1000, i * 1000 + 999) FROM generate_series(1, 5) i;
INSERT INTO stock SELECT w, p, (w * p) % 1000 FROM generate_series(1, 5) w, generate_series(1, 200 * :k) p;
INSERT INTO orders (token, number, customer_id, status, note, placed_on, created_at, updated_at)
    SELECT 'seed-' || md5(i::text), nextval('order_number_seq'), 1 + i % (1000 * :k), (enum_range(NULL::order_status))[2 + i % 3],
           CASE WHEN i % 5 = 0 THEN 'Please ring twice, ' || md5((i * 3)::text) END, 'old', t, t
      FROM generate_series(1, 6000 * :k) i, LATERAL (SELECT timestamptz '2024-06-01 00:00+00' + i * interval '1 minute') at (t);
INSERT INTO order_items (order_id, product_id, pieces, price)
    SELECT i, 1 + (i * 31 + j * 17) % (200 * :k), 1 + j, (i % 5000) / 100.0 FROM generate_series(1, 6000 * :k) i, generate_series(1, 2) j;
INSERT INTO payments (order_id, amount, reference) SELECT i, (i % 20000) / 100.0, md5('payment' || i)::uuid FROM generate_series(1, 6000 * :k) i;
INSERT INTO shipments (order_id, warehouse_id, sent_at)
    SELECT i, 1 + i % 5, timestamptz '2024-06-02 00:00+00' + i * interval '1 minute' FROM generate_series(2, 6000 * :k, 3) i;
INSERT INTO invoices (order_id, original)
    SELECT i, CASE WHEN i % 200 = 0 THEN lo_from_bytea(0, decode(repeat(md5(i::text), 256), 'hex')) END FROM generate_series(20, 1000 * :k, 20) i;
INSERT INTO reviews (product_id, customer_id, stars, body)
    SELECT 1 + i % (200 * :k), 1 + i % (1000 * :k), 1 + i % 5, 'Grüße: ' || md5(i::text) || md5((i * 2)::text) || md5((i * 3)::text) || md5((i * 5)::text)
      FROM generate_series(1, 3000 * :k) i;
INSERT INTO attachments (order_id, name, content)
    SELECT 1 + i % (6000 * :k), 'scan ' || i || '.tiff', decode(repeat(md5(i::text), 1000), 'hex') FROM generate_series(1, 130 * :k) i;
INSERT INTO page_views
    SELECT timestamptz '2025-01-01 00:00+00' + i * interval '14 days' / (200 * :k), '/products/SKU-' || i % 5000, md5((i % 9999)::text)::uuid, 'https://search.example.net/?q=' || md5(i::text)
      FROM generate_series(1, 5000 * :k) i;
INSERT INTO jobs (kind, payload, queued_at, done_at, done_on)
    SELECT 'confirm', '{"token": null}', t, t + interval '1 second', 'old' FROM generate_series(1, 500) i, LATERAL (SELECT timestamptz '2025-11-01 00:00+00' + i * interval '1 minute') at (t);
INSERT INTO audit_log
    SELECT timestamptz '2024-06-01 00:00+00' + i * interval '1 minute', 'INSERT', i, jsonb_build_object('status', 'placed', 'by', md5(i::text), 'from', md5((i * 11)::text))
      FROM generate_series(1, 6000 * :k) i;
