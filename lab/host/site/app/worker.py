#!/usr/bin/python3
"""The shop's worker: takes jobs one by one and signs each with the name of the host that did it."""

import os
import signal
import socket
import threading

import psycopg2

HOST = socket.gethostname()
stop = threading.Event()

TAKE_ONE = """
    UPDATE jobs SET done_at = clock_timestamp(), done_on = %s
     WHERE id = (SELECT id FROM jobs WHERE done_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING kind, payload
"""
CONFIRM = "UPDATE orders SET status = 'confirmed' WHERE token = %s AND status = 'placed'"


def work(connection):
    while not stop.is_set():
        with connection, connection.cursor() as cursor:
            cursor.execute(TAKE_ONE, (HOST,))
            job = cursor.fetchone()
            if job and job[0] == "confirm":
                cursor.execute(CONFIRM, (job[1]["token"],))
        if not job:
            stop.wait(0.2)


def main():
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.is_set():
        try:
            connection = psycopg2.connect(
                host=os.environ["DATABASE_HOST"],
                port=os.environ["DATABASE_PORT"],
                dbname=os.environ["DATABASE_NAME"],
                user=os.environ["DATABASE_USER"],
                password=os.environ["DATABASE_PASSWORD"],
                connect_timeout=5,
                application_name="shop-worker",
            )
            try:
                work(connection)
            finally:
                connection.close()
        except psycopg2.Error as problem:
            print(f"database: {str(problem).strip()}; trying again", flush=True)
            stop.wait(1)


if __name__ == "__main__":
    main()
