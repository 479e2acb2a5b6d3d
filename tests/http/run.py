#!/usr/bin/python3
"""HTTP/1.1 conformance and smuggling cases (RFC 9110, RFC 9112) over raw sockets.

    run.py --binary build/release/blogd          starts it, runs everything, stops it
    run.py --url http://127.0.0.1:8000           against a server that runs already
    run.py --url ... --generic --static-only     a server that is not blogd, files only
"""

import argparse
import fnmatch
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cases import all_cases
from suite import probes, report, server
from suite.language import CSS, Case, get
from suite.runner import Result, Target, run_case
from suite.wire import Wire


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="http://ADDRESS:PORT of a running server")
    where.add_argument("--binary", help="blogd to start with an empty database of its own")
    parser.add_argument(
        "--option", action="append", default=[], help="one more word for blogd serve"
    )
    parser.add_argument(
        "--static-only", action="store_true", help="only cases that need files alone"
    )
    parser.add_argument(
        "--generic", action="store_true", help="not blogd: the RFCs, no CONTRACT cases"
    )
    parser.add_argument(
        "--slow",
        action="store_true",
        help="time limits too (with --url: of a server "
        "that was started with " + " ".join(probes.OPTIONS) + ")",
    )
    parser.add_argument(
        "-k", metavar="PATTERN", default="", help="part of a name, or a shell pattern"
    )
    parser.add_argument("--jobs", type=int, default=6, help="connections at once")
    parser.add_argument("--patience", type=float, default=8, help="seconds to wait for an answer")
    parser.add_argument("--json", metavar="FILE", help="write all results")
    parser.add_argument("--list", action="store_true", help="only say what would run")
    parser.add_argument("-v", action="store_true", help="name the passed cases as well")
    return parser.parse_args()


def chosen(cases, args):
    pattern = args.k if any(c in args.k for c in "*?[") else f"*{args.k}*"
    return [
        c
        for c in cases
        if fnmatch.fnmatchcase(c.name, pattern)
        and not (args.static_only and c.api)
        and not (args.generic and c.level == "CONTRACT")
    ]


def the_file(address, patience):
    """The style sheet as it is: the canary of every connection."""
    wire = Wire(address, patience)
    wire.send(get(CSS))
    answer = wire.read_answer()
    wire.close()
    if answer is None or answer.status != 200 or not answer.body:
        raise SystemExit(f"{CSS} is not served; the cases need it")
    return answer.body


def run_all(cases, target, args, alive):
    results = []

    def one(case):
        result = run_case(case, target)
        if not alive():
            result.problems.append("the server is gone")
        return result

    with ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(one, cases):
            results.append(result)
            if result.problems:
                print(report.failure(result), flush=True)
            elif args.v:
                print(f"ok   {result.case.name} ({result.seconds:.2f} s)")
    return results


def verdict(name, why, problems):
    """A result that no connection of its own belongs to."""
    result = Result(Case(name, "CONTRACT", why, b"", ()), problems)
    if problems:
        print(report.failure(result), flush=True)
    return result


def against_url(cases, args):
    parts = urlsplit(args.url)
    address = (parts.hostname, parts.port or 80)
    target = Target(address, not args.generic, args.patience, the_file(address, args.patience))
    results = run_all(cases, target, args, lambda: server.answers(address, args.patience))
    if args.slow:
        results += probes.run(target, None, args.k)
    return results


def against_binary(cases, args):
    with server.blogd(args.binary, *args.option) as s:
        target = Target(s.address, True, args.patience, the_file(s.address, args.patience))
        results = run_all(cases, target, args, s.alive)
        crashed = [] if s.alive() else [f"ended by itself: {s.log_tail()}"]
        code = s.stop()
        results.append(
            verdict("server.survives", "reliability 9.3: no request ends the process", crashed)
        )
        told = [] if code == 0 else [f"exit code {code}: {s.log_tail()}"]
        results.append(
            verdict("server.ends_by_sigterm_with_0", "reliability 9.6: drain and exit 0", told)
        )
    if args.slow:
        with server.blogd(args.binary, *probes.OPTIONS, *args.option) as s:
            target = Target(s.address, True, args.patience, the_file(s.address, args.patience))
            results += probes.run(target, s, args.k)
    return results


def main():
    args = arguments()
    cases = chosen(all_cases(), args)
    if args.list:
        for c in cases:
            print(f"{c.name} [{c.level}] {c.why}")
        return 0
    started = time.monotonic()
    results = (against_url if args.url else against_binary)(cases, args)
    if args.json:
        report.write_json(args.json, results)
    failed = sum(bool(r.problems) for r in results)
    print(f"{report.levels(results)}; {time.monotonic() - started:.0f} s")
    print(report.closing_line(len(results) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
