"""Cases about two blogd with one database: how soon one hears of what the other wrote, what the
hearing costs, and how many answers stay kept while the other writes."""

import contextlib
import http.client
import json
import pathlib
import shutil
import statistics
import threading
import time
import urllib.request

from answers import exchange
from contestants import Key, postgres_blogd
from generators import open_loop
from servers import free_port

EDITS = 100
WRITES_PER_SECOND = 100
HOT_POSTS = 100


@contextlib.contextmanager
def pair(bench, text):
    """Two instances on both cores, with a new database."""
    database, key = bench.database, Key.parse(text, bench.posts)
    database.place(pinned=False)
    db = database.new()
    servers = []
    try:
        for number in (1, 2):
            folder = bench.work / f"instance-{number}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            server = postgres_blogd(bench, text, key, folder, free_port(), db)
            server.pinned = False
            servers.append(server)
            server.start()
        time.sleep(0.5)  # both hear of changes by now
        yield servers
    finally:
        for server in servers:
            server.stop()
        database.drop(db)


def title_of(server, post):
    return json.loads(exchange(server.port, f"/api/posts/{post}").body)["title"]


def seen_by_other(bench, case, text):
    """A post is edited at one instance and read at the other, which keeps it, by a client without
    cookies, until it shows the edit. `stale_us`: from the edit's answer to the last request that
    was answered with the old title; 0 when there was none."""
    stale, seen = [], []
    with pair(bench, text) as (writer, reader):
        for number in range(EDITS):
            post = number % HOT_POSTS + 1
            for _ in range(3):
                title_of(reader, post)
            # Not always at the same moment between two looks of the feed.
            time.sleep((number * 7 % 50) / 1000)
            body = json.dumps({"title": f"Edit {number}"}).encode()
            answer = exchange(writer.port, f"/api/posts/{post}", method="PATCH", sent=body)
            if answer.status != 200:
                raise RuntimeError(f"PATCH says {answer.status}")
            edited = last_old = time.monotonic()
            while True:
                asked = time.monotonic()
                if title_of(reader, post) == f"Edit {number}":
                    break
                last_old = asked
                if asked - edited > 10:
                    raise RuntimeError("the edit is not seen at the other instance")
            stale.append((last_old - edited) * 1e6)
            seen.append((time.monotonic() - edited) * 1e6)
    return {"p50_us": statistics.median(stale), "max_us": max(stale),
            "seen_p50_us": statistics.median(seen), "seen_max_us": max(seen)}


def run_seconds(pids):
    """Processor time of all their threads, in nanoseconds' resolution."""
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                total += int(task.read_text().split()[0]) / 1e9
    return total


def feed_at_rest(bench, case, text):
    """Nobody asks anything: what two instances cost a second, and their database."""
    with pair(bench, text) as servers:
        time.sleep(1)
        blogds, server = [pid for s in servers for pid in s.pids()], bench.database.pids()
        own, db, began = run_seconds(blogds), run_seconds(server), time.monotonic()
        time.sleep(max(bench.seconds, 2))
        wall = time.monotonic() - began
        own, db = run_seconds(blogds) - own, run_seconds(server) - db
    each = len(servers)
    return {"blogd_ms_per_s": own * 1e3 / wall / each, "database_ms_per_s": db * 1e3 / wall / each}


def counted(server):
    """(looks for kept answers that were successful, answers) so far."""
    hits = answers = 0
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as page:
        for line in page.read().decode().splitlines():
            name, _, value = line.rpartition(" ")
            if name == 'blogd_cache_lookups_total{outcome="hit"}':
                hits = int(value)
            elif name == 'blogd_responses_total{status="2xx"}':
                answers = int(value)
    return hits, answers


class Writer(threading.Thread):
    """Writes at a steady rate until it is stopped."""

    def __init__(self, server, what, body):
        super().__init__()
        self.port, self.body, self.ended = server.port, body, threading.Event()
        self.method, _, self.path = what.partition(" ")
        self.count, self.failure = 0, None

    def run(self):
        began = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            while not self.ended.wait(began + self.count / WRITES_PER_SECOND - time.monotonic()):
                path = self.path.replace("{hot}", str(self.count % HOT_POSTS + 1))
                body = self.body or json.dumps({"title": f"Edit {self.count}"})
                connection.request(self.method, path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status not in (200, 201):
                    raise RuntimeError(f"{self.method} {path} says {answer.status}")
                self.count += 1
        except (OSError, RuntimeError, http.client.HTTPException) as failure:
            self.failure = failure

    def stop(self):
        self.ended.set()
        self.join()
        if self.failure:
            raise RuntimeError(f"writing failed: {self.failure}")


def kept_while_written(bench, case, text):
    """100 writes a second at one instance, `case.headers` says which, and reads at the other one.
    `kept`: the share of the reads that were answered from what it keeps."""
    with pair(bench, text) as (writing, reading):
        hits, answers = counted(reading)
        body = bench.post_body.read_text() if case.headers[0].startswith("POST") else ""
        writer = Writer(writing, case.headers[0], body)
        writer.start()
        began = time.monotonic()
        try:
            values = open_loop(bench, reading, case, case.path, case.rate)
        finally:
            writer.stop()
        wall = time.monotonic() - began
        more_hits, more_answers = counted(reading)
    return values | {"kept": (more_hits - hits) / max(more_answers - answers - 1, 1),
                     "writes_per_s": writer.count / wall}
