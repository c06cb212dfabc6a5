#!/usr/bin/python3
"""The shop: a small web application with a database and files, as a thousand small sites have one.

It writes nothing twice: an order's token is unique, and 201 is answered only after the commit.
"""

import html
import http.server
import json
import os
import pathlib
import queue
import re
import signal
import socket
import tempfile
import threading
import urllib.parse
from contextlib import contextmanager

import psycopg2
import psycopg2.errors

HOST = socket.gethostname()
UPLOADS = pathlib.Path(os.environ["UPLOADS"])
NAME = re.compile(r"[\w][\w .'()-]{0,199}")
TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")
LARGEST_UPLOAD = 64 * 1024 * 1024


class Database:
    """A few connections, kept. A broken one takes the idle ones with it: they broke together, when the server stopped."""

    def __init__(self, limit=20):
        self.idle = queue.LifoQueue()
        self.slots = threading.Semaphore(limit)

    @staticmethod
    def connect():
        return psycopg2.connect(
            host=os.environ["DATABASE_HOST"],
            port=os.environ["DATABASE_PORT"],
            dbname=os.environ["DATABASE_NAME"],
            user=os.environ["DATABASE_USER"],
            password=os.environ["DATABASE_PASSWORD"],
            connect_timeout=5,
            application_name="shop",
        )

    @contextmanager
    def transaction(self):
        """A cursor; committed on leaving, rolled back on any exception."""
        with self.slots:
            try:
                connection = self.idle.get_nowait()
            except queue.Empty:
                connection = self.connect()
            try:
                with connection, connection.cursor() as cursor:
                    yield cursor
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.forget_idle()
                raise
            finally:
                if connection.closed:
                    connection.close()
                else:
                    self.idle.put(connection)

    def forget_idle(self):
        while True:
            try:
                self.idle.get_nowait().close()
            except queue.Empty:
                return


database = Database()


class Shop(http.server.BaseHTTPRequestHandler):
    server_version = "shop"
    timeout = 30

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path == "/":
            self.guarded(self.front_page)
        elif path == "/health":
            self.guarded(self.health)
        elif path.startswith("/orders/"):
            self.guarded(self.show_order, path.removeprefix("/orders/"))
        elif path.startswith("/uploads/"):
            self.guarded(self.show_upload, path.removeprefix("/uploads/"))
        else:
            self.answer(404, {"error": "no such page"})

    def do_POST(self):
        if urllib.parse.urlsplit(self.path).path == "/orders":
            self.guarded(self.place_order)
        else:
            self.answer(404, {"error": "no such page"})

    def do_PUT(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path.startswith("/uploads/"):
            self.guarded(self.store_upload, path.removeprefix("/uploads/"))
        else:
            self.answer(404, {"error": "no such page"})

    def guarded(self, page, *arguments):
        """A database that is away, or refuses to write, is no bug of ours: 503, come back later."""
        try:
            page(*arguments)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as problem:
            self.answer(503, {"error": "database", "detail": str(problem).strip()}, {"Retry-After": "1"})
        except ValueError as problem:
            self.answer(400, {"error": str(problem)})
        except (psycopg2.errors.ReadOnlySqlTransaction, psycopg2.errors.InsufficientPrivilege) as problem:
            self.answer(503, {"error": "database refuses", "detail": str(problem).strip()}, {"Retry-After": "1"})

    def health(self):
        with database.transaction() as cursor:
            cursor.execute("SELECT count(*) FROM settings")
            settings = cursor.fetchone()[0]
        self.answer(200, {"status": "ok", "host": HOST, "settings": settings})

    def front_page(self):
        with database.transaction() as cursor:
            cursor.execute("SELECT token, status, note, created_at FROM orders ORDER BY id DESC LIMIT 10")
            rows = cursor.fetchall()
        lines = "".join(f"<li>{html.escape(t)} {s} {html.escape(n or '')} {at:%F %T}</li>" for t, s, n, at in rows)
        page = f"<!DOCTYPE html><title>Shop</title><h1>Shop</h1><p>Latest orders</p><ul>{lines}</ul>\n"
        self.answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def place_order(self):
        try:
            order = json.loads(self.body(65536))
            token, note = order["token"], order.get("note")
        except (ValueError, KeyError, TypeError):
            return self.answer(400, {"error": 'expected {"token": "…"}'})
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return self.answer(400, {"error": f"expected a token of {TOKEN.pattern}"})
        try:
            with database.transaction() as cursor:
                cursor.execute(
                    "INSERT INTO orders (token, note, placed_on, number) VALUES (%s, %s, %s, nextval('order_number_seq'))",
                    (token, note, HOST),
                )
                cursor.execute("INSERT INTO jobs (kind, payload) VALUES ('confirm', %s)", (json.dumps({"token": token}),))
        except psycopg2.errors.UniqueViolation as problem:
            if problem.diag.constraint_name != "orders_token_key":
                raise  # a sequence that was not carried over looks like this, and must not look like a repeated order
            return self.answer(409, {"error": "token is taken", "token": token})
        self.answer(201, {"token": token, "host": HOST})

    def show_order(self, token):
        with database.transaction() as cursor:
            cursor.execute("SELECT count(*), min(status::text), min(placed_on) FROM orders WHERE token = %s", (token,))
            count, status, placed_on = cursor.fetchone()
        if not count:
            return self.answer(404, {"error": "no such order", "token": token})
        self.answer(200, {"token": token, "count": count, "status": status, "placedOn": placed_on})

    def store_upload(self, name):
        if not NAME.fullmatch(name):
            return self.answer(400, {"error": f"expected a name of {NAME.pattern}"})
        content = self.body(LARGEST_UPLOAD)
        # Never half a file under its name. tmp/ is nobody's data: a copy of the uploads may leave it out.
        (UPLOADS / "tmp").mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=UPLOADS / "tmp", delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        os.chmod(part.name, 0o644)
        os.rename(part.name, UPLOADS / name)
        self.answer(201, {"name": name, "bytes": len(content), "host": HOST})

    def show_upload(self, name):
        file = UPLOADS / name
        if not NAME.fullmatch(name) or not file.is_file():
            return self.answer(404, {"error": "no such file"})
        self.answer(200, file.read_bytes(), {"Content-Type": "application/octet-stream"})

    def body(self, limit):
        length = int(self.headers.get("Content-Length") or 0)
        if length > limit:
            raise ValueError(f"expected at most {limit} bytes")
        return self.rfile.read(length)

    def answer(self, status, body, headers=None):
        headers = {"Content-Type": "application/json", **(headers or {})}
        content = body if isinstance(body, bytes) else (json.dumps(body) + "\n").encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Served-By", HOST)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, form, *arguments):
        pass  # nginx keeps the access log


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # closing the server waits for the requests in flight
    request_queue_size = 128


def tell_systemd(state):
    """sd_notify(3), the whole of it."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)


def main():
    address, port = os.environ["LISTEN"].split(":")
    server = Server((address, int(port)), Shop)
    # shutdown() waits for serve_forever(), which the signal has interrupted: so not from this thread
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    tell_systemd("READY=1")
    server.serve_forever(poll_interval=0.1)
    tell_systemd("STOPPING=1")
    server.server_close()


if __name__ == "__main__":
    main()
