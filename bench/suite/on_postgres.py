"""Cases about blogd with PostgreSQL: one round of a case for one contestant each.

blogd and PostgreSQL share the servers' core, and so do pgbench and PostgreSQL; the generator has
its own. With a number of connections in the key both cores are open to all, since what more
connections are good for does not show on one core. cpu_us is blogd's or pgbench's, db_cpu_us
PostgreSQL's."""

import time

import machine
import pgbench
from answers import exchange
from contestants import READERS, WRITERS, Key
from generators import wrk


def read(bench, case, text):
    """One post, or one page, again and again."""
    key = Key.parse(text, bench.posts)
    if key.name.startswith("pgbench"):
        kind = "piped" if key.name == "pgbench-piped" else "read"
        return pgbench.run(bench, bench.database, bench.scripts, kind, key.count or READERS,
                           pinned=not key.count)
    server = started(bench, key, text)
    path, headers = bench.request(case, server, key)
    bench.warm(case, text, server, path, headers)
    said, values = beside_database(bench, server, path, case.connections)
    return values | {"wrong_status": said["status_errors"]}


def durable(bench, case, text):
    """POSTs, each on disk before its answer; every one that was acknowledged must be there."""
    key = Key.parse(text, bench.posts)
    if key.name == "pgbench":
        return pgbench.run(bench, bench.database, bench.scripts, "insert", key.count or WRITERS,
                           pinned=not key.count)
    bench.fleet.drop(text)
    server = started(bench, key, text)
    before = server.rows()
    env = {"BENCH_METHOD": "POST", "BENCH_BODY": str(bench.post_body)}
    warming, _ = wrk(bench, server, case.path, case.connections, env=env, seconds=1)
    bench.database.checkpoint()
    sync = machine.fdatasync_us(server.folder)
    said, values = beside_database(bench, server, case.path, case.connections, env=env)
    acknowledged = said["requests"] - said["status_errors"]
    lost = before + acknowledged + warming["requests"] - warming["status_errors"] - server.rows()
    bench.fleet.drop(text)
    return values | {"wrong_status": said["status_errors"], "fdatasync_us": sync,
                     "rps": acknowledged / said["seconds"], "lost": max(0, lost)}


def started(bench, key, text):
    server = bench.fleet.get(text)
    if key.on_postgres:
        bench.database.place(pinned=not key.count)
        wait_until_heard(server)
    return server


def wait_until_heard(server):
    """A blogd that was stopped has to hear of the database's changes again, before it trusts what
    it kept."""
    for _ in range(20):
        exchange(server.port, "/api/posts/1")
        time.sleep(0.02)


def beside_database(bench, server, path, connections, **more):
    """wrk, and what PostgreSQL used meanwhile."""
    db_cpu, began = bench.database.cpu_seconds(), time.monotonic()
    said, values = wrk(bench, server, path, connections, **more)
    db_cpu, wall = bench.database.cpu_seconds() - db_cpu, time.monotonic() - began
    values["db_cpu_us"] = db_cpu * 1e6 / max(said["requests"], 1)
    values["busy"] += db_cpu / wall
    values["mean_us"] = connections / max(values["rps"], 1) * 1e6
    return said, values
