#!/usr/bin/python3
"""The shop's cron job: leaves one row that says when and where it ran."""

import pathlib
import socket

import psycopg2

# cron knows nothing of the units' environment
settings = dict(
    line.split("=", 1) for line in pathlib.Path("/etc/shop/shop.env").read_text().splitlines() if "=" in line
)
connection = psycopg2.connect(
    host=settings["DATABASE_HOST"],
    port=settings["DATABASE_PORT"],
    dbname=settings["DATABASE_NAME"],
    user=settings["DATABASE_USER"],
    password=settings["DATABASE_PASSWORD"],
    connect_timeout=5,
    application_name="shop-cron",
)
with connection, connection.cursor() as cursor:
    cursor.execute("INSERT INTO cron_runs (host) VALUES (%s)", (socket.gethostname(),))
connection.close()
