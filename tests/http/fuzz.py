#!/usr/bin/python3
"""Malformed requests from a seed: no 5xx, a detail on every /api error, alive, no growth.

    fuzz.py --binary build/release/blogd --count 20000
    fuzz.py --url http://127.0.0.1:8000 --pid 1234
    fuzz.py --url http://127.0.0.1:8000 --seed 7 --only 123      one request again, shown in full
"""

import argparse
import collections
import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from suite import report, server
from suite.generator import Generator
from suite.lint import lint
from suite.runner import asked
from suite.wire import CutShort, Malformed, Silence, Wire

# What a broken request may earn above 499: an unknown coding, an overload, another version.
ALLOWED_5XX = {501, 503, 505}
LATER_STATUS = re.compile(rb"(?:^|\n)HTTP/1\.1 (5[0-9][0-9]) ")
FAILURES_SHOWN = 20
BLOCK = 500  # requests between two looks at the server's health


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="http://ADDRESS:PORT of a running server")
    where.add_argument("--binary", help="blogd to start with an empty database of its own")
    parser.add_argument("--pid", type=int, help="the server's process, to watch its memory")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", default=None, help="default: a new one, which is printed")
    parser.add_argument("--only", type=int, help="the index of one request to repeat")
    parser.add_argument("--jobs", type=int, default=4, help="connections at once")
    parser.add_argument("--patience", type=float, default=10, help="seconds to wait for an answer")
    parser.add_argument("--growth-mib", type=int, default=24, help="memory that may be gained")
    parser.add_argument("--generic", action="store_true", help="not blogd: no rules of the house")
    return parser.parse_args()


class Fuzz:
    def __init__(self, args, address, pid):
        self.args, self.address, self.pid = args, address, pid
        self.statuses = collections.Counter()
        self.failed = 0
        self.lock = threading.Lock()

    def one(self, index):
        data = Generator(self.args.seed, index).data()
        problems, came = self.exchange(data)
        if problems or self.args.only is not None:
            self.tell(index, data, problems, came)
        return not problems

    def exchange(self, data):
        """Sends it all, closes its half, reads to the end: what is wrong, and what came."""
        try:
            wire = Wire(self.address, self.args.patience)
        except OSError as e:
            return [f"cannot connect: {e}"], b""
        problems, request = [], asked(data)
        try:
            wire.send(data)
            wire.half_close()
            answer = wire.read_answer(request.method or "GET")
            rest = wire.read_end() if answer is not None else b""
        except (Malformed, CutShort, Silence) as e:
            problems.append(f"{type(e).__name__.lower()}: {e}")
            answer, rest = None, b""
        finally:
            wire.close()
        if answer is not None:
            problems += lint(answer, request, not self.args.generic, ALLOWED_5XX)
        later = [int(s) for s in LATER_STATUS.findall(rest)]
        problems += [f"a later answer is {s}" for s in later if s not in ALLOWED_5XX]
        with self.lock:
            self.statuses[answer.status if answer is not None else "none"] += 1
            self.statuses.update(s for s in later if s == 503)
        return problems, wire.raw

    def tell(self, index, data, problems, came):
        with self.lock:
            self.failed += bool(problems)
            if self.failed > FAILURES_SHOWN:
                return
            whole = self.args.only is not None
            print(f"{'FAIL' if problems else 'ok  '} request {index}", flush=True)
            for problem in problems:
                print(f"     {problem}")
            print(f"     sent {data!r}" if whole else f"     sent {report.shortened(data)}")
            print(f"     got  {came!r}" if whole else f"     got  {report.shortened(came)}")
            if not whole:
                print(f"     again: fuzz.py --url ... --seed {self.args.seed} --only {index}")

    def run(self):
        """All requests in blocks; the number that passed, checks of health and memory included."""
        passed, first, baseline = 0, 0, None
        with ThreadPoolExecutor(self.args.jobs) as pool:
            while first < self.args.count:
                last = min(first + BLOCK, self.args.count)
                passed += sum(pool.map(self.one, range(first, last)))
                first = last
                if not server.answers(self.address, self.args.patience):
                    print(f"FAIL the server does not answer /health after request {last}")
                    self.failed += 1
                    return passed
                passed += 1
                baseline = self.memory() if baseline is None else baseline
        return passed + self.look_at_memory(baseline)

    def memory(self):
        return server.memory_kib(self.pid) if self.pid else 0

    def look_at_memory(self, baseline):
        if not self.pid:
            return 0
        time.sleep(1)
        grown = self.memory() - baseline
        print(f"memory: {baseline} KiB after the first {BLOCK} requests, {grown:+d} KiB since")
        if grown <= self.args.growth_mib * 1024:
            return 1
        print(f"FAIL grew by more than {self.args.growth_mib} MiB")
        self.failed += 1
        return 0


def fuzz(args, address, pid):
    job = Fuzz(args, address, pid)
    if args.only is not None:
        passed = int(job.one(args.only))
    else:
        started = time.monotonic()
        passed = job.run()
        told = ", ".join(f"{s}: {n}" for s, n in sorted(job.statuses.items(), key=str))
        print(f"seed {args.seed}; {time.monotonic() - started:.0f} s; answers {told}")
    return passed, job.failed


def main():
    args = arguments()
    if args.seed is None:
        args.seed = os.urandom(4).hex()
    if args.url:
        parts = urlsplit(args.url)
        passed, failed = fuzz(args, (parts.hostname, parts.port or 80), args.pid)
    else:
        with server.blogd(args.binary) as s:
            passed, failed = fuzz(args, s.address, s.pid)
            if not s.alive():
                print(f"FAIL the server ended: {s.log_tail()}")
                failed += 1
            code = s.stop()
            if code != 0:
                print(f"FAIL exit code {code} after SIGTERM: {s.log_tail()}")
                failed += 1
    print(report.closing_line(passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
