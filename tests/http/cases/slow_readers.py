"""Clients that do not read or vanish, large listings, and the end of the server: by themselves."""

import json
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

from suite import server
from suite.language import *
from suite.probes import OPTIONS, SLACK, WRITE, Bench, Needs, probe
from suite.runner import Target
from suite.wire import CutShort, Silence

POSTS, POST_BYTES = 200, 200_000  # a listing of 40 MB
GROWTH_KIB = 12 * 1024  # what slow readers of that listing may cost
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # linger on, for no time


def _head_of_post(size):
    return post("/api/users", JSON_TYPE, f"Content-Length: {size}")


def _fill_with_posts(b):
    """Makes the listing large; once is enough."""
    c = b.connect()
    c.send(post("/api/users", JSON_TYPE, body=new_user()))
    user = json.loads(c.read_answer().body)["id"]
    text = json.dumps({"title": "long", "content": "x" * POST_BYTES, "user_id": user})
    for _ in range(POSTS):
        c.send(post("/api/posts", JSON_TYPE, body=text))
        answer = c.read_answer()
        if answer is None or answer.status != 201:
            raise CutShort(f"cannot fill the blog: {answer and answer.status}")
    c.close()


LISTING = get("/api/posts", "Connection: close")


@probe(
    "listing_for_patient_reader", "a reader with small pauses gets the whole listing", Needs.ALONE
)
def patient_reader(b):
    _fill_with_posts(b)
    c = b.connect(receive_buffer=64 * 1024)
    c.send(LISTING)
    total = 0
    deadline = time.monotonic() + 60
    while c.fill(deadline):
        total += len(c.buffer)
        if total < 2_000_000:
            time.sleep(0.1)
        tail, c.buffer = c.buffer[-7:], b""
    b.expect(total > POSTS * POST_BYTES, f"only {total} bytes came")
    b.expect(tail.endswith(b"0\r\n\r\n") or tail.endswith(b"]"), f"the listing ends with {tail!r}")
    c.close()


@probe(
    "pause_below_limit", "a reader that pauses for less than the limit gets everything", Needs.ALONE
)
def pause_below_limit(b):
    c = b.connect(receive_buffer=64 * 1024)
    c.send(LISTING)
    time.sleep(WRITE * 0.5)
    answer = c.read_answer()
    b.good(answer, LISTING, 200)
    b.expect(len(answer.body) > POSTS * POST_BYTES, f"only {len(answer.body)} bytes came")
    c.close()


@probe("readers_that_stop", "slow readers: bounded memory, others served, cut in time", Needs.ALONE)
def readers_that_stop(b):
    before = server.memory_kib(b.process.pid)
    many = [b.connect(receive_buffer=8 * 1024) for _ in range(20)]
    for c in many:
        c.send(LISTING)
    time.sleep(0.7)
    b.others_are_served()
    grown = server.memory_kib(b.process.pid) - before
    b.expect(grown < GROWTH_KIB, f"20 readers that do not read cost {grown} KiB")
    time.sleep(WRITE + SLACK)
    for c in many:
        total = 0
        try:
            while c.fill(time.monotonic() + 5):
                total += len(c.buffer)
                c.buffer = b""
        except Silence:
            b.expect(False, "a stopped reader was not cut")
            break
        b.expect(
            total < POSTS * POST_BYTES, "a reader that stopped beyond the limit got everything"
        )
        c.close()
    b.problems = b.problems[:4]


@probe("pipeliner_that_does_not_read", "pipelined answers are not piled up in memory", Needs.ALONE)
def pipeliner_that_does_not_read(b):
    before = server.memory_kib(b.process.pid)
    many = [b.connect(receive_buffer=8 * 1024) for _ in range(10)]
    for c in many:
        c.socket.setblocking(False)
        data = get("/api/posts") * 500
        try:
            while data:
                data = data[c.socket.send(data) :]
        except OSError:
            pass
    time.sleep(1)
    grown = server.memory_kib(b.process.pid) - before
    b.expect(grown < GROWTH_KIB, f"10 pipelining clients that do not read cost {grown} KiB")
    b.others_are_served()
    for c in many:
        c.close()


