#!/usr/bin/python3
"""Replays the 532 recorded exchanges of the original app against a real blogd that was started from
the same database, in order. What may differ stands in deviations.py; anything else is a failure.

    replay.py --binary build/release/blogd [--verbose] [--thrice] [--database postgresql]
              [-- further blogd options]

With --thrice every GET and HEAD is sent three times in a row: all three answers must be as recorded,
and equal but for Date, so that answers that are kept are held against the recording too.

With --database postgresql blogd adopts the database of a PostgreSQL which is started for it, with the
tables as the tutorial's part 15 makes them; at the end psql must show what blogd shows."""

import argparse
import base64
import collections
import contextlib
import json
import pathlib
import re
import socket
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from blogd import Blogd          # noqa: E402
from deviations import DEVIATIONS, problems_of  # noqa: E402
from postgres import Postgres    # noqa: E402
from tutorial_database import make_tutorial_database, posts_by_api, posts_by_psql  # noqa: E402

DATA = HERE.parent / "data"
Answer = collections.namedtuple("Answer", "status headers body")


def made_body(what):
    """Bodies that the recording names instead of holding."""
    kind, count = re.fullmatch(r"deep (array|object) (\d+)", what).groups()
    count = int(count)
    if kind == "array":
        return "[" * count + "]" * count
    return '{"title":"deep","content":"c","user_id":1,"x":' + '{"a":' * count + "1" + "}" * count + "}"


def request_bytes(request, last=True):
    body = request.get("body")
    if "body_b64" in request:
        body = base64.b64decode(request["body_b64"])
    elif "body_made" in request:
        body = made_body(request["body_made"]).encode()
    elif body is not None:
        body = body.encode()
    lines = [f"{request['method']} {request['path']} HTTP/1.1", "Host: blog.test"]
    lines += ["Connection: close"] if last else []
    lines += [f"{k}: {v}" for k, v in request["headers"].items()]
    if body is not None or request["method"] in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def dechunk(stream):
    out = b""
    while n := int(stream.readline().split(b";")[0], 16):
        out += stream.read(n)
        stream.readline()
    stream.readline()
    return out


def read_answer(stream, method):
    status = int(stream.readline().split()[1])
    headers = {}
    while (line := stream.readline().decode("latin-1").rstrip("\r\n")):
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    if method == "HEAD" or status in (204, 304):
        body = b""
    elif headers.get("transfer-encoding") == "chunked":
        body = dechunk(stream)
    else:
        body = stream.read(int(headers["content-length"]))
    return Answer(status, headers, body)


def exchange(server, request, times=1):
    """The answers to so many times the same request, over one connection if that stays open."""
    answers = []
    while len(answers) < times:
        with server.connect() as s, s.makefile("rb") as stream:
            closed = False
            while not closed and len(answers) < times:
                s.sendall(request_bytes(request, last=len(answers) + 1 == times))
                answers.append(read_answer(stream, request["method"]))
                closed = answers[-1].headers.get("connection") == "close"
            if closed and (rest := stream.read()):
                raise ValueError(f"bytes after the last answer: {rest[:80]!r}")
    return answers


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


def alike(answers):
    """What tells the answers to the same request apart, but for when they were made."""
    first = answers[0]
    out = []
    for n, other in enumerate(answers[1:], 2):
        for name in sorted((first.headers.keys() | other.headers.keys()) - {"date", "connection"}):
            out += problems_of(first.headers.get(name), other.headers.get(name), f"{name} of answer {n}")
        out += problems_of(first.status, other.status, f"status of answer {n}")
        out += problems_of(first.body, other.body, f"body of answer {n}")
    return out


def hits(server):
    text = server.request("GET", "/metrics")[2].decode()
    return int(re.search(r'^blogd_cache_lookups_total{outcome="hit"} (\d+)$', text, re.M)[1])


@contextlib.contextmanager
def sqlite_blog(binary, options):
    """A blogd that is not started yet, and a function that looks at the data behind its back."""
    yield Blogd(binary, *options, seed=DATA / "golden_seed.sql"), lambda server: []


@contextlib.contextmanager
def postgresql_blog(binary, options):
    with Postgres() as postgres:
        name = make_tutorial_database(postgres)
        table = "SELECT * FROM alembic_version"
        version = postgres.psql(table, database=name)

        def look(server):
            return (problems_of(posts_by_psql(postgres, name), posts_by_api(server), "posts by psql and by blogd") +
                    problems_of(version, postgres.psql(table, database=name), "alembic_version"))

        yield Blogd(binary, "--database", postgres.url(name), *options), look


def replay(server, records, thrice, used):
    """Prints what differs; the number of exchanges that did."""
    failed = 0
    for record in records:
        again = thrice and record["request"]["method"] in ("GET", "HEAD")
        answers = exchange(server, record["request"], 3 if again else 1)
        deviation = next((d for d in DEVIATIONS if d.applies(record)), None)
        problems = (deviation.check if deviation else same)(record, answers[0]) + alike(answers)
        used[deviation.reason if deviation else "equal"] += 1
        if problems:
            failed += 1
            request = record["request"]
            print(f"FAILED {record['n']} {record['name']}: {request['method']} {request['path'][:100]}")
            for problem in problems:
                print("   ", problem[:600])
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--verbose", action="store_true", help="name the deviations that were used")
    parser.add_argument("--thrice", action="store_true", help="every GET and HEAD three times in a row")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("options", nargs="*", help="further options of blogd serve")
    arguments = parser.parse_args()

    records = [json.loads(line) for line in (DATA / "golden.jsonl").read_text(encoding="utf-8").split("\n") if line][1:]
    pictures = {r["request"]["path"]: r for r in records if r["request"]["path"].startswith("/media/") and "body_b64" in r}
    used = collections.Counter()
    # What one worker keeps, another one does not know.
    options = arguments.options + (["--workers", "1"] if arguments.thrice else [])
    blog = {"sqlite": sqlite_blog, "postgresql": postgresql_blog}[arguments.database]
    with blog(arguments.binary, options) as (server, look):
        for url, record in pictures.items():
            file = server.folder / url.removeprefix("/")
            file.parent.mkdir(parents=True)
            file.write_bytes(base64.b64decode(record["body_b64"]))
        with server:
            failed = replay(server, records, arguments.thrice, used)
            afterwards = look(server)
            if arguments.thrice and (kept := hits(server)) < 100:
                afterwards.append(f"only {kept} answers were kept ones")
            afterwards += problems_of(0, server.stop(), "blogd's exit code")
    for problem in afterwards:
        failed += 1
        print("FAILED", problem)
    if arguments.verbose:
        for reason, count in used.most_common():
            print(f"{count:4} {reason}")
    print(f"{len(records) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
