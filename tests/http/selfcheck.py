#!/usr/bin/python3
"""Does the suite find what it should? Runs it against nginx 1.22, whose faults are known.

Starts an nginx of its own with the few files that the cases need, and compares the cases that fail
with nginx_known.txt: a case that fails and is not listed is a doubtful case (or another nginx), a
listed one that passes no longer sees a fault that is there.

    selfcheck.py             compare
    selfcheck.py --record    write the list anew
"""

import argparse
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from concurrent.futures import ThreadPoolExecutor

from cases import all_cases
from suite import report, server
from suite.runner import Target, run_case

KNOWN = os.path.join(HERE, "nginx_known.txt")
CSS_BYTES = b"body { margin: 0 auto; max-width: 48rem; }\n" * 40
CONFIGURATION = """
daemon off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/css css; text/html html; }}
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp;
  fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {{ listen 127.0.0.1:{port}; root files; }}
}}
"""


def nginx():
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        raise SystemExit("nginx is not installed (Debian package nginx)")
    folder, port = tempfile.mkdtemp(prefix="nginx-http-"), server.free_port()
    os.chmod(folder, 0o755)
    os.makedirs(os.path.join(folder, "files/static/css"))
    for name, data in {
        "static/css/main.css": CSS_BYTES,
        "index.html": b"<html></html>\n",
        "health": b"{}\n",
    }.items():
        with open(os.path.join(folder, "files", name), "wb") as f:
            f.write(data)
    with open(os.path.join(folder, "nginx.conf"), "w", encoding="ascii") as f:
        f.write(CONFIGURATION.format(port=port))
    command = [program, "-p", folder, "-c", os.path.join(folder, "nginx.conf"), "-e", "error.log"]
    return server.Server(command, ("127.0.0.1", port), folder)


def failing():
    """The names of the cases that nginx fails, and how many there were."""
    cases = [c for c in all_cases() if not c.api and c.level != "CONTRACT"]
    with nginx() as s, ThreadPoolExecutor(12) as pool:
        target = Target(s.address, blogd=False, patience=4, css=CSS_BYTES)
        results = list(pool.map(lambda case: run_case(case, target), cases))
    return [r for r in results if r.problems], len(cases)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    failed, count = failing()
    names = {r.case.name for r in failed}
    if args.record:
        with open(KNOWN, "w", encoding="utf-8") as f:
            f.writelines(f"{r.case.name} [{r.case.level}] {r.case.why}\n" for r in failed)
    with open(KNOWN, encoding="utf-8") as f:
        known = {line.split(" [")[0] for line in f}
    for result in failed:
        if result.case.name not in known:
            print("not a known fault of nginx:\n" + report.failure(result))
    for name in sorted(known - names):
        print(f"FAIL {name}: nginx has this fault, the case does not see it")
    odd = len(names ^ known)
    print(f"nginx fails {len(names)} of {count} cases, {len(known)} are known")
    print(report.closing_line(count - odd, odd))
    return 1 if odd else 0


if __name__ == "__main__":
    sys.exit(main())
