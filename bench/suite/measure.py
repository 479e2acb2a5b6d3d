"""One round of a case for one contestant: each function here, in streaming.py and in resting.py
returns values by name.

Names end in their unit: rps (requests a second), cpu_us (processor microseconds a request, user and
system, of all the server's processes), p50_us, p99_us, anon_mib and file_mib (resident memory),
busy and generator_busy (shares of a core), waiting (the server was ready, others had its core)."""

import json
import shutil
import subprocess

import machine
from answers import exchange
from contestants import Key
from generators import open_loop, wrk
from servers import SERVER_CORE


def load(bench, case, text):
    """As fast as it goes over kept-alive connections."""
    key = Key.parse(text, bench.posts)
    server = bench.fleet.get(f"floor:{case.name}" if key.name == "floor" else text)
    path, headers = bench.request(case, server, key)
    bench.warm(case, text, server, path, headers)
    said, values = wrk(bench, server, path, case.connections, headers)
    wrong = said["status_errors"] if case.status < 400 else said["requests"] - said["status_errors"]
    return values | {"wrong_status": wrong}


def durable(bench, case, text):
    """POSTs, each on disk before its answer; every one that was acknowledged must be there."""
    server = bench.fleet.get(text, fresh=True)
    before = server.rows()
    exchange(server.port, "/api/posts/1")
    sync = machine.fdatasync_us(server.folder)
    env = {"BENCH_METHOD": "POST", "BENCH_BODY": str(bench.post_body)}
    said, values = wrk(bench, server, case.path, case.connections, env=env)
    acknowledged, added = said["requests"] - said["status_errors"], server.rows() - before
    bench.fleet.drop(text)
    return values | {"wrong_status": said["status_errors"], "fdatasync_us": sync,
                     "rps": acknowledged / said["seconds"],
                     "lost": max(0, acknowledged - added),
                     "p99_to_p50": said["p99_us"] / max(said["p50_us"], 1)}


def at_rate(bench, case, text):
    """The same modest rate for every size of the database."""
    key = Key.parse(text, bench.posts)
    server = bench.fleet.get(text)
    path, headers = bench.request(case, server, key)
    bench.warm_file(text, server)
    return open_loop(bench, server, case, path, case.rate, headers=headers)


def share_of_capacity(bench, case, text):
    """A share of what the server did in the closed loop of post-json."""
    server = bench.fleet.get(text)
    path, headers = bench.request(case, server, Key.parse(text, bench.posts))
    capacity = bench.median("post-json", text, "rps")
    if capacity is None:
        capacity = bench.capacity.get(text)
    if capacity is None:
        _, values = wrk(bench, server, path, case.connections, headers)
        capacity = bench.capacity[text] = values["rps"]
    return open_loop(bench, server, case, path, round(capacity * case.rate, 1), headers=headers)


def mixed(bench, case, text):
    """A closed loop of reads and writes in random order."""
    server = bench.fleet.get(text, fresh=True)
    path, _ = bench.request(case, server, Key.parse(text, bench.posts))
    mix = (f"GET {path} 95", f"POST /api/posts 5 {bench.post_body}")
    values = open_loop(bench, server, case, path, 0, mix)
    bench.fleet.drop(text)
    return values


def disk(bench, case, text):
    return {"fdatasync_us": machine.fdatasync_us(bench.work)}


def raw_sqlite(bench, case, text):
    """SQLite without a server: what a read or a commit costs at the least."""
    database = bench.work / "raw.db"
    if "--reads" not in case.headers or not database.exists():
        shutil.copyfile(bench.seeds.path(bench.posts), database)
    out = subprocess.run(
        ["taskset", "-c", str(SERVER_CORE), bench.program("bench_raw_sqlite"), "--database",
         database, "--seconds", str(bench.seconds), *case.headers],
        capture_output=True, text=True, check=True).stdout
    said = json.loads(out)
    return {"rps": said["per_second"], "cpu_us": said["cpu_us"], "p50_us": said["p50_us"],
            "p99_us": said["p99_us"]}


def micro(bench, case, text):
    """Google Benchmark: nanoseconds of processor time by name."""
    out = subprocess.run(
        ["taskset", "-c", str(SERVER_CORE), bench.program("bench_micro"), "--benchmark_format=json",
         f"--benchmark_min_time={0.01 if bench.quick else 0.2}"],
        capture_output=True, text=True, check=True).stdout
    return {row["name"] + "_ns": row["cpu_time"] for row in json.loads(out)["benchmarks"]
            if row.get("run_type") != "aggregate"}
