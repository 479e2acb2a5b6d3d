"""Who takes part, by name, and how each is started.

A key is a name, and what is special this time: "blogd@1000000" has a database of a million posts,
"node+slow" syncs a millisecond slower, "blogd-pg+readers=4" has four connections for reads,
"floor:home" answers with the home page's bytes."""

import dataclasses
import os
import shutil

import nginx
from answers import exchange
from database import PostgresBlogd
from servers import Server, free_port

LABELS = {
    "blogd": "blogd",
    "blogd-nocache": "blogd, cache off",
    "blogd-single": "blogd, one commit a request",
    "blogd-defaults": "blogd, all defaults",
    "blogd-before": "blogd before",
    "blogd-before-nocache": "blogd before, cache off",
    "blogd-pg": "blogd on PostgreSQL",
    "blogd-pg-nocache": "blogd on PostgreSQL, cache off",
    "pgbench": "pgbench, the same statement",
    "pgbench-piped": "pgbench, 16 in a pipeline",
    "floor": "bare Asio loop",
    "nginx-best": "nginx, best setting",
    "nginx-default": "nginx, defaults",
    "nginx-return": "nginx, return",
    "fastapi": "FastAPI, WAL + FULL",
    "fastapi-default": "FastAPI, defaults",
    "node": "Node, fastify",
    "bun": "Bun",
    "proxy": "nginx, then blogd",
    "proxy-micro": "nginx with micro-cache, then blogd",
    "raw": "SQLite in process",
    "disk": "the disk",
    "micro": "parts of blogd",
}
READERS, WRITERS = 2, 8  # connections to PostgreSQL, of blogd and of pgbench
BLOGD_OPTIONS = {
    "blogd": (),
    "blogd-nocache": ("--cache-size", "0"),
    "blogd-single": ("--write-group-max", "1"),
    "blogd-before": (),
    "blogd-before-nocache": ("--cache-size", "0"),
    "blogd-pg": (),
    "blogd-pg-nocache": ("--cache-size", "0"),
}


@dataclasses.dataclass(frozen=True)
class Key:
    name: str
    posts: int
    slow: bool = False
    case: str = ""
    kind: str = ""  # of the connections that are counted: readers, writers, clients
    count: int = 0  # 0: as many as there are by default

    @staticmethod
    def parse(text, posts):
        rest, _, case = text.partition(":")
        rest, _, variant = rest.partition("+")
        name, _, size = rest.partition("@")
        kind, _, count = variant.partition("=")
        posts = int(size) if size else posts
        if not count:
            return Key(name, posts, variant == "slow", case)
        return Key(name, posts, False, case, kind, int(count))

    @property
    def on_postgres(self):
        return self.name.startswith("blogd-pg")


def label(text):
    key = Key.parse(text, 0)
    return (LABELS[key.name] + (f", {key.posts:,} posts" if key.posts else "")
            + (f", {key.count} {key.kind}" if key.count else ""))


def missing(bench):
    """Why someone cannot take part, by name."""
    reasons = {}
    if not bench.has_cache:
        reasons["blogd-nocache"] = "this blogd has no --cache-size; what it does is uncached"
    if not bench.before:
        reasons |= dict.fromkeys(("blogd-before", "blogd-before-nocache"), "no --before")
    if why := bench.no_postgres:
        reasons |= dict.fromkeys(("blogd-pg", "blogd-pg-nocache", "pgbench", "pgbench-piped"), why)
    if not bench.program("bench_floor").exists():
        reasons["floor"] = "bench_floor is not built"
    if not bench.program("bench_raw_sqlite").exists():
        reasons["raw"] = "bench_raw_sqlite is not built"
    if not bench.program("bench_micro").exists():
        reasons["micro"] = "bench_micro is not built"
    if shutil.which("nginx") is None:
        of_nginx = ("nginx-best", "nginx-default", "nginx-return", "proxy", "proxy-micro")
        reasons |= dict.fromkeys(of_nginx, "no nginx")
    if shutil.which("uvicorn") is None:
        reasons |= dict.fromkeys(("fastapi", "fastapi-default"), "no uvicorn")
    of_node = ("fastify", "better-sqlite3/build/Release")
    if shutil.which("node") is None or not all((bench.modules / name).exists() for name in of_node):
        reasons["node"] = "Node with fastify and better-sqlite3 could not be installed"
    if not (bench.modules / ".bin/bun").exists():
        reasons["bun"] = "Bun could not be installed"
    return reasons


