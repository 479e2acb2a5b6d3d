"""The load generators: each runs to its end beside a server that is watched meanwhile."""

import dataclasses
import json
import os
import pathlib
import resource
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
MIB = 2**20


@dataclasses.dataclass
class Watched:
    """What happened while a generator ran."""
    out: str
    wall: float
    server_cpu: float
    server_waiting: float
    generator_cpu: float

    def busy(self):
        return {"busy": self.server_cpu / self.wall, "waiting": self.server_waiting / self.wall,
                "generator_busy": self.generator_cpu / self.wall}


def watch(server, words, env=None):
    """Runs a generator (on this process's core) to its end."""
    generator = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, waited, began = server.cpu_seconds(), server.waited(), time.monotonic()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          env={**os.environ, **(env or {})})
    wall, used = time.monotonic() - began, server.cpu_seconds() - cpu
    waiting = sum(seconds - waited.get(thread, 0) for thread, seconds in server.waited().items())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.strip()} {done.stdout[-300:]}")
    generator_cpu = after.ru_utime + after.ru_stime - generator.ru_utime - generator.ru_stime
    return Watched(done.stdout, wall, used, waiting, generator_cpu)


def memory(server):
    anonymous, of_files = server.memory()
    return {"anon_mib": anonymous / MIB, "file_mib": of_files / MIB}


def wrk(bench, server, path, connections, headers=(), env=None, seconds=None):
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds or bench.seconds}s", "--timeout", "60s",
             "-s", HERE / "wrk.lua"]
    for line in headers:
        words += ["-H", line]
    watched = watch(server, [*words, f"http://127.0.0.1:{server.port}{path}"], env)
    said = json.loads(watched.out.partition("BENCH ")[2])
    requests = max(said["requests"], 1)
    return said, {
        "rps": said["requests"] / said["seconds"],
        "cpu_us": watched.server_cpu * 1e6 / requests,
        "p50_us": said["p50_us"], "p90_us": said["p90_us"], "p99_us": said["p99_us"],
        "max_us": said["max_us"], "bytes": said["bytes"] / requests,
        "errors": said["socket_errors"] + said["timeouts"],
        **watched.busy(), **memory(server)}


def open_loop(bench, server, case, path, rate, mix=(), headers=()):
    """bench_openloop: its schedule does not wait for the server. One second of warm-up, which the
    processor times include."""
    words = [bench.program("bench_openloop"), "--url", f"http://127.0.0.1:{server.port}{path}",
             "--rate", rate, "--connections", case.connections, "--seconds", bench.seconds]
    for line in mix:
        words += ["--mix", line]
    for line in headers:
        words += ["--header", line]
    watched = watch(server, words)
    said = json.loads(watched.out)
    latency = said["latency_us"]
    good = sum(n for code, n in said["status"].items() if code.startswith("2"))
    busy = watched.busy()
    return {"rate": rate or said["achieved"], "rps": said["achieved"],
            "cpu_us": busy["busy"] * 1e6 / max(said["achieved"], 1),
            "p50_us": latency["p50"], "p90_us": latency["p90"], "p99_us": latency["p99"],
            "p999_us": latency["p99.9"], "max_us": latency["max"],
            "errors": said["errors"] + said["unanswered"],
            "wrong_status": sum(said["status"].values()) - good, **busy, **memory(server)}
