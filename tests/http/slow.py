#!/usr/bin/python3
"""Time limits and slow clients, against a blogd that was started with short limits (OPTIONS).

    slow.py --binary build/release/blogd
    slow.py --url http://127.0.0.1:8000 --generic      what a server that is not blogd also owes
"""

import argparse
import os
import sys
from urllib.parse import urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases  # noqa: F401 (registers the probes)
from suite import report, server
from suite.probes import OPTIONS, run
from suite.runner import Target


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="a server that was started with " + " ".join(OPTIONS))
    where.add_argument("--binary", help="blogd to start with an empty database of its own")
    parser.add_argument("--generic", action="store_true", help="not blogd")
    parser.add_argument("-k", metavar="PATTERN", default="", help="part of a name")
    args = parser.parse_args()
    if args.binary:
        with server.blogd(args.binary, *OPTIONS) as s:
            results = run(Target(s.address), s, args.k)
    else:
        parts = urlsplit(args.url)
        results = run(Target((parts.hostname, parts.port or 80), not args.generic), None, args.k)
    failed = sum(bool(r.problems) for r in results)
    print(report.closing_line(len(results) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
