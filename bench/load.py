#!/usr/bin/python3
"""wrk against a real blogd: one worker pinned to one core, the generator on the other.

Prints, for one post as JSON, the home page and durable POSTs, the median of interleaved rounds:
requests a second, and CPU microseconds a request (user and system time of all of the server's threads,
divided by the requests), which is the figure that a busy machine disturbs least."""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))
from blogd import Blogd  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def fdatasync_us(folder, count=200):
    """What the disk itself takes for one small durable write."""
    path = folder / "sync-probe"
    took = []
    with open(path, "wb") as file:
        file.write(b"\0" * 4096 * count)
        os.fsync(file.fileno())
        for i in range(count):
            os.pwrite(file.fileno(), b"x" * 4096, 4096 * i)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(took) * 1e6


def one_round(server, path, connections, seconds, script=None):
    words = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if script:
        words += ["-s", str(script)]
    before = cpu_seconds(server.process.pid)
    out = subprocess.run([*words, f"http://127.0.0.1:{server.port}{path}"],
                         capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(server.process.pid) - before
    requests = int(re.search(r"(\d+) requests in", out)[1])
    if "Non-2xx" in out or "Socket errors" in out:
        print(out, file=sys.stderr)
    return {"rps": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
            "cpu": used * 1e6 / requests,
            "p99": re.search(r"99%\s+(\S+)", out)[1]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()

    cases = [("one post as JSON", "/api/posts/1", 64, None), ("home page", "/", 64, None)]
    cases += [(f"durable POST, {n} connections", "/api/posts", n, HERE / "post.lua") for n in (1, 8, 64)]
    server = Blogd(arguments.binary, "--workers", "1", "--accounts", "open")
    with server:
        subprocess.run(["taskset", "-acp", "0", str(server.process.pid)], check=True, capture_output=True)
        status, _ = server.api("POST", "/api/users", {"username": "ada", "email": "ada@example.com"})
        assert status == 201
        for i in range(30):
            server.api("POST", "/api/posts", {"title": f"Post {i}", "content": "word " * 200, "user_id": 1})
        print(f"the disk's own fdatasync: {fdatasync_us(server.folder):.0f} us")
        results = {name: [] for name, *_ in cases}
        for _ in range(arguments.rounds):
            for name, path, connections, script in cases:
                results[name].append(one_round(server, path, connections, arguments.seconds, script))
    print(f"{'case':32} {'requests/s':>11} {'min':>8} {'max':>8} {'CPU us':>8} {'p99':>9}")
    for name, rounds in results.items():
        rps = [r["rps"] for r in rounds]
        cpu = statistics.median(r["cpu"] for r in rounds)
        print(f"{name:32} {statistics.median(rps):11.0f} {min(rps):8.0f} {max(rps):8.0f} {cpu:8.1f} {rounds[-1]['p99']:>9}")


if __name__ == "__main__":
    main()
