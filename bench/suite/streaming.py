"""Cases about answers that hold every post."""

import dataclasses
import threading
import time

from answers import download
from contestants import Key
from generators import MIB, memory, wrk


def stream(bench, case, text):
    """One reader, every post in one answer, again and again."""
    server = bench.fleet.get(text)
    if bench.first_time(case, text):
        download(server.port, case.path)
    before, cpu, began = server.memory()[0], server.cpu_seconds(), time.monotonic()
    times = size = 0
    while time.monotonic() - began < bench.seconds / 2:
        size += download(server.port, case.path)
        times += 1
    wall, used = time.monotonic() - began, server.cpu_seconds() - cpu
    return {"seconds": wall / times, "mib_per_s": size / MIB / wall, "bytes": size / times,
            "cpu_us_per_post": used * 1e6 / times / bench.posts, "busy": used / wall,
            "extra_anon_mib": (server.memory()[0] - before) / MIB, **memory(server)}


class Reader(threading.Thread):
    """Reads the list of all posts again and again, and watches the server's memory."""

    def __init__(self, server):
        super().__init__()
        self.server, self.ended = server, threading.Event()
        self.bytes = self.peak = 0
        self.seconds, self.looked, self.failure = 0.0, 0.0, None

    def look(self):
        if time.monotonic() - self.looked > 0.05:
            self.looked = time.monotonic()
            self.peak = max(self.peak, self.server.memory()[0])
        return not self.ended.is_set()

    def run(self):
        began = time.monotonic()
        try:
            while not self.ended.is_set():
                self.bytes += download(self.server.port, "/api/posts", self.look)
        except (OSError, RuntimeError) as failure:
            self.failure = failure
        self.seconds = time.monotonic() - began

    def stop(self):
        self.ended.set()
        self.join()
        if self.failure:
            raise RuntimeError(f"streaming failed: {self.failure}")


def beside_stream(bench, case, text):
    """Latencies of other requests alone, and while someone reads every post. A closed loop of few
    connections: a generator that spins would take the core that the reader needs."""
    server = bench.fleet.get(text)
    bench.warm_file(text, server)
    path, _ = bench.request(dataclasses.replace(case, path="/api/posts/{id}"), server,
                            Key.parse(text, bench.posts))
    _, alone = wrk(bench, server, path, case.connections)
    before = server.memory()[0]
    reader = Reader(server)
    reader.start()
    try:
        time.sleep(0.2)
        _, beside = wrk(bench, server, path, case.connections)
    finally:
        reader.stop()
    return beside | {
        "p50_alone_us": alone["p50_us"], "p99_alone_us": alone["p99_us"],
        "p99_ratio": beside["p99_us"] / max(alone["p99_us"], 1),
        "extra_anon_mib": (reader.peak - before) / MIB,
        "mib_per_s": reader.bytes / MIB / reader.seconds}
