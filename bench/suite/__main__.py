"""The benchmark suite; bench/run builds and then runs this folder. See docs/performance.md."""

import argparse
import datetime
import os
import pathlib
import shlex
import signal
import sys

import plots
import report
from bench import PEERS, Bench
from cases import CASES
from servers import allow_descriptors

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build"
IDLE_CONNECTIONS = 10_000
FOLDERS = ("--out", "--tree", "--before", "--modules")
OVERHEAD_SECONDS = 0.8  # of a round: starts, copies, counting


def parse(words):
    now = datetime.datetime.now().strftime("%Y-%m-%d-%H%M")
    parser = argparse.ArgumentParser(prog="bench/run", description=(
        "Measures blogd beside its peers: A B C A B C rounds, the server on core 0, the generator"
        " on core 1."))
    add = parser.add_argument
    add("--quick", action="store_true",
        help="every path once, in about three minutes; figures mean little")
    add("--cases", default="", help="names or groups of names (post-*), with commas")
    add("--peers", default=",".join(PEERS), help="with commas; 'none': blogd alone (%(default)s)")
    add("--rounds", type=int, help="of each case (5)")
    add("--seconds", type=int, help="of each round (4)")
    add("--posts", type=int, help="in the blog, for all cases but growth (10000)")
    add("--ten-million", action="store_true",
        help="growth to 10 million posts; needs 45 GB of disk")
    add("--out", type=pathlib.Path, default=BUILD / "bench" / f"results-{now}",
        help="folder (%(default)s)")
    add("--publish", action="store_true", help="also into docs/performance.md and docs/scaling.md")
    add("--tree", type=pathlib.Path, default=BUILD / "release",
        help="programs of this build tree, which is then not built")
    add("--before", type=pathlib.Path,
        help="another build tree, whose blogd takes part too: what has a change cost?")
    add("--modules", type=pathlib.Path, default=BUILD / "bench" / "peers" / "node_modules",
        help="where npm's packages are")
    options = parser.parse_args(words)
    quick = options.quick
    options.rounds = options.rounds or (1 if quick else 5)
    options.seconds = options.seconds or (1 if quick else 4)
    options.posts = options.posts or (1000 if quick else 10_000)
    options.sizes = (1000, 20_000) if quick else (1000, 100_000, 1_000_000)
    options.sizes += (10_000_000,) if options.ten_million else ()
    options.peers = set() if options.peers == "none" else set(options.peers.split(","))
    if unknown := options.peers - set(PEERS):
        parser.error(f"no such peers: {', '.join(unknown)}")
    options.chosen = chosen_cases(parser, options.cases)
    return options


def chosen_cases(parser, names):
    if not names:
        return list(CASES)
    chosen = []
    for pattern in names.split(","):
        found = [case for case in CASES if pathlib.PurePath(case.name).match(pattern)]
        if not found:
            parser.error(f"no such case: {pattern} (there are {', '.join(c.name for c in CASES)})")
        chosen += [case for case in found if case not in chosen]
    return sorted(chosen, key=CASES.index)


def print_goals(run):
    print(f"\n{'goal':74} {'limit':>12} {'reached':>12} {'ratio':>7}")
    for row in run["goals"]:
        bound = ("<= " if row["at_most"] else ">= ") + f"{row['limit']:g}"
        reached = "-" if row["reached"] is None else plots.number(row["reached"])
        share = "-" if row["ratio"] is None else f"{row['ratio']:.2f}"
        verdict = {True: "", False: "  MISSED", None: ""}[row["met"]]
        print(f"{row['goal']:74} {bound:>12} {reached:>12} {share:>7}{verdict}")


def repeatable(words):
    """The command for the report, without the options that name folders of this machine."""
    kept, skip = [], False
    for word in words:
        if not skip and word.split("=")[0] not in FOLDERS:
            kept.append(word)
        skip = word in FOLDERS
    return shlex.join(["bench/run", *kept])


def main():
    options = parse(sys.argv[1:])
    if os.cpu_count() < 2:
        sys.exit("bench: needs two cores, one for the server and one for the generator")
    limit = allow_descriptors()
    options.idle = min(IDLE_CONNECTIONS, limit - 200)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped then too
    command = repeatable(sys.argv[1:])
    with Bench(options) as bench:
        for name, why in bench.missing.items():
            bench.say(f"without {name}: {why}")
        work = sum(len(bench.expand(case)) for case in options.chosen) * options.rounds
        minutes = work * (options.seconds + OVERHEAD_SECONDS) / 60
        bench.say(f"{work} rounds of {options.seconds} s, about {minutes:.0f} minutes")
        bench.capture([case for case in CASES if case.group == "reads"])
        for case in options.chosen:
            bench.run(case)
        run = report.save(bench, command, datetime.date.today().isoformat())
        if options.publish:
            report.publish(bench, run)
        print_goals(run)
        for failure in bench.failures:
            bench.say(f"FAILED: {failure['case']}, {failure['contestant']}: {failure['why'][:200]}")
        flagged = sum(1 for row in bench.results if row["flags"])
        bench.say(f"{flagged} of {len(bench.results)} rounds are flagged;"
                  f" {bench.out / 'results.md'} has it all")
    return 1 if bench.failures or not all(check["good"] for check in bench.checks) else 0


if __name__ == "__main__":
    sys.exit(main())
