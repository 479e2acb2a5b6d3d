#!/usr/bin/python3
"""Sends log ins over many connections at once: HOST PORT COUNT PASSWORD. Says "started" when all
connections are open, and at the end each status with its number; "503 alone" has no Retry-After."""

import asyncio
import collections
import sys
import urllib.parse

CONNECTIONS = 500
KINDS = ("right", "wrong", "unknown")


def request(number, password):
    kind = KINDS[number % len(KINDS)]
    body = urllib.parse.urlencode({
        "username": f"nobody{number}@example.com" if kind == "unknown" else "ann@example.com",
        "password": password if kind == "right" else f"wrong {number}"})
    return (f"POST /api/users/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
    await reader.readexactly(length)
    status = head.split()[1]
    return "503 alone" if status == "503" and "\r\nretry-after: " not in head.lower() else status


async def one_client(reader, writer, numbers, password, statuses):
    for number in numbers:
        writer.write(request(number, password))
        statuses[await read_answer(reader)] += 1
    writer.close()


async def main(host, port, count, password):
    statuses = collections.Counter()
    opened = [await asyncio.open_connection(host, int(port)) for _ in range(min(CONNECTIONS, int(count)))]
    print("started", flush=True)
    shares = [range(first, int(count), len(opened)) for first in range(len(opened))]
    await asyncio.gather(*(one_client(r, w, share, password, statuses)
                           for (r, w), share in zip(opened, shares)))
    for status, number in sorted(statuses.items()):
        print(status, number)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
