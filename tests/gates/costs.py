#!/usr/bin/python3
"""What one request costs, counted by callgrind: instructions in user space and calls of the allocator, in
all threads of a real blogd. Unlike time they are the same on every machine and under any load, so a new
allocation or a lost short cut shows at once.

    costs.py --binary build/release/blogd [--show]

The limits are measured figures with room for another compiler. Faster code: lower them."""

import argparse
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from blogd import Blogd  # noqa: E402

REQUESTS = 300
CACHE_OFF = ("--cache-size", "0")
ALLOCATORS = re.compile(r"\b(malloc|calloc|realloc|memalign|posix_memalign|aligned_alloc)\b")

# name: options, method, path, extra head lines, body, instructions at most, allocations at most
CASES = {
    "kept post as JSON": ((), "GET", "/api/posts/7", "", None, 6_000, 0),
    "kept home page": ((), "GET", "/", "", None, 6_000, 0),
    "kept page, 304": ((), "GET", "/posts/7", "If-None-Match: {etag}\r\n", None, 7_500, 0),
    "post as JSON": (CACHE_OFF, "GET", "/api/posts/7", "", None, 42_000, 21),
    "home page": (CACHE_OFF, "GET", "/", "", None, 205_000, 50),
    "new post": ((), "POST", "/api/posts", "", b'{"title":"A post","content":"Some words.","user_id":1}',
                 165_000, 61),
}


class Client:
    """One keep-alive connection."""

    def __init__(self, server):
        self.socket = server.connect(timeout=60)
        self.file = self.socket.makefile("rb")

    def ask(self, request):
        self.socket.sendall(request)
        status = int(self.file.readline().split()[1])
        fields = {}
        while (line := self.file.readline()) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip()
        self.file.read(int(fields.get("content-length", 0)) if status != 304 else 0)
        return status, fields


def request_bytes(method, path, lines, body):
    if body is not None:
        lines += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: blog.test\r\n{lines}\r\n".encode() + (body or b"")


class Valgrind(Blogd):
    """A blogd that runs under callgrind; counting is off until asked for."""

    def start(self, timeout=120):
        wrapper = self.folder / "under-callgrind"
        wrapper.write_text("#!/bin/sh\nexec valgrind -q --tool=callgrind --instr-atstart=no --separate-threads=no "
                           f"--callgrind-out-file={self.folder}/counts '{self.binary}' \"$@\"\n")
        wrapper.chmod(0o755)
        self.binary = str(wrapper)
        return super().start(timeout)

    def control(self, *words):
        subprocess.run(["callgrind_control", *words, str(self.process.pid)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def counts(self, name):
        """(instructions, calls of the allocator) since the last time, from a dump with that name."""
        before = set(self.folder.glob("counts.*"))
        self.control(f"--dump={name}")
        deadline = time.monotonic() + 20
        while not (new := set(self.folder.glob("counts.*")) - before) and time.monotonic() < deadline:
            time.sleep(0.05)
        text = max(new).read_text()
        names = {}
        calls, callee = 0, ""
        for line in text.splitlines():
            if found := re.match(r"(c?fn)=\((\d+)\)(?: (.*))?", line):
                if found[3]:
                    names[found[2]] = found[3]
                if found[1] == "cfn":
                    callee = names.get(found[2], "")
            elif line.startswith("calls=") and ALLOCATORS.match(callee):
                calls += int(line[6:].split()[0])
        total = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        return int(total[1]), calls


def measure(server, method, path, lines, body):
    client = Client(server)
    _, fields = client.ask(request_bytes(method, path, "", body))
    request = request_bytes(method, path, lines.format(etag=fields.get("etag", "")), body)
    for _ in range(20):
        client.ask(request)
    server.control("--zero")
    for _ in range(REQUESTS):
        status, _ = client.ask(request)
    assert status in (200, 201, 304), status
    instructions, allocations = server.counts("case")
    return instructions / REQUESTS, allocations / REQUESTS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--show", action="store_true", help="print the figures of cases that are within their limits")
    arguments = parser.parse_args()
    failed = 0
    for options in dict.fromkeys(case[0] for case in CASES.values()):
        with Valgrind(arguments.binary, "--workers", "1", "--accounts", "open", *options) as server:
            server.api("POST", "/api/users", {"username": "ada", "email": "ada@example.com"})
            for i in range(12):
                server.api("POST", "/api/posts", {"title": f"Post {i}", "content": "word " * 200, "user_id": 1})
            server.control("--instr=on")
            for name, (wanted, method, path, lines, body, most, allocations_most) in CASES.items():
                if wanted != options:
                    continue
                instructions, allocations = measure(server, method, path, lines, body)
                good = instructions <= most and round(allocations, 1) <= allocations_most
                failed += not good
                if arguments.show or not good:
                    print(f"{'ok    ' if good else 'FAILED'} {name}: {instructions:.0f} instructions (at most {most}), "
                          f"{allocations:.2f} allocations (at most {allocations_most})")
            server.stop(60)
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
