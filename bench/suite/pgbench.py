"""pgbench as a peer: it asks PostgreSQL what blogd asks, in blogd's own words, without blogd."""

import json
import os
import re
import resource
import subprocess
import time

from answers import exchange
from contestants import blogd_words
from database import password_environment
from servers import GENERATOR_CORE, SERVER_CORE, Server, free_port

READ, INSERT = "blogd_post", "blogd_insert_post"
PIPELINED = 16  # statements of one pipeline


class Scripts:
    """Files for pgbench, made from what one blogd said to the server."""

    def __init__(self, bench, database):
        self.folder = bench.work / "pgbench"
        self.folder.mkdir()
        body = json.loads(bench.post_body.read_text())
        heard, settings = database.listen_to(lambda url: self._talk(bench, url))
        if READ not in heard or INSERT not in heard:
            raise RuntimeError(f"blogd does not say {READ} and {INSERT}: it said {sorted(heard)}")
        self.environment = password_environment(settings)
        self.variables = {"title": body["title"], "content": body["content"],
                          "author": body["user_id"], "date": "2026-01-02 03:04:05.678901Z",
                          "id": max(1, bench.posts // 2)}
        read = with_names(heard[READ], ("id",))
        self.files = {
            "read": self._write("read", read),
            "piped": self._write("piped", "\\startpipeline", *[read] * PIPELINED, "\\endpipeline"),
            "insert": self._write("insert", with_names(
                heard[INSERT], ("title", "content", "author", "date"))),
        }

    def _talk(self, bench, url):
        port = free_port()
        folder = self.folder / "blogd"
        folder.mkdir()
        words = blogd_words(bench, "blogd-pg-nocache", folder, port, url)
        server = Server("blogd", folder, port, words).start()
        try:
            exchange(port, "/api/posts", method="POST", sent=bench.post_body.read_bytes())
            exchange(port, "/api/posts/1")
        finally:
            server.stop()

    def _write(self, name, *lines):
        path = self.folder / f"{name}.sql"
        path.write_text("\n".join(lines) + "\n")
        return path


def with_names(sql, names):
    """A statement with $1, $2, ... as pgbench has them."""
    for number, name in enumerate(names, 1):
        sql = re.sub(rf"\${number}\b", f":{name}", sql)
    return sql + ";"


def parse(said):
    """(transactions a second, their mean latency in microseconds)"""
    rate = re.search(r"^tps = ([\d.]+)", said, re.M)
    mean = re.search(r"^latency average = ([\d.]+) ms", said, re.M)
    failed = re.search(r"^number of failed transactions: (\d+)", said, re.M)
    if not rate or not mean or (failed and int(failed[1])):
        raise RuntimeError(f"pgbench said {said[-500:]}")
    return float(rate[1]), float(mean[1]) * 1e3


def run(bench, database, scripts, kind, connections, pinned=True):
    """One round. It stands where blogd stands: on the servers' core, beside PostgreSQL."""
    words = [database.postgres.binaries / "pgbench", "-M", "prepared", "-n", "-j", "1",
             "-c", connections, "-T", bench.seconds, "-f", scripts.files[kind],
             "-h", database.postgres.folder, "-p", database.postgres.port]
    for name, value in scripts.variables.items():
        words += ["-D", f"{name}={value}"]
    name = database.new()
    database.place(pinned)
    try:
        database.checkpoint()
        others, db_cpu = set(database.pids()), database.cpu_seconds()
        own, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        cores = str(SERVER_CORE) if pinned else f"{SERVER_CORE},{GENERATOR_CORE}"
        done = subprocess.run(["taskset", "-c", cores, *map(str, words), name], text=True,
                              capture_output=True, env={**os.environ, **scripts.environment},
                              start_new_session=True)  # as blogd is, which schedulers notice
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            raise RuntimeError(f"pgbench failed: {done.stderr[-500:]}")
        database.wait_for_end_of(set(database.pids()) - others)
        rate, mean_us = parse(done.stdout)
        each = PIPELINED if kind == "piped" else 1
        count = rate * each * bench.seconds
        cpu = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
        db_cpu = database.cpu_seconds() - db_cpu
        return {"rps": rate * each, "cpu_us": cpu * 1e6 / count, "db_cpu_us": db_cpu * 1e6 / count,
                "mean_us": mean_us, "busy": (cpu + db_cpu) / wall}
    finally:
        database.drop(name)