def make(bench, text, folder):
    """A server for the key `text`, not started."""
    key = Key.parse(text, bench.posts)
    env = {}
    if key.slow:
        env = {"LD_PRELOAD": str(bench.program("libslow_sync.so")), "SLOW_SYNC_US": "1000"}
    port = free_port()
    if key.name.startswith("nginx"):
        return equal_nginx(bench, key.name, folder, port)
    if key.name == "floor":
        return floor(bench, key.case, folder, port)
    if key.on_postgres:
        return postgres_blogd(bench, text, key, folder, port)
    database = folder / "blog.db"
    shutil.copyfile(bench.seeds.path(key.posts, key.name.startswith("blogd")), database)
    if key.name.startswith("blogd"):
        words = blogd_words(bench, key.name, folder, port)
        return Server(text, folder, port, words, env=env, database=database,
                      pinned=key.name != "blogd-defaults")
    words, more = peer_words(bench, key.name, database, port)
    return Server(text, folder, port, words, env={**env, **more}, database=database)


def base_words(bench, name, folder, port, database):
    blogd = bench.before / "blogd" if name.startswith("blogd-before") else bench.blogd
    return [blogd, "serve", "--listen", f"127.0.0.1:{port}", "--database", database,
            "--media", folder / "media", "--access-log", "off"]


def blogd_words(bench, name, folder, port, database=None):
    words = base_words(bench, name, folder, port, database or folder / "blog.db")
    if name == "blogd-defaults":
        return words
    return [*words, "--workers", "1", "--accounts", "open", *BLOGD_OPTIONS[name]]


def postgres_blogd(bench, text, key, folder, port, db=None):
    """With a new database, or beside those that use `db` too."""
    name = db or bench.database.new()
    words = blogd_words(bench, key.name, folder, port, bench.database.url(name))
    connections = {"readers": READERS, "writers": WRITERS}
    if key.count:
        connections[key.kind] = key.count
    for kind, count in connections.items():
        words += [f"--database-{kind}", str(count)]
    return PostgresBlogd(bench.database, text, folder, port, words, db=name, owner=db is None,
                         pinned=not key.count)


def peer_words(bench, name, database, port):
    """(command, environment) of an application in another language."""
    peers = bench.repository / "bench" / "peers"
    if name in ("fastapi", "fastapi-default"):
        words = ["/usr/bin/python3", "-m", "uvicorn", "app:app", "--app-dir",
                 peers / "fastapi_app", "--port", port, "--no-access-log", "--log-level",
                 "warning", "--timeout-keep-alive", "75"]
        return words, {"BLOG_DB": str(database), "BLOG_WAL": "1" if name == "fastapi" else "0",
                       "PYTHONDONTWRITEBYTECODE": "1"}
    env = {"NODE_PATH": str(bench.modules), "NODE_ENV": "production"}
    program = "node" if name == "node" else os.path.realpath(bench.modules / ".bin/bun")
    return [program, peers / "js" / f"{name}.js", port, database], env


def floor(bench, case, folder, port):
    """Its head is shorter than blogd's; spaces after the body make the answers equally long."""
    answer = bench.pages[case]
    kind = answer.field("Content-Type")
    head = len(f"HTTP/1.1 200 OK\r\nDate: {answer.field('Date')}\r\nContent-Type: {kind}\r\n"
               f"Content-Length: {len(answer.body) + len(answer.head)}\r\n\r\n")
    (folder / "body").write_bytes(answer.body + b" " * (answer.size - head - len(answer.body)))
    words = [bench.program("bench_floor"), "--port", port, "--file", folder / "body",
             "--type", kind]
    return Server(f"floor:{case}", folder, port, words)


def equal_nginx(bench, kind, folder, port):
    """Started once to see how long its heads are, then configured so that they are blogd's."""
    pages = [(bench.paths[case], page) for case, page in bench.pages.items()
             if page.status != 304]
    server = Server(kind, folder, port, nginx.write(kind, folder, port, pages, {})).start()
    adjust = {}
    for path, ours in pages:
        asked_plain = ours.field("Content-Encoding") is None
        if asked_plain and (kind != "nginx-return" or len(ours.body) <= nginx.RETURN_BODY_MAX):
            theirs = exchange(port, nginx.file_path(path))
            adjust[path] = len(ours.head) - len(theirs.head)
    server.stop()
    nginx.write(kind, folder, port, pages, adjust)
    return server
