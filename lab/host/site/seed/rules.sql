-- What holds the rows together, added after them because that is much faster.

ALTER TABLE orders ADD CONSTRAINT orders_token_key UNIQUE (token);
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);
CREATE UNIQUE INDEX customers_email ON customers (lower(email));
CREATE INDEX orders_open ON orders (created_at) WHERE status = 'placed';
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX order_items_order ON order_items (order_id);
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX products_description ON products USING gin (description gin_trgm_ops);
CREATE INDEX products_words ON products USING gin (words);
CREATE INDEX reviews_product ON reviews (product_id, stars DESC);
CREATE INDEX page_views_at ON page_views (at);
CREATE INDEX jobs_open ON jobs (id) WHERE done_at IS NULL;

ALTER TABLE customers ADD FOREIGN KEY (country) REFERENCES countries;
ALTER TABLE addresses ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;
ALTER TABLE categories ADD FOREIGN KEY (parent_id) REFERENCES categories;
ALTER TABLE suppliers ADD FOREIGN KEY (country) REFERENCES countries;
ALTER TABLE products ADD FOREIGN KEY (category_id) REFERENCES categories;
ALTER TABLE product_suppliers ADD FOREIGN KEY (product_id) REFERENCES products, ADD FOREIGN KEY (supplier_id) REFERENCES suppliers;
ALTER TABLE product_tags ADD FOREIGN KEY (product_id) REFERENCES products, ADD FOREIGN KEY (tag_id) REFERENCES tags;
ALTER TABLE stock ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE, ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE payments ADD FOREIGN KEY (order_id) REFERENCES orders DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shipments ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses;
ALTER TABLE invoices ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE reviews ADD FOREIGN KEY (product_id) REFERENCES products, ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE attachments ADD FOREIGN KEY (order_id) REFERENCES orders;

CREATE FUNCTION orders_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.updated_at := clock_timestamp();
    END IF;
    INSERT INTO audit_log (what, order_id, detail) VALUES (TG_OP, NEW.id, jsonb_build_object('status', NEW.status));
    RETURN NEW;
END
$$;
CREATE TRIGGER orders_audit BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_audit();

CREATE VIEW order_totals AS
    SELECT o.id, o.token, sum(i.pieces * i.price) AS total FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id;
CREATE MATERIALIZED VIEW sales_by_product AS
    SELECT product_id, sum(pieces) AS pieces, sum(pieces * price) AS amount FROM order_items GROUP BY product_id;
CREATE UNIQUE INDEX sales_by_product_id ON sales_by_product (product_id);

GRANT SELECT ON order_totals, sales_by_product TO shop_report;
