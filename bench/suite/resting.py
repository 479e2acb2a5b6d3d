"""Cases about servers that have little to do: memory at idle, waiting connections, the start."""

import subprocess
import time

from answers import exchange
from contestants import Key
from generators import MIB, memory, wrk


def idle_memory(bench, case, text):
    """A moment after the start and one answer."""
    server = bench.fleet.get(text, fresh=True)
    path, headers = bench.request(case, server, Key.parse(text, bench.posts))
    exchange(server.port, path, headers)
    time.sleep(0.3)
    values = memory(server)
    bench.fleet.drop(text)
    return values


def idle_connections(bench, case, text):
    """Connections that have asked once and wait, after a load that has filled the pools."""
    server = bench.fleet.get(text, fresh=True)
    path, headers = bench.request(case, server, Key.parse(text, bench.posts))
    wrk(bench, server, path, 64, headers, seconds=1)
    time.sleep(0.3)
    before = server.memory()[0]
    words = [str(bench.program("bench_openloop")), "--url", f"http://127.0.0.1:{server.port}{path}",
             "--idle", str(bench.idle), "--seconds", "1"]
    holder = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    opened = bool(holder.stdout.readline())
    time.sleep(0.4)
    after = server.memory()[0]
    _, said = holder.communicate()
    bench.fleet.drop(text)
    return {"connections": bench.idle if opened else 0, "errors": int(holder.returncode != 0),
            "bytes_each": (after - before) / bench.idle, "anon_mib": after / MIB}


def start_up(bench, case, text):
    """From the start of the process to the first answer, the file in the system's cache."""
    server = bench.fleet.get(text)
    bench.warm_file(text, server)
    path, headers = bench.request(case, server, Key.parse(text, bench.posts))
    server.stop()
    began = time.monotonic()
    server.start()
    exchange(server.port, path, headers)
    return {"ms": (time.monotonic() - began) * 1e3, **memory(server)}
