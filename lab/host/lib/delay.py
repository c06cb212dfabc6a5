#!/usr/bin/env python3
"""A slow cable for each server, where the kernel has no netem: carries frames between two tap devices, some of them late.

    delay.py [--from MAC] MS HOST…

Between `godwitt-HOST`, on the server's side, and `godwit-HOST`, a port of the lab's bridge. What comes from the server is late by
MS milliseconds; what goes to it only if the address MAC has sent it: that is this machine, which has no cable of its own.
"""

import argparse
import collections
import fcntl
import os
import select
import struct
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
LARGEST = 65536


def attach(name):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return tap


class Way:
    """One direction of a cable."""

    def __init__(self, source, sink, delay, only_from=None):
        self.source, self.sink, self.delay, self.only_from = source, sink, delay, only_from
        self.under_way = collections.deque()

    def read(self, now):
        while True:
            try:
                frame = os.read(self.source, LARGEST)
            except BlockingIOError:
                return
            if self.only_from is None or frame[6:12] == self.only_from:
                self.under_way.append((now + self.delay, frame))
            else:
                self.write(frame)

    def deliver(self, now):
        while self.under_way and self.under_way[0][0] <= now:
            self.write(self.under_way.popleft()[1])

    def write(self, frame):
        try:
            os.write(self.sink, frame)
        except OSError:
            pass  # a full queue, or a device that went down with its server: a frame is lost, as frames are


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="sender", default="")
    parser.add_argument("ms", type=int)
    parser.add_argument("hosts", nargs="+")
    options = parser.parse_args()
    sender = bytes.fromhex(options.sender.replace(":", ""))  # without one: equal to no frame's
    ways, poll = {}, select.poll()
    for host in options.hosts:
        server, bridge = attach(f"godwitt-{host}"), attach(f"godwit-{host}")
        ways[server] = Way(server, bridge, options.ms / 1000)
        ways[bridge] = Way(bridge, server, options.ms / 1000, sender)
        poll.register(server, select.POLLIN)
        poll.register(bridge, select.POLLIN)
    while True:
        due = [way.under_way[0][0] for way in ways.values() if way.under_way]
        pause = max(0, min(due) - time.monotonic()) * 1000 if due else None
        for source, _ in poll.poll(pause):
            try:
                ways[source].read(time.monotonic())
            except OSError:
                poll.unregister(source)  # the server was switched off, and its device with it
        now = time.monotonic()
        for way in ways.values():
            way.deliver(now)


if __name__ == "__main__":
    main()
