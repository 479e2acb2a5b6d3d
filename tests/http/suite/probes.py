"""Cases that are programs: what only time, many clients or a watched process can show."""

import time
from concurrent.futures import ThreadPoolExecutor

from . import report, server
from .language import Case
from .lint import lint
from .runner import Result, asked
from .wire import CutShort, Malformed, Silence, Wire

HEADER, BODY, IDLE, WRITE = 1, 1, 2, 2  # seconds, as in OPTIONS
OPTIONS = (
    f"--header-timeout={HEADER}s",
    f"--body-timeout={BODY}s",
    f"--idle-timeout={IDLE}s",
    f"--write-timeout={WRITE}s",
)
SLACK = 4  # the server looks once a second, and the machine may be busy

_probes = []


class Needs:
    """What a probe cannot do without."""

    FILES, BLOG, PROCESS, ALONE = range(4)  # each includes those before it; ALONE: runs by itself


def probe(name, why, needs=Needs.FILES):
    def register(function):
        _probes.append((Case(f"slow.{name}", "HARDEN", why, b"", ()), needs, function))
        return function

    return register


class Bench:
    """What a probe works with: the target, the process (or None), and a list of complaints."""

    def __init__(self, target, process):
        self.target, self.process, self.problems, self.sent = target, process, [], b""

    def connect(self, **more):
        return Wire(self.target.address, 20, **more)

    def expect(self, truth, complaint):
        if not truth:
            self.problems.append(complaint)

    def good(self, answer, data, *statuses):
        """The answer is one of these, and is sound."""
        if answer is None:
            self.problems.append("closed without an answer")
            return
        self.expect(answer.status in statuses, f"answer {answer.status}, wanted {statuses}")
        self.problems += lint(answer, asked(data), self.target.blogd, set(statuses))

    def ends(self, connection, data, limit, *statuses, least=0.0):
        """The server closes in time, without a word or after one answer of these."""
        started = time.monotonic()
        try:
            answer = connection.read_answer()
            if answer is not None:
                self.good(answer, data, *statuses)
                rest = connection.read_end()
                self.expect(not rest, f"bytes after the last answer: {rest[:80]!r}")
        except (Silence, CutShort, Malformed) as e:
            self.problems.append(f"{type(e).__name__.lower()}: {e}")
        took = time.monotonic() - started
        self.expect(took <= limit + SLACK, f"closed after {took:.1f} s, the limit is {limit} s")
        self.expect(took >= least, f"closed after {took:.1f} s already, wanted {least} s")
        connection.close()

    def others_are_served(self):
        started = time.monotonic()
        alive = server.answers(self.target.address, 5)
        took = time.monotonic() - started
        self.expect(alive and took < 2, f"another client waited {took:.1f} s (answered: {alive})")


def run(target, process, pattern=""):
    """All probes that this target can bear; the ones for themselves come last."""
    most = Needs.ALONE if process else Needs.BLOG if target.blogd else Needs.FILES
    able = [p for p in _probes if p[1] <= most and pattern.strip("*") in p[0].name]

    def one(entry):
        case, _, function = entry
        bench, started = Bench(target, process), time.monotonic()
        try:
            function(bench)
        except (Silence, CutShort, Malformed, OSError) as e:
            bench.problems.append(f"{type(e).__name__.lower()}: {e}")
        result = Result(case, bench.problems, seconds=time.monotonic() - started)
        if process and not process.alive():
            result.problems.append(f"the server is gone: {process.log_tail(500)}")
        if result.problems:
            print(report.failure(result), flush=True)
        return result

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(one, [p for p in able if p[1] < Needs.ALONE]))
    return results + [one(p) for p in able if p[1] == Needs.ALONE]
