#!/usr/bin/python3
"""Load and faults on a real cluster: etcd, Patroni, PostgreSQL, three blogd, nginx.

    run.py --binary build/release/blogd                     each fault of the short form once
    run.py --binary build/release/blogd --minutes 30        all of them, again and again
    run.py --binary build/release/blogd --faults blogd_frozen,partition
"""

import argparse
import collections
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import isolation
import report
from checks import stored_faults
from cluster import Cluster
from faults import FAILOVER, FAULTS
from load import Load
from nginx import HOST

Run = collections.namedtuple("Run", "name away begin end")
started = time.monotonic()


def say(line):
    print(f"{time.monotonic() - started:6.1f} {line}", flush=True)


def schedule(options, can_cut, dice, missing):
    """The faults to come, one after the other."""
    names = options.faults.split(",") if options.faults else [
        f.name for f in FAULTS.values() if f.short or not options.short]
    for name in [n for n in names if FAULTS[n].needs_cut and not can_cut]:
        say(f"{name} is left out: {missing}")
        names.remove(name)
    if "partition" not in names and options.short and not options.faults:
        names.append("primary_killed")  # the other way to a failover
    end = started + 60 * (options.minutes or 0)
    while True:
        yield from (FAULTS[n] for n in names)
        if time.monotonic() > end:
            return
        dice.shuffle(names)


def rest(name, away, seconds, runs):
    begin = time.monotonic()
    time.sleep(seconds)
    runs.append(Run(name, away, begin, time.monotonic()))
    time.sleep(1)


def inflict(cluster, fault, short, dice, runs):
    say(fault.name)
    begin = time.monotonic()
    try:
        fault.action(cluster, short, dice)
        cluster.wait_until_whole()
        time.sleep(2)  # requests that were under way are of this fault too
    finally:
        runs.append(Run(fault.name, fault.away, begin, time.monotonic()))
        time.sleep(1)  # who comes now may meet the next fault; counted for neither


def final_faults(cluster, load):
    """The database and every instance against what the clients were told."""
    cluster.wait("a primary", cluster.patroni.primary, FAILOVER)
    time.sleep(2)  # standbys may be a second behind
    rows = [(int(post), title, content) for post, title, content in
            cluster.patroni.psql("SELECT id, title, content FROM posts")]
    yield from stored_faults(load.ledger, rows)
    for blogd in cluster.blogds.all:
        if (total := blogd.total()) != len(rows):
            yield f"{blogd.name} counts {total} posts, there are {len(rows)}"
        if "recovery_min_apply_delay" in blogd.process.log.read_text():
            yield f"{blogd.name} says that a standby may be ahead of its primary"


def play(cluster, options, missing):
    """Load, faults and checks: (load, runs, problems)."""
    dice = random.Random(options.seed)
    load = Load((cluster.nginx.address, cluster.nginx.port), HOST, options.seed,
                options.reads, options.writes)
    problems, runs = [], []
    load.start()
    say(f"load: {options.reads:g} reads and {options.writes:g} writes a second")
    try:
        rest("calm", "none", 5, runs)
        for fault in schedule(options, cluster.network.can_cut, dice, missing):
            inflict(cluster, fault, options.short, dice, runs)
    except RuntimeError as e:
        problems.append(str(e))
    load.stop()
    try:
        problems += final_faults(cluster, load)
    except (RuntimeError, OSError) as e:
        problems.append(f"the end could not be checked: {e}")
    return load, runs, problems + load.faults


def inside(options, folder, missing):
    cluster = Cluster(folder, options.binary.resolve(), missing is None, say)
    say("each node in a network of its own" if missing is None else f"all on loopback: {missing}")
    problems = []
    try:
        cluster.start()
        load, runs, problems = play(cluster, options, missing)
        measured = report.windows(runs, load.samples)
        problems += report.broken_bounds(measured)
        report.tell(measured, load, problems)
        if options.report:
            report.write(options.report, options, measured, load, problems)
    except RuntimeError as e:
        problems = [str(e)]
        print(f"FAILED {e}")
    if problems:
        print("\n".join(cluster.logs(folder)))
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--short", action="store_true", help="about three minutes (the default)")
    length.add_argument("--minutes", type=float, help="all faults, for so long at least")
    parser.add_argument("--faults", help="only these: " + ", ".join(FAULTS))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--reads", type=float, default=100, help="a second")
    parser.add_argument("--writes", type=float, default=20, help="a second")
    parser.add_argument("--report", type=pathlib.Path, metavar="FILE", help="the figures as JSON")
    parser.add_argument("--loopback", action="store_true", help="no networks of their own")
    parser.add_argument("--keep", action="store_true", help="logs and data stay in their folder")
    options = parser.parse_args()
    options.short = options.minutes is None
    if options.report:
        options.report = options.report.resolve()
    if unknown := set((options.faults or "").split(",")) - {"", *FAULTS}:
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    say(f"seed {options.seed}")
    missing = "as told" if options.loopback else None
    return isolation.run(lambda *args: inside(options, *args), options.keep, missing)


if __name__ == "__main__":
    sys.exit(main())
