"""Every case of the suite: one row each. Names are stable, so that runs can be compared.

In a path, {id} is a post in the middle, {last} the last one, {deep} a skip over nine tenths of the
posts. A contestant "blogd@SIZES" stands for one of each database size of the growth cases,
"blogd@BIG" for the largest that every run has."""

import dataclasses
import typing

import front
import instances
import measure
import on_postgres
import resting
import streaming

BEFORE = ("blogd-before", "blogd-before-nocache")  # with --before
DYNAMIC = ("blogd", "blogd-nocache", "fastapi", "node", "bun")
STATIC = ("floor", "nginx-best", "nginx-default")
WRITERS = ("blogd", "fastapi", "fastapi-default", "node", "bun")
GROWING = ("blogd@SIZES", "blogd-nocache@SIZES")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    group: str
    measure: typing.Callable
    contestants: tuple
    path: str = ""
    headers: tuple = ()
    status: int = 200
    connections: int = 64
    rate: float = 0      # open loop: requests a second, or a share of what the server can do
    saturates: bool = False  # the server must be busy, or else the generator was the limit
    same_as: str = ""    # the case whose answer by blogd and SQLite this one must have


def reading(name, title, path, contestants, headers=(), status=200):
    return Case(name, title, "reads", measure.load, contestants, path, headers, status,
                saturates=True)


def writing(connections, contestants, suffix=""):
    slow = suffix == "-slow"
    title = f"durable POST, {connections} connections" + (", 1 ms more each sync" if slow else "")
    return Case(f"post-{connections}{suffix}", title, "writes", measure.durable,
                tuple(name + "+slow" * slow for name in contestants), "/api/posts",
                connections=connections)


def growing(name, title, path, rate=2000):
    return Case(f"growth-{name}", title, "growth", measure.at_rate, GROWING, path,
                connections=16, rate=rate)


def open_loop(percent):
    return Case(f"open-{percent}", f"one post as JSON at {percent} % of capacity", "open loop",
                measure.share_of_capacity, DYNAMIC + ("nginx-best",), "/api/posts/{id}",
                rate=percent / 100)


def in_process(name, title, *options):
    return Case(name, title, "SQLite in process", measure.raw_sqlite, ("raw",), headers=options)


def on_database(name, title, *contestants, path="/api/posts/{id}", same_as="post-json"):
    return Case(name, title, "PostgreSQL", on_postgres.read, contestants, path, same_as=same_as,
                saturates=True)


def counts(name, kind, numbers):
    return tuple(f"{name}+{kind}={number}" for number in numbers)


def sizing(name, title, measure, kind, numbers, path, same_as=""):
    """With so many connections to PostgreSQL, beside pgbench with as many."""
    return Case(name, title, "sizing", measure,
                counts("blogd-pg-nocache", kind, numbers) + counts("pgbench", "clients", numbers),
                path, same_as=same_as)


def kept(name, title, path, write):
    return Case(f"kept-{name}", f"{title}, 100 writes a second elsewhere: {write}", "two instances",
                instances.kept_while_written, ("blogd-pg",), path, headers=(write,),
                connections=16, rate=1000)


