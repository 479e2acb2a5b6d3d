"""Time limits: heads, bodies and idle connections that stop or trickle."""

import time

from suite.language import *
from suite.probes import BODY, HEADER, IDLE, SLACK, Needs, probe


def _head_of_post(size, *fields):
    return post("/api/users", JSON_TYPE, *fields, f"Content-Length: {size}")


@probe(
    "header_trickles", "reliability 9.6: header 30 s in all; a byte now and then does not extend it"
)
def header_trickles(b):
    c, data = b.connect(), get("/", "X-A: " + "b" * 500)
    c.socket.setblocking(False)
    started = time.monotonic()
    for i in range(len(data)):
        c.send(data[i : i + 1])
        if c.ended or c.send_failed or time.monotonic() - started > HEADER + SLACK:
            break
        time.sleep(0.2)
    took = time.monotonic() - started
    b.expect(took <= HEADER + SLACK, f"still open after {took:.1f} s")
    c.close()
    b.others_are_served()


@probe("header_stops", "reliability 9.6: an unfinished head ends in time, with 408 or nothing")
def header_stops(b):
    c, data = b.connect(), b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    c.send(data)
    b.ends(c, data, HEADER, 408)


@probe("line_stops", "reliability 9.6: an unfinished request line ends in time")
def line_stops(b):
    c = b.connect()
    c.send(b"GET /")
    b.ends(c, b"GET /", HEADER, 408)


@probe("second_header_stops", "reliability 9.6: the limit holds on a kept connection as well")
def second_header_stops(b):
    c, data = b.connect(), get("/")
    c.send(data)
    b.good(c.read_answer(), data, 200)
    c.send(data[:20])
    b.ends(c, b"", max(HEADER, IDLE), 408)


@probe("hundred_slow_headers", "slowloris: a hundred unfinished heads hinder nobody and all end")
def hundred_slow_headers(b):
    many = [b.connect() for _ in range(100)]
    for c in many:
        c.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-A")
    b.others_are_served()
    for c in many:
        b.ends(c, b"", HEADER, 408)
    b.problems = b.problems[:3]


@probe(
    "nothing_sent", "reliability 9.6: a connection without a byte ends in time, with a 408 at most"
)
def nothing_sent(b):
    b.ends(b.connect(), b"", max(HEADER, IDLE), 408)


@probe("idle_ends", "reliability 9.6: an idle kept connection ends in time, with a 408 at most")
def idle_ends(b):
    c, data = b.connect(), get("/")
    c.send(data)
    b.good(c.read_answer(), data, 200)
    b.ends(c, data, IDLE, 408, least=IDLE * 0.5)


@probe("idle_not_early", "RFC 9112 9.3: within the limit the connection serves on")
def idle_not_early(b):
    c, data = b.connect(), get(CSS)
    for _ in range(4):
        c.send(data)
        b.good(c.read_answer(), data, 200)
        time.sleep(IDLE * 0.5)
    c.close()


@probe("empty_lines_trickle", "RFC 9112 2.2: empty lines are no progress")
def empty_lines_trickle(b):
    c = b.connect()
    started = time.monotonic()
    while not (c.ended or c.send_failed) and time.monotonic() - started < IDLE + SLACK:
        c.send(b"\r\n")
        time.sleep(0.2)
    took = time.monotonic() - started
    b.expect(took < IDLE + SLACK, f"still open after {took:.1f} s")
    c.close()


@probe(
    "body_stops",
    "reliability 9.6: a body without progress ends in time, 408 with detail",
    Needs.BLOG,
)
def body_stops(b):
    c, data = b.connect(), _head_of_post(100) + b'{"username"'
    c.send(data)
    b.ends(c, data, BODY, 408)


@probe("chunked_stops", "reliability 9.6: the same for a chunked body", Needs.BLOG)
def chunked_stops(b):
    c, data = b.connect(), post("/api/users", JSON_TYPE, "Transfer-Encoding: chunked") + b"5\r\nhel"
    c.send(data)
    b.ends(c, data, BODY, 408)


@probe("trailer_stops", "reliability 9.6: the same for a trailer section", Needs.BLOG)
def trailer_stops(b):
    c = b.connect()
    data = post("/api/users", JSON_TYPE, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\nX-T"
    c.send(data)
    b.ends(c, data, BODY, 408)


@probe(
    "continue_stops",
    "RFC 9110 10.1.1: a client that got 100 and sends nothing ends in time",
    Needs.BLOG,
)
def continue_stops(b):
    c, data = b.connect(), _head_of_post(100, "Expect: 100-continue")
    c.send(data)
    deadline = time.monotonic() + 5
    while b"\r\n\r\n" not in c.buffer and c.fill(deadline):
        pass
    b.expect(c.buffer.startswith(b"HTTP/1.1 100 "), f"no 100: {c.buffer[:40]!r}")
    c.buffer = b""
    b.ends(c, data, BODY, 408)


@probe("body_trickles", "reliability 9.6: a slow body that goes on is served", Needs.BLOG)
def body_trickles(b):
    c, body = b.connect(), wire(new_user())
    data = _head_of_post(len(body))
    c.send(data)
    step = max(1, len(body) // 12)
    for i in range(0, len(body), step):
        c.send(body[i : i + step])
        time.sleep(BODY * 0.3)
    b.good(c.read_answer(), data, 201)
    c.close()
