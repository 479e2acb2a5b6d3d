"""Thousands of log ins at once: whoever reads does not notice, and nothing piles up."""

import pathlib
import statistics
import subprocess
import sys
import time

import pytest

from accounts import PASSWORD, Person, log_in, try_log_in
from wire import Wire

LOG_INS = 10_000
ROUNDS = 5
READS = 400
FLOOR = 0.005  # seconds: what the machine itself takes now and then
PATHS = ("/", "/api/posts?limit=10")
CLIENT = pathlib.Path(__file__).parents[1] / "support" / "many_log_ins.py"


@pytest.fixture
def server(blogd):
    server = blogd("--accounts", "protected", "--rate-limit", "off")
    ann = Person(server, "ann").log_in()
    for number in range(12):
        ann.write(f"Post {number}", "text " * 200)
    return server


def p99_of_readers(server):
    """Seconds, of readers that take their time: it is how long one waits, not how much can be read."""
    times = []
    with Wire(server) as wire:
        for number in range(READS):
            began = time.perf_counter()
            assert wire.ask(PATHS[number % 2])[0] == 200
            times.append(time.perf_counter() - began)
            time.sleep(0.002)
    return statistics.quantiles(times, n=100)[98]


def resident(server):
    text = (pathlib.Path("/proc") / str(server.process.pid) / "status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


class Flood:
    """So many log ins over many connections, from a process of its own that gives way to the readers."""

    def __init__(self, server, count):
        self.process = subprocess.Popen(
            ["nice", sys.executable, str(CLIENT), server.host, str(server.port), str(count), PASSWORD],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "started\n"

    def statuses(self):
        """{status: how many}; "503 alone": without a Retry-After."""
        out, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == 0
        return {line.rsplit(" ", 1)[0]: int(line.rsplit(" ", 1)[1]) for line in out.splitlines()}

    def is_running(self):
        return self.process.poll() is None


def test_ten_thousand_log_ins_while_others_read(server, request):
    before, during, statuses = [], [], {}
    p99_of_readers(server)
    memory = resident(server)
    for _ in range(ROUNDS):
        before.append(p99_of_readers(server))
        flood = Flood(server, LOG_INS // ROUNDS)
        during.append(p99_of_readers(server))
        assert flood.is_running()
        for status, count in flood.statuses().items():
            statuses[status] = statuses.get(status, 0) + count
    print(f"p99 before {before}, during {during}; {statuses}; {resident(server) - memory} bytes more")
    assert sum(statuses.values()) == LOG_INS
    assert set(statuses) <= {"200", "401", "503"} and statuses.get("200", 0) > 0, statuses
    if not request.config.getoption("--sanitized"):
        assert resident(server) - memory < 100 << 20
        assert statistics.median(during) < 3 * statistics.median(before) + FLOOR, (before, during)
    assert log_in(server, "ann@example.com")
    assert try_log_in(server, "ann@example.com", "wrong wrong")[0] == 401


def test_a_full_queue_is_told_at_once(blogd):
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--password-queue-max", "4")
    Person(server, "ann")
    statuses = Flood(server, 500).statuses()
    assert set(statuses) <= {"200", "401", "503"} and statuses["503"] > 0
    assert log_in(server, "ann@example.com")