@probe(
    "listings_at_once",
    "eight whole listings at once stay within bounds, others are served",
    Needs.ALONE,
)
def listings_at_once(b):
    before, peak = server.memory_kib(b.process.pid), 0

    def fetch(_):
        c = b.connect()
        c.send(LISTING)
        total = 0
        while c.fill(time.monotonic() + 30):
            total += len(c.buffer)
            c.buffer = b""
        c.close()
        return total

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(fetch, i) for i in range(8)]
        b.others_are_served()
        while not all(r.done() for r in running):
            peak = max(peak, server.memory_kib(b.process.pid))
            time.sleep(0.02)
    b.expect(peak - before < GROWTH_KIB, f"grew by {peak - before} KiB")
    b.expect(all(r.result() > POSTS * POST_BYTES for r in running), "a listing was not whole")


@probe(
    "resets_leak_nothing", "clients that vanish in all states leave no file descriptor", Needs.ALONE
)
def resets_leak_nothing(b):
    before = server.open_files(b.process.pid)
    parts = (
        b"",
        b"GET",
        get("/")[:-1],
        get("/"),
        LISTING,
        _head_of_post(100) + b"{",
        get(CSS) * 50,
    )
    for i in range(350):
        c = b.connect()
        c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        c.send(parts[i % len(parts)])
        c.close()
    deadline = time.monotonic() + WRITE + SLACK + 4
    while server.open_files(b.process.pid) > before + 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    after = server.open_files(b.process.pid)
    b.expect(after <= before + 2, f"{before} open files before, {after} after")
    b.others_are_served()


@probe(
    "drain",
    "reliability 9.6: SIGTERM: running requests end well, idle ones close, exit 0",
    Needs.ALONE,
)
def drain(b):
    with server.blogd(b.process.command[0], *OPTIONS) as fresh:
        own = Bench(Target(fresh.address, patience=20), fresh)
        idle, busy, body = own.connect(), own.connect(), wire(new_user())
        idle.send(get("/"))
        own.good(idle.read_answer(), get("/"), 200)
        head = _head_of_post(len(body))
        busy.send(head + body[:5])
        time.sleep(0.3)
        fresh.process.terminate()
        time.sleep(0.3)
        busy.send(body[5:])
        answer = busy.read_answer()
        own.good(answer, head, 201)
        own.expect(
            answer and "close" in answer.tokens("Connection"), "the last answer does not say close"
        )
        try:
            own.expect(not idle.read_end(5), "an idle connection got bytes at the end")
        except Silence:
            own.expect(False, "an idle connection was left open")
        own.expect(not server.answers(fresh.address), "new connections are still served")
        code = fresh.process.wait(15)  # no second signal: that one would end it at once
        own.expect(code == 0, f"exit code {code}: {fresh.log_tail(500)}")
        b.problems += own.problems


@probe(
    "drain_with_stopped_reader",
    "reliability 9.6: SIGTERM ends within 10 s whatever clients do",
    Needs.ALONE,
)
def drain_with_stopped_reader(b):
    with server.blogd(b.process.command[0]) as fresh:
        own = Bench(Target(fresh.address, patience=20), fresh)
        stopped = own.connect(receive_buffer=8 * 1024)
        stopped.socket.setblocking(False)
        try:
            stopped.socket.send(get(CSS) * 5000)
        except OSError:
            pass
        trickling = own.connect()
        trickling.send(_head_of_post(1000) + b"{")
        time.sleep(0.3)
        started = time.monotonic()
        code = fresh.stop(14)
        took = time.monotonic() - started
        own.expect(took < 12 and code in (0, 3), f"took {took:.1f} s, exit code {code}")
        b.problems += own.problems
