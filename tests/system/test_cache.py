"""Answers that are kept: never older than a write that was answered, never torn, never too many."""

import json
import multiprocessing
import pathlib
import random
import re
import sqlite3
import time
import traceback

from wire import Wire, unpacked

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "data" / "golden.jsonl"
SEED = HERE.parent / "data" / "golden_seed.sql"

TOKEN = re.compile(rb"([TC])(\d+)v(\d+)\.")  # T3v17.: the title of post 3 in its version 17
NAME = re.compile(rb"Name(\d+)\.")           # the author's name in its version
POSTS = 4
PADDING = "And so on, as texts do that are worth packing. " * 30


def metric(server, name):
    text = server.request("GET", "/metrics")[2].decode()
    return int(re.search("^" + re.escape(name) + r" (\d+)$", text, re.M)[1])


def anonymous_kib(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


# --- one writer, many readers -------------------------------------------------------------------

class Board:
    """What the writer has sent and what it was told is stored, for all to see: version by post,
    and of the author's name as number 0."""

    def __init__(self):
        self.sent = multiprocessing.Array("q", POSTS + 1, lock=False)
        self.stored = multiprocessing.Array("q", POSTS + 1, lock=False)
        self.end = multiprocessing.Value("b", 0, lock=False)


def versions(text):
    """{post: version} and under 0 the name's; complains when title and text disagree."""
    out, kinds = {}, {}
    for kind, post, version in TOKEN.findall(text):
        post, version = int(post), int(version)
        assert out.setdefault(post, version) == version, f"torn: post {post} is {out[post]} and {version}"
        kinds.setdefault(post, set()).add(kind)
    for post, seen in kinds.items():
        assert seen == {b"T", b"C"}, f"post {post} has only {seen}"
    names = set(NAME.findall(text))
    assert len(names) <= 1, f"torn: the author has the names {names}"
    if names:
        out[0] = int(names.pop())
    return out


def targets(ids):
    """Path -> the posts that it shows."""
    out = {path: range(1, POSTS + 1) for path in
           ("/", "/posts", "/users/1/posts", "/api/posts?skip=0&limit=10", "/api/posts?limit=10",
            "/api/users/1/posts?skip=0&limit=10", "/api/posts")}
    for number, post in enumerate(ids, 1):
        out[f"/posts/{post}"] = out[f"/api/posts/{post}"] = out[f"/posts/{post}?ref={number}"] = [number]
    out["/api/users/1"] = []
    return out


class Reader:
    """Reads at random, for as long as the writer writes."""

    def __init__(self, server, ids, board, coding, seed):
        self.server, self.board, self.coding = server, board, coding
        self.targets, self.chance = targets(ids), random.Random(seed)
        self.last = {}  # path -> (ETag, versions)
        self.count = {"read": 0, "packed": 0, "304": 0}

    def run(self):
        while not self.board.end.value:
            with Wire(self.server) as wire:
                for _ in range(self.chance.randrange(1, 80)):
                    self.read(wire)

    def read(self, wire):
        path = self.chance.choice(list(self.targets))
        tag, known = self.last.get(path, (None, None))
        conditional = tag is not None and self.chance.random() < 0.3
        fields = [f"Accept-Encoding: {self.coding}"] if self.coding else []
        fields += [f"If-None-Match: {tag}"] if conditional else []
        before = list(self.board.stored)
        status, answer, body = wire.ask(path, *fields)
        after = list(self.board.sent)
        self.count["read"] += 1
        if status == 304:
            assert conditional and answer["etag"] == tag, f"{path}: 304 for another tag"
            self.count["304"] += 1
            shown = known
        else:
            assert status == 200, f"{path}: {status}"
            text = unpacked(answer, body)
            shown = self.look(path, text)
            self.count["packed"] += "content-encoding" in answer
            if tag is not None and tag == answer.get("etag"):
                assert shown == known, f"{path}: {known}, then {shown} under the same ETag"
            self.last[path] = answer.get("etag"), shown
        for number, version in shown.items():
            assert version >= before[number], f"{path}: {number} is {version}, {before[number]} was stored before"
            assert version <= after[number], f"{path}: {number} is {version}, {after[number]} was sent so far"

    def look(self, path, text):
        if path.startswith("/api"):
            json.loads(text)
        else:
            assert text.rstrip().endswith(b"</html>"), f"{path}: cut off"
        shown = versions(text)
        wanted = {0, *self.targets[path]}
        assert wanted <= set(shown), f"{path}: {sorted(shown)} instead of {sorted(wanted)}"
        return shown


def read_along(server, ids, board, coding, seed, out):
    reader = Reader(server, ids, board, coding, seed)
    fault = None
    try:
        reader.run()
    except Exception:
        fault = f"{coding}: " + traceback.format_exc()
        board.end.value = 1
    out.put((coding, reader.count, fault))


class Writer:
    """Writes versions, and looks at once, over other connections, whether it sees them."""

    def __init__(self, server, ids, board):
        self.server, self.ids, self.board = server, ids, board
        self.chance, self.version = random.Random(1), 1

    def write(self):
        self.version += 1
        number = self.chance.randrange(POSTS + 1)
        self.board.sent[number] = self.version
        if number == 0:
            change, path = {"username": f"Name{self.version}."}, "/api/users/1"
        else:
            change = {"title": f"T{number}v{self.version}.", "content": f"C{number}v{self.version}. {PADDING}"}
            path = f"/api/posts/{self.ids[number - 1]}"
        assert self.server.api("PATCH", path, change)[0] == 200
        self.board.stored[number] = self.version

    def write_and_look(self):
        """A post comes and goes; whoever asks next, of whichever worker, sees it so."""
        word = f"Guest{self.version}x{self.chance.random()}"
        post = {"title": word, "content": "c", "user_id": 2}
        status, made = self.server.api("POST", "/api/posts", post)
        assert status == 201
        self.expect(word, made["id"], 200)
        assert self.server.api("DELETE", f"/api/posts/{made['id']}")[0] == 204
        self.expect(word, made["id"], 404)

    def expect(self, word, post, status):
        for path in (f"/posts/{post}", f"/api/posts/{post}"):
            assert self.server.request("GET", path)[0] == status, path
        for path in ("/", "/users/2/posts", "/api/posts?skip=0&limit=10"):
            shown = word.encode() in self.server.request("GET", path)[2]
            assert shown == (status == 200), f"{path} after the write"


def seeded(server):
    """Four posts of one author and nothing else; their ids."""
    for post in server.api("GET", "/api/posts")[1]:
        assert server.api("DELETE", f"/api/posts/{post['id']}")[0] == 204
    assert server.api("PATCH", "/api/users/1", {"username": "Name1."})[0] == 200
    return [server.api("POST", "/api/posts", {"title": f"T{n}v1.", "content": f"C{n}v1. {PADDING}", "user_id": 1})[1]["id"]
            for n in range(1, POSTS + 1)]


def test_no_answer_is_older_than_a_write_that_was_answered(blogd):
    server = blogd("--workers", "2", seed=SEED)
    ids = seeded(server)
    board, out = Board(), multiprocessing.Queue()
    for number in range(POSTS + 1):
        board.sent[number] = board.stored[number] = 1
    codings = [None, "gzip", "br"]
    readers = [multiprocessing.Process(target=read_along, args=(server, ids, board, codings[n % 3], n, out), daemon=True)
               for n in range(8)]
    for reader in readers:
        reader.start()
    writer, rounds, deadline = Writer(server, ids, board), 0, time.monotonic() + 7
    try:
        while time.monotonic() < deadline and not board.end.value:
            for _ in range(writer.chance.randrange(1, 10)):
                writer.write()
            if rounds % 10 == 0:
                writer.write_and_look()
            rounds += 1
            if rounds % 5 == 0:
                time.sleep(0.05)  # long enough for an answer to be asked for twice, and packed
    finally:
        board.end.value = 1
    results = [out.get(timeout=30) for _ in readers]
    for reader in readers:
        reader.join()
    faults = [fault for _, _, fault in results if fault]
    assert not faults, faults[0]
    assert writer.version > 50 and rounds > 10
    assert sum(count["read"] for _, count, _ in results) > 300
    assert sum(count["304"] for _, count, _ in results) > 0
    for coding in ("gzip", "br"):
        assert sum(count["packed"] for c, count, _ in results if c == coding) > 0, coding
    assert metric(server, 'blogd_cache_lookups_total{outcome="hit"}') > 100
    assert metric(server, 'blogd_cache_lookups_total{outcome="stale"}') > 0
    assert server.stop() == 0


# --- one at a time ------------------------------------------------------------------------------

def test_a_change_from_outside_shows_within_a_second(blogd):
    server = blogd("--workers", "2", seed=SEED)
    paths = ("/posts/1", "/api/posts/1", "/", "/api/posts?skip=0&limit=10", "/users/1/posts")
    for n in range(3):
        word, old = f"From outside {n}", "First post" if n == 0 else f"From outside {n - 1}"
        for _ in range(3):
            for path in paths:
                assert old.encode() in server.request("GET", path)[2], path
        other = sqlite3.connect(server.database, timeout=10)
        with other:
            other.execute("UPDATE posts SET title = ? WHERE id = 1", (word,))
        other.close()
        time.sleep(1)
        for _ in range(4):  # of either worker
            for path in paths:
                assert word.encode() in server.request("GET", path)[2], path
    assert server.api("PATCH", "/api/posts/1", {"title": "From inside"})[0] == 200
    assert b"From inside" in server.request("GET", "/posts/1")[2]


def test_a_page_is_packed_as_the_client_likes(blogd):
    server = blogd("--workers", "1", seed=SEED)
    with Wire(server) as wire:
        plain = wire.ask("/")
        tags = {plain[1]["etag"]}
        for accepted, coding in (("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0.1, gzip;q=0.2", "gzip"),
                                 ("br;q=0, *", "gzip"), ("*", "br")):
            for _ in range(200):
                status, fields, body = wire.ask("/", f"Accept-Encoding: {accepted}")
                assert status == 200 and unpacked(fields, body) == plain[2]
                assert fields["vary"] == "Accept-Encoding, Cookie"
                if "content-encoding" in fields:
                    break
                time.sleep(0.01)
            assert fields["content-encoding"] == coding, accepted
            assert len(body) < len(plain[2]) / 2
            tags.add(fields["etag"])
            head = wire.ask("/", f"Accept-Encoding: {accepted}", method="HEAD")[1]
            assert {k: v for k, v in head.items() if k != "date"} == {k: v for k, v in fields.items() if k != "date"}
            again = wire.ask("/", f"Accept-Encoding: {accepted}", f"If-None-Match: {fields['etag']}")
            assert again[0] == 304 and again[1]["etag"] == fields["etag"]
        assert len(tags) == 3
        for accepted in ("gzip;q=0", "*;q=0", "identity", "deflate", "", "gzip;q=0, br;q=0"):
            fields = wire.ask("/", f"Accept-Encoding: {accepted}")[1]
            assert "content-encoding" not in fields and fields["etag"] == plain[1]["etag"], accepted


def test_the_tag_follows_the_content(server):
    def tag(path):
        return server.request("GET", path)[1]["etag"]

    paths = ("/posts/1", "/api/posts/1", "/", "/users/1/posts")
    first = {path: tag(path) for path in paths}
    assert len(set(first.values())) == len(paths)
    old = server.api("GET", "/api/posts/1")[1]["title"]
    server.api("PATCH", "/api/posts/1", {"title": "Another title"})
    assert all(tag(path) != first[path] for path in paths)
    server.api("PATCH", "/api/posts/1", {"title": old})
    assert {path: tag(path) for path in paths} == first  # the same bytes, the same tag
    server.stop()
    server.start()
    assert {path: tag(path) for path in paths} == first  # also after a restart


def test_without_a_cache_every_answer_is_the_same(blogd):
    kept = blogd("--workers", "1", seed=SEED)
    made = blogd("--workers", "1", "--cache-size", "0", seed=SEED)
    records = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").split("\n") if line][1:]
    asked = {r["request"]["path"] for r in records if r["request"]["method"] == "GET"}
    asked = {path for path in asked if path.isascii() and re.fullmatch(r"/[!-~]*", path)}
    asked |= {"/", "/posts", "/docs", "/redoc", "/openapi.json", "/health", "/nope", "/api/nope", "/posts/1?a=b"}
    conditions = [(), ("Accept-Encoding: gzip, br",), ("If-None-Match: *",), ('If-Match: "x"',),
                  ("X-Forwarded-Proto: https",), ("Range: bytes=0-3",)]

    def answer(wire, path, fields, method):
        status, lines, body = wire.ask(path, *fields, method=method)
        own = ("date", "last-modified") if path.startswith(("/static/", "/docs/")) else ("date",)
        return status, {k: v for k, v in lines.items() if k not in own}, body

    compared = 0
    with Wire(kept) as one, Wire(made) as other:
        for path in sorted(asked):
            for fields in conditions:
                for method in ("GET", "HEAD"):
                    wanted = answer(other, path, fields, method)
                    for _ in range(2):
                        status, lines, body = answer(one, path, fields, method)
                        if "content-encoding" in lines:  # the one thing that may differ, and its tag
                            assert method == "HEAD" or unpacked(lines, body) == wanted[2], (path, fields)
                            continue
                        assert (status, lines, body) == wanted, (path, fields, method)
                        compared += 1
    assert compared > 1000
    assert metric(kept, "blogd_cache_stored_total") > 20
    assert metric(made, "blogd_cache_stored_total") == 0
    assert metric(made, 'blogd_cache_lookups_total{outcome="hit"}') == 0


def crawl(wire, paths):
    paths = list(paths)
    for at in range(0, len(paths), 50):
        wire.send(*paths[at:at + 50])
        for _ in paths[at:at + 50]:
            assert wire.read()[0] == 200


def test_parameters_that_mean_nothing_take_no_memory(blogd, request):
    server = blogd("--workers", "1", seed=SEED)
    urls = ("/posts/1?x={}", "/?utm_source={}", "/users/1/posts?{}", "/api/posts?limit=10&y={}", "/api/posts/1?a={}")
    with Wire(server) as wire:
        crawl(wire, (urls[n % 5].format(n) for n in range(500)))
        before = anonymous_kib(server)
        crawl(wire, (urls[n % 5].format(n) for n in range(500, 5500)))
        grown = anonymous_kib(server) - before
    assert metric(server, "blogd_cache_entries") == len(urls)
    assert metric(server, "blogd_cache_stored_total") == len(urls)
    if not request.config.getoption("--sanitized"):
        assert grown < 512, f"grew by {grown} KiB"


def test_a_crawl_stays_within_the_bound_and_flushes_nothing_that_is_used(blogd, request):
    bound = 4 << 20
    server = blogd("--workers", "1", "--cache-size", str(bound), seed=SEED)
    before = anonymous_kib(server)
    with Wire(server) as wire:
        for n in range(5):
            crawl(wire, ["/", "/posts/1", "/posts/2"])
        crawl(wire, (f"/api/posts?skip={n}&limit={1 + n % 100}" for n in range(5000)))
        hits = metric(server, 'blogd_cache_lookups_total{outcome="hit"}')
        crawl(wire, ["/", "/posts/1", "/posts/2"])
    assert metric(server, 'blogd_cache_lookups_total{outcome="hit"}') == hits + 3
    assert metric(server, "blogd_cache_bytes") <= bound
    assert metric(server, "blogd_cache_evicted_total") > 100
    if not request.config.getoption("--sanitized"):
        grown = anonymous_kib(server) - before
        assert grown < bound / 1024 + 1536, f"grew by {grown} KiB"
