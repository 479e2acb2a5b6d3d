#!/usr/bin/python3
"""Replays the 532 recorded exchanges of the original app against a real blogd that was started from
the same database, in order. What may differ stands in deviations.py; anything else is a failure.

    replay.py --binary build/release/blogd [--verbose] [-- further blogd options]"""

import argparse
import base64
import collections
import json
import pathlib
import re
import socket
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from blogd import Blogd          # noqa: E402
from deviations import DEVIATIONS, problems_of  # noqa: E402

DATA = HERE.parent / "data"
Answer = collections.namedtuple("Answer", "status headers body")


def made_body(what):
    """Bodies that the recording names instead of holding."""
    kind, count = re.fullmatch(r"deep (array|object) (\d+)", what).groups()
    count = int(count)
    if kind == "array":
        return "[" * count + "]" * count
    return '{"title":"deep","content":"c","user_id":1,"x":' + '{"a":' * count + "1" + "}" * count + "}"


def request_bytes(request):
    body = request.get("body")
    if "body_b64" in request:
        body = base64.b64decode(request["body_b64"])
    elif "body_made" in request:
        body = made_body(request["body_made"]).encode()
    elif body is not None:
        body = body.encode()
    lines = [f"{request['method']} {request['path']} HTTP/1.1", "Host: blog.test", "Connection: close"]
    lines += [f"{k}: {v}" for k, v in request["headers"].items()]
    if body is not None or request["method"] in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def dechunk(data):
    out = b""
    while True:
        size, data = data.split(b"\r\n", 1)
        n = int(size.split(b";")[0], 16)
        if n == 0:
            return out
        out, data = out + data[:n], data[n + 2:]


def exchange(server, request):
    with server.connect() as s:
        s.sendall(request_bytes(request))
        data = b""
        while piece := s.recv(1 << 16):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    status_line, *fields = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, v in (f.split(":", 1) for f in fields)}
    if headers.get("transfer-encoding") == "chunked" and request["method"] != "HEAD":
        body = dechunk(body)
    return Answer(int(status_line.split()[1]), headers, body)


RECORDED_NOW = re.compile(rb'"date_posted":"2026-11-22T09:03:07\.\d{6}"')
ANY_DATE = re.compile(rb'"date_posted":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?"')


def same(record, answer):
    """Equal but for the one difference that every answer has: dates say their zone, and posts made
    during the replay have today's date."""
    out = problems_of(record["status"], answer.status, "status")
    out += problems_of(record["headers"].get("content-type"), answer.headers.get("content-type"), "content-type")
    for field in ("allow", "accept-ranges", "content-range"):
        if field in record["headers"]:
            out += problems_of(record["headers"][field], answer.headers.get(field), field)
    wanted = base64.b64decode(record["body_b64"]) if "body_b64" in record else record["body"].encode()
    body = re.sub(rb'("date_posted":"[^"]*)Z"', rb'\1"', answer.body)
    if body.count(b'"date_posted"') != answer.body.count(b'Z"'):
        out.append("a date does not end in Z")
    if RECORDED_NOW.search(wanted):
        # Replace the recorded dates of new posts by ours, position by position.
        dates = ANY_DATE.findall(body)
        at = iter(dates)
        wanted = ANY_DATE.sub(lambda m: next(at, b"") if RECORDED_NOW.match(m[0]) else (next(at, b""), m[0])[1], wanted)
    return out + problems_of(wanted, body, "body")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--verbose", action="store_true", help="name the deviations that were used")
    parser.add_argument("options", nargs="*", help="further options of blogd serve")
    arguments = parser.parse_args()

    records = [json.loads(line) for line in (DATA / "golden.jsonl").read_text(encoding="utf-8").split("\n") if line][1:]
    pictures = {r["request"]["path"]: r for r in records if r["request"]["path"].startswith("/media/") and "body_b64" in r}
    used, failed = collections.Counter(), 0
    server = Blogd(arguments.binary, *arguments.options, seed=DATA / "golden_seed.sql")
    for url, record in pictures.items():
        file = server.folder / url.removeprefix("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(base64.b64decode(record["body_b64"]))
    with server:
        for record in records:
            answer = exchange(server, record["request"])
            deviation = next((d for d in DEVIATIONS if d.applies(record)), None)
            problems = (deviation.check if deviation else same)(record, answer)
            used[deviation.reason if deviation else "equal"] += 1
            if problems:
                failed += 1
                print(f"FAILED {record['n']} {record['name']}: {record['request']['method']} {record['request']['path'][:100]}")
                for problem in problems:
                    print("   ", problem[:600])
        code = server.stop()
        if code != 0:
            failed += 1
            print(f"FAILED blogd ended with {code}")
    if arguments.verbose:
        for reason, count in used.most_common():
            print(f"{count:4} {reason}")
    print(f"{len(records) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
