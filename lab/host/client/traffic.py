#!/usr/bin/env python3
"""Readers and writers that never stop, and an account of every answer they got.

It is the outside client of the lab: it resolves the site's name itself, at the authoritative servers and no longer than
the TTL allows; it verifies the certificate; it opens a connection per request, so that whoever answers is asked anew; and
it tries a write again, with the same token, until it is acknowledged. One reader more is "pinned": it resolves the name once and
never again, as some clients do, and it is accounted for apart from the others.

    traffic.py run     runs until SIGTERM and writes one JSON line per request
    traffic.py report  what happened, as JSON, without asking the site anything
    traffic.py verify  asks the site for every acknowledged write: exit status 1 if one is missing or doubled
"""

import argparse
import hashlib
import http.client
import itertools
import json
import queue
import random
import secrets
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from collections import Counter, defaultdict

LOG = "/var/log/traffic.jsonl"
WRITES = ("write", "upload")
RETRY_PAUSE = 0.25  # seconds
TRIES = 3  # at each name server


# --- names ------------------------------------------------------------------------------------------------------------


class Resolver:
    """Asks one of the name servers, in turn, and keeps the answer for its TTL, as a resolver in the world does."""

    def __init__(self, servers, timeout=2.0):
        self.servers = itertools.cycle(servers)
        self.count = len(servers)
        self.timeout = timeout
        self.lock = threading.Lock()
        self.known = {}

    def address(self, name):
        with self.lock:
            address, expires = self.known.get(name, (None, 0))
            if time.monotonic() < expires:
                return address
            problem = None
            for _ in range(TRIES * self.count):  # a lost datagram is asked again, as every stub resolver does
                server = next(self.servers)
                try:
                    address, ttl = self.ask(server, name)
                    self.known[name] = (address, time.monotonic() + ttl)
                    return address
                except (OSError, LookupError) as failure:
                    problem = f"{server}: {failure}"
            raise LookupError(f"no name server has an address for {name}; last {problem}")

    def ask(self, server, name):
        """One A query over UDP, RFC 1035 section 4. The first address of the answer, and its TTL."""
        number = secrets.randbits(16)
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
        question = struct.pack("!6H", number, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(self.timeout)
            sock.connect((server, 53))
            sock.send(question)
            while True:
                answer = sock.recv(4096)
                if answer[:2] == question[:2]:
                    break
        _, flags, _, answers, _, _ = struct.unpack("!6H", answer[:12])
        if flags & 15:
            raise LookupError(f"rcode {flags & 15}")
        at = len(question)
        for _ in range(answers):
            at = self.skip_name(answer, at)
            kind, _, ttl, length = struct.unpack("!2HIH", answer[at : at + 10])
            at += 10
            if kind == 1:
                return socket.inet_ntoa(answer[at : at + 4]), ttl
            at += length
        raise LookupError("no A record")

    @staticmethod
    def skip_name(message, at):
        while message[at]:
            if message[at] >= 0xC0:
                return at + 2
            at += 1 + message[at]
        return at + 1


# --- requests ---------------------------------------------------------------------------------------------------------


class Connection(http.client.HTTPSConnection):
    """HTTPS to an address of our choosing, verified for the site's name."""

    def __init__(self, address, name, context, timeout):
        super().__init__(name, 443, context=context, timeout=timeout)
        self.address = address

    def connect(self):
        plain = socket.create_connection((self.address, self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


class Site:
    def __init__(self, name, servers, timeout):
        self.name = name
        self.timeout = timeout
        self.resolver = Resolver(servers)
        self.context = ssl.create_default_context()  # the machine's trust store holds the lab's CA

    def request(self, method, path, body=None, address=None):
        """(status, headers' host, body, address); raises OSError, LookupError or HTTPException."""
        address = address or self.resolver.address(self.name)
        connection = Connection(address, self.name, self.context, self.timeout)
        try:
            connection.request(method, path, body, {"Connection": "close", "User-Agent": "lab-traffic"})
            response = connection.getresponse()
            return response.status, response.getheader("X-Served-By"), response.read(), address
        except (OSError, http.client.HTTPException) as problem:
            problem.address = address
            raise
        finally:
            connection.close()


def upload_content(token):
    """What the upload of that token holds: known from the token alone, so that `verify` needs no copy."""
    return hashlib.sha256(token.encode()).hexdigest().encode() * 16


class Traffic:
    def __init__(self, options):
        self.site = Site(options.site, options.dns, options.timeout)
        self.options = options
        self.stop = threading.Event()
        self.log = open(options.log, "a", buffering=1)
        self.log_lock = threading.Lock()
        self.tokens = ["seed-" + hashlib.md5(b"1").hexdigest()]
        self.pinned = None

    def record(self, **line):
        with self.log_lock:
            self.log.write(json.dumps(line) + "\n")

    def once(self, kind, method, path, token=None, attempt=1, body=None, address=None):
        """One request, logged. Its status, or None when there was no answer."""
        began, status, error, host = time.time(), None, None, None
        try:
            status, host, content, address = self.site.request(method, path, body, address)
            if status == 200 and kind in ("read", "pinned") and json.loads(content).get("count") != 1:
                error = "count"
        except (OSError, LookupError, ValueError, http.client.HTTPException) as problem:
            error = f"{type(problem).__name__}: {problem}"
            address = getattr(problem, "address", address)
        ended = time.time()
        self.record(
            t=round(began, 3), end=round(ended, 3), ms=round((ended - began) * 1000, 1), kind=kind, token=token,
            attempt=attempt, status=status, error=error, address=address, host=host,
        )
        return status

    def paced(self, rate, act):
        """Calls act() `rate` times a second; what was missed while one call hung is not made up for."""
        due = time.monotonic() + random.random() / rate
        while not self.stop.wait(max(0, due - time.monotonic())):
            act()
            due = max(due + 1 / rate, time.monotonic())

    def persist(self, kind, method, path, token, body):
        """The same token until it is acknowledged. 409 says that an earlier try was applied and its answer got lost."""
        for attempt in itertools.count(1):
            status = self.once(kind, method, path, token, attempt, body)
            if status == 201 or (status == 409 and attempt > 1):
                self.tokens.append(token) if kind == "write" else None
                return
            if self.stop.wait(RETRY_PAUSE):
                return

    def write(self):
        token = f"t-{secrets.token_hex(12)}"
        self.persist("write", "POST", "/orders", token, json.dumps({"token": token, "note": "traffic"}))

    def upload(self):
        token = f"traffic-{secrets.token_hex(12)}.txt"
        self.persist("upload", "PUT", f"/uploads/{token}", token, upload_content(token))

    def read(self):
        """Mostly recent orders, which only the side that has the newest data can show; sometimes the front page."""
        if random.random() < 0.2:
            self.once("page", "GET", "/")
        else:
            token = random.choice(self.tokens[-200:])
            self.once("read", "GET", f"/orders/{token}", token)

    def read_pinned(self):
        """A recent order, from the address that the name had at the beginning."""
        if not self.pinned:
            try:
                self.pinned = self.site.resolver.address(self.site.name)
            except LookupError:
                return
        token = random.choice(self.tokens[-200:])
        self.once("pinned", "GET", f"/orders/{token}", token, address=self.pinned)

    def run(self):
        signal.signal(signal.SIGTERM, lambda *_: self.stop.set())
        signal.signal(signal.SIGINT, lambda *_: self.stop.set())
        threads = []
        for act, rate, workers in (
            (self.write, self.options.writes, self.options.writers),
            (self.read, self.options.reads, self.options.readers),
            (self.upload, self.options.uploads, 1),
            (self.read_pinned, self.options.pinned, 1),
        ):
            if rate > 0:
                threads += [threading.Thread(target=self.paced, args=(rate / workers, act)) for _ in range(workers)]
        for thread in threads:
            thread.start()
        while not self.stop.wait(1):  # a signal is handled by the main thread: it must not sit in join()
            pass
        for thread in threads:
            thread.join()
        return 0


# --- the account ------------------------------------------------------------------------------------------------------


def lines(options):
    with open(options.log) as log:
        for text in log:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # the last line, while it is being written
            if options.since <= line["end"] <= options.until:
                yield line


def is_success(line):
    """A write counts when it is acknowledged, a read when it shows the one thing asked for."""
    if line["kind"] in WRITES:
        return line["status"] == 201 or (line["status"] == 409 and line["attempt"] > 1)
    return line["status"] == 200 and line["error"] is None


def acknowledged(options):
    """The tokens of every acknowledged write, by kind."""
    tokens = {kind: set() for kind in WRITES}
    for line in lines(options):
        if line["kind"] in WRITES and is_success(line):
            tokens[line["kind"]].add(line["token"])
    return tokens


def longest_stall(successes, first, last):
    """The longest time without a success, between the first and the last request that ended: what an outage is, seen from outside."""
    marks = sorted({first, last, *successes})
    if len(marks) < 2:
        return {"seconds": 0.0, "from": first, "to": last}
    length, start, end = max((b - a, a, b) for a, b in zip(marks, marks[1:]))
    return {"seconds": round(length, 3), "from": start, "to": end}


def report(options):
    seen = sorted(lines(options), key=lambda line: line["end"])
    everything = [line for line in seen if line["kind"] != "pinned"]
    pinned = [line for line in seen if line["kind"] == "pinned"]
    if not everything:
        print(json.dumps({"requests": 0}))
        return 0
    first, last = everything[0]["end"], everything[-1]["end"]
    by_status, by_kind, errors, hosts = Counter(), defaultdict(Counter), Counter(), Counter()
    seconds = defaultdict(lambda: {"requests": 0, "failed": 0, "maxMs": 0.0})
    for line in everything:
        good = is_success(line)
        by_status[str(line["status"] or "none")] += 1
        by_kind[line["kind"]]["ok" if good else "failed"] += 1
        hosts[f"{line['address'] or '-'} {line['host'] or '-'}"] += 1
        if not good:
            errors[line["error"] or f"HTTP {line['status']}"] += 1
        second = seconds[int(line["end"])]
        second["requests"] += 1
        second["failed"] += not good
        second["maxMs"] = max(second["maxMs"], line["ms"])
    writes = [line["end"] for line in everything if line["kind"] == "write" and is_success(line)]
    reads = [line["end"] for line in everything if line["kind"] in ("read", "page") and is_success(line)]
    result = {
        "from": first,
        "to": last,
        "requests": len(everything),
        "ok": sum(kind["ok"] for kind in by_kind.values()),
        "failed": sum(kind["failed"] for kind in by_kind.values()),
        "byStatus": dict(sorted(by_status.items())),
        "byKind": {kind: {"ok": count["ok"], "failed": count["failed"]} for kind, count in sorted(by_kind.items())},
        "errors": dict(errors.most_common(20)),
        "answeredBy": dict(sorted(hosts.items())),
        "longestWriteStall": longest_stall(writes, first, last),
        "longestReadStall": longest_stall(reads, first, last),
        "maxMs": max(line["ms"] for line in everything),
        "acknowledged": {kind: len(tokens) for kind, tokens in acknowledged(options).items()},
        "repeatedWrites": sum(line["kind"] in WRITES and line["attempt"] > 1 for line in everything),
        "alreadyApplied": sum(line["status"] == 409 and line["attempt"] > 1 for line in everything),
        "pinned": {
            "ok": sum(is_success(line) for line in pinned),
            "failed": sum(not is_success(line) for line in pinned),
            "answeredBy": dict(sorted(Counter(f"{line['address'] or '-'} {line['host'] or '-'}" for line in pinned).items())),
        },
        "perSecond": [{"second": second, **seconds[second]} for second in sorted(seconds)],
    }
    print(json.dumps(result))
    return 0


def verify(options):
    """Asks the site, as it is now and wherever it is now, for each acknowledged write."""
    site = Site(options.site, options.dns, options.timeout)
    tokens = acknowledged(options)
    todo = queue.SimpleQueue()
    for kind in WRITES:
        for token in sorted(tokens[kind]):
            todo.put((kind, token))
    result = {"missing": [], "duplicated": [], "unanswered": []}
    lock = threading.Lock()

    def judge(kind, token):
        path = f"/orders/{token}" if kind == "write" else f"/uploads/{token}"
        for attempt in range(3):
            try:
                status, _, body, _ = site.request("GET", path)
            except (OSError, LookupError, http.client.HTTPException):
                status = None
            if status in (200, 404):
                break
            time.sleep(RETRY_PAUSE)
        if status == 404:
            return "missing"
        if status != 200:
            return "unanswered"
        if kind == "upload":
            return None if body == upload_content(token) else "missing"
        return None if json.loads(body)["count"] == 1 else "duplicated"

    def work():
        while True:
            try:
                kind, token = todo.get_nowait()
            except queue.Empty:
                return
            if verdict := judge(kind, token):
                with lock:
                    result[verdict].append(token)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = not any(result.values())
    print(json.dumps({"ok": good, "checked": {kind: len(found) for kind, found in tokens.items()}, **result}))
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=("run", "report", "verify"))
    parser.add_argument("--site", default="shop.example.org")
    parser.add_argument("--dns", nargs="+", default=["10.66.0.53", "10.66.0.54"], help="the authoritative servers")
    parser.add_argument("--writes", type=float, default=20, help="a second (default 20)")
    parser.add_argument("--reads", type=float, default=40, help="a second (default 40)")
    parser.add_argument("--uploads", type=float, default=0.5, help="a second (default 0.5)")
    parser.add_argument("--pinned", type=float, default=2, help="reads a second from the address of the beginning (default 2)")
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--timeout", type=float, default=30, help="seconds for a request (default 30)")
    parser.add_argument("--log", default=LOG)
    parser.add_argument("--since", type=float, default=0, help="report, verify: from this epoch time on")
    parser.add_argument("--until", type=float, default=float("inf"))
    options = parser.parse_args()
    if options.action == "run":
        return Traffic(options).run()
    return report(options) if options.action == "report" else verify(options)


if __name__ == "__main__":
    sys.exit(main())