CASES = (
    reading("post-json", "one post as JSON", "/api/posts/{id}",
            DYNAMIC + STATIC + ("nginx-return", "fastapi-default") + BEFORE),
    reading("post-page", "post page", "/posts/{id}", DYNAMIC + STATIC),
    reading("home", "home page", "/", DYNAMIC + STATIC + ("fastapi-default",) + BEFORE),
    reading("not-found", "404", "/api/posts/999999999", DYNAMIC + ("nginx-best", "nginx-default"),
            status=404),
    reading("not-modified", "304 of the post page", "/posts/{id}",
            ("blogd", "blogd-nocache", "nginx-best", "nginx-default"),
            headers=("If-None-Match: {etag}",), status=304),
    reading("gzip", "home page, gzip", "/",
            ("blogd", "blogd-nocache", "nginx-best", "nginx-default"),
            headers=("Accept-Encoding: gzip",)),
    reading("list-first", "list of 10, first page", "/api/posts?limit=10", DYNAMIC),
    reading("list-deep", "list of 10, deep page", "/api/posts?skip={deep}&limit=10", DYNAMIC),
    Case("stream-all", "all posts in one answer", "streaming", streaming.stream, DYNAMIC,
         "/api/posts"),
    Case("beside-stream", "one post while all are streamed", "streaming", streaming.beside_stream,
         ("blogd@BIG", "blogd-nocache@BIG"), "/api/posts/[1-{last}]", connections=8, rate=2000),

    Case("disk", "fdatasync of 4 KiB", "writes", measure.disk, ("disk",)),
    writing(1, WRITERS),
    writing(8, WRITERS),
    writing(64, WRITERS + ("blogd-single", "blogd-before")),
    writing(256, WRITERS),
    writing(64, WRITERS + ("blogd-single",), "-slow"),
    Case("mixed", "95 % reads of any post, 5 % durable POST", "mixed", measure.mixed,
         ("blogd", "blogd-nocache", "fastapi", "node", "bun") + BEFORE, "/api/posts/[1-{last}]"),
    in_process("raw-read", "prepared read of a post with its author", "--reads"),
    in_process("raw-insert-1", "insert, one a commit", "--insert-one"),
    in_process("raw-insert-64", "insert, 64 a commit", "--insert-batch", "64"),
    in_process("raw-insert-1-slow", "insert, one a commit, 1 ms more each sync", "--insert-one",
               "--sync-delay-us", "1000"),

    on_database("pg-read", "one post as JSON", "blogd-pg-nocache", "pgbench", "pgbench-piped",
                "blogd-nocache"),
    on_database("pg-home", "home page", "blogd-pg-nocache", "blogd-nocache", path="/",
                same_as="home"),
    on_database("pg-cached", "one post as JSON, cached", "blogd-pg", "blogd"),
    on_database("pg-cached-home", "home page, cached", "blogd-pg", "blogd", path="/",
                same_as="home"),
    Case("pg-write", "durable POST, 64 connections", "PostgreSQL", on_postgres.durable,
         ("blogd-pg", "blogd-pg-nocache", "pgbench", "blogd"), "/api/posts"),
    sizing("pg-readers", "one post as JSON, by connections to PostgreSQL", on_postgres.read,
           "readers", (1, 2, 4), "/api/posts/{id}", "post-json"),
    sizing("pg-writers", "durable POST, by connections to PostgreSQL", on_postgres.durable,
           "writers", (1, 2, 4, 8, 16), "/api/posts"),
    Case("front-json", "one post as JSON behind nginx", "behind nginx", front.load,
         ("proxy", "proxy-micro"), "/api/posts/{id}", saturates=True),
    Case("front-home", "home page behind nginx", "behind nginx", front.load,
         ("proxy", "proxy-micro"), "/", saturates=True),
    Case("seen-by-other", "an edit is seen at the other instance", "two instances",
         instances.seen_by_other, ("blogd-pg",)),
    Case("feed-at-rest", "the change feed while nobody asks", "two instances",
         instances.feed_at_rest, ("blogd-pg",)),
    kept("posts-added", "any of a hundred post pages", "/posts/[1-100]", "POST /api/posts"),
    kept("posts-edited", "any of a hundred post pages", "/posts/[1-100]", "PATCH /api/posts/{hot}"),
    kept("home", "home page", "/", "POST /api/posts"),

    growing("post-json", "any post as JSON", "/api/posts/[1-{last}]"),
    growing("post-page", "any post page", "/posts/[1-{last}]"),
    growing("home", "home page", "/"),
    growing("list-first", "list of 10, first page", "/api/posts?limit=10"),
    growing("list-deep", "list of 10, deep page", "/api/posts?skip={deep}&limit=10", rate=500),

    open_loop(10),
    open_loop(50),
    open_loop(80),

    Case("idle-memory", "memory at idle", "memory", resting.idle_memory,
         ("blogd-defaults", "fastapi", "node", "bun"), "/api/posts/{id}"),
    Case("idle-connections", "idle connections", "memory", resting.idle_connections,
         ("blogd", "nginx-best", "fastapi", "node", "bun"), "/api/posts/{id}"),
    Case("start-up", "start to first answer", "start-up", resting.start_up, ("blogd@BIG",),
         "/api/posts/{last}"),
    Case("micro", "microbenchmarks", "micro", measure.micro, ("micro",)),
)
