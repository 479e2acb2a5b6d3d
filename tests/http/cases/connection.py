"""Persistence, closing, pipelining, half-close (RFC 9112 section 9)."""

import json

from suite.language import *

conn = Group("connection")
pipe = Group("pipelining")
GROUPS = [conn, pipe]

NEXT = get("/smuggled", host="smuggled")

conn.must("kept_by_default", "RFC 9112 9.3: HTTP/1.1 persists", get("/"), answered(200))
conn.must(
    "close_honoured",
    "RFC 9112 9.6: close: the server closes after the answer and says so",
    get("/", "Connection: close") + NEXT,
    refused(200, checks=[says("Connection", "close")]),
)
for name, lines in {
    "upper_case": ["Connection: CLOSE"],
    "mixed_case": ["cOnnection: Close"],
    "in_list": ["Connection: foo, close"],
    "first_in_list": ["Connection: close, foo"],
    "with_keep_alive": ["Connection: keep-alive, close"],
    "second_line": ["Connection: foo", "Connection: close"],
    "first_line": ["Connection: close", "Connection: keep-alive"],
    "no_spaces": ["Connection:foo,close,bar"],
    "empty_elements": ["Connection: , ,close,"],
    "tabs": ["Connection:\tfoo\t,\tclose\t"],
}.items():
    conn.must(
        f"close_{name}",
        "RFC 9110 7.6.1: Connection is a list of options without case",
        get("/", *lines) + NEXT,
        refused(200),
    )
for name, line in {
    "longer": "Connection: closed",
    "shorter": "Connection: clos",
    "quoted": 'Connection: "close"',
    "keep_alive": "Connection: keep-alive",
    "empty": "Connection:",
    "comma": "Connection: ,",
    "unknown": "Connection: foo",
    "proxy_connection": "Proxy-Connection: close",
    "keep_alive_field": "Keep-Alive: timeout=1, max=1",
    "names_host": "Connection: Host",
    "names_length": "Connection: Content-Length",
}.items():
    level = conn.harden if name == "quoted" else conn.must
    level(
        f"not_close_{name}",
        "RFC 9110 7.6.1: only the option 'close' closes",
        get("/", line),
        answered(200),
        # A quoted string is no connection option, so refusing it is sound too.
        *([refused(200, 400)] if name == "quoted" else []),
    )
conn.must(
    "names_its_length",
    "RFC 9110 7.6.1: a hop-by-hop name does not remove the framing",
    get(CSS, "Connection: Content-Length, Transfer-Encoding", body=NEXT.decode()),
    answered(200, 400, end="any"),
)
conn.must(
    "http10_closes",
    "RFC 9112 9.3: HTTP/1.0 does not persist unasked",
    get("/", version="HTTP/1.0") + NEXT,
    refused(200),
)
conn.should(
    "http10_keep_alive",
    "RFC 9112 9.3, C.2.2: keep-alive asked for, may be granted, and is said",
    get("/", "Connection: keep-alive", version="HTTP/1.0"),
    answered(200, checks=[says("Connection", "keep-alive")]),
    refused(200),
)
conn.must(
    "http10_close_wins",
    "RFC 9112 9.3: close comes first",
    get("/", "Connection: keep-alive, close", version="HTTP/1.0") + NEXT,
    refused(200),
)
conn.should(
    "kept_after_404",
    "RFC 9112 9.3: an answered request is no reason to close",
    get("/nope"),
    answered(404),
)
conn.should(
    "kept_after_405",
    "RFC 9112 9.3: an answered request is no reason to close",
    request("DELETE", "/"),
    answered(405),
)
conn.should(
    "kept_after_304",
    "RFC 9112 9.3: an answered request is no reason to close",
    get(CSS, "If-None-Match: *"),
    answered(304),
)
conn.should(
    "kept_after_head",
    "RFC 9112 9.3: an answered request is no reason to close",
    request("HEAD", "/"),
    answered(200),
)
conn.must(
    "half_close",
    "RFC 9112 9.6: our sending side is closed, the answer still comes",
    [get("/"), HALF_CLOSE],
    refused(200),
)
conn.must(
    "half_close_later",
    "RFC 9112 9.6: the same in another segment",
    [get("/"), pause(0.2), HALF_CLOSE],
    refused(200),
)
conn.must(
    "half_close_pipelined",
    "RFC 9112 9.6: all answers still come",
    [get("/") * 5, HALF_CLOSE],
    exchange(*[answer(200)] * 5, end="closed"),
)
conn.must(
    "half_close_in_head",
    "RFC 9112 8: an incomplete head is never executed",
    [get("/")[:-2], HALF_CLOSE],
    refused(400),
    silently_closed(),
)
conn.must(
    "half_close_in_line",
    "RFC 9112 8: an incomplete line is never executed",
    [b"GET / HT", HALF_CLOSE],
    refused(400),
    silently_closed(),
)
conn.must(
    "nothing_sent",
    "RFC 9112 9.5: a connection without a request ends without an answer",
    [HALF_CLOSE],
    silently_closed(),
)
conn.should(
    "only_empty_lines",
    "RFC 9112 2.2: empty lines are no request",
    [b"\r\n", HALF_CLOSE],
    silently_closed(),
    refused(400),
)
conn.must(
    "second_after_pause",
    "RFC 9112 9.3: a kept connection serves later requests",
    [get("/"), read(), pause(0.5), get(CSS)],
    exchange(answer(200), answer(200)),
)
conn.must(
    "head_in_two_segments",
    "RFC 9112 2.2: segments mean nothing",
    [get("/")[:20], pause(0.2), get("/")[20:]],
    answered(200),
)
conn.must(
    "cut_between_cr_and_lf",
    "RFC 9112 2.2: segments mean nothing",
    [get("/")[:-1], pause(0.2), b"\n"],
    answered(200),
)
conn.must(
    "two_hundred_in_turn",
    "RFC 9112 9.3: a connection lasts",
    [step for _ in range(200) for step in (get("/"), read())],
    exchange(*[answer(200)] * 200, end="any"),
)

pipe.must(
    "two",
    "RFC 9112 9.3.2: answers come in the order of the requests",
    get("/") + get(CSS),
    exchange(answer(200), answer(200, checks=[has("Content-Type", "text/css.*")])),
)
pipe.must(
    "ten",
    "RFC 9112 9.3.2: answers come in the order of the requests",
    (get("/") + get("/nope")) * 5,
    exchange(*[answer(200), answer(404, to="GET /nope")] * 5),
)
pipe.must(
    "hundred", "RFC 9112 9.3.2: no answer is lost", get(CSS) * 100, exchange(*[answer(200)] * 100)
)
pipe.must(
    "thousand",
    "RFC 9112 9.3.2: no answer is lost; ends by close",
    get("/health") * 999 + get("/health", "Connection: close"),
    exchange(*[answer(200)] * 1000, end="closed"),
    patience=20,
)
pipe.must(
    "head_between",
    "RFC 9112 9.3.2, 6.3: HEAD has no body, the next answer follows",
    get("/") + request("HEAD", CSS) + get(CSS),
    exchange(answer(200), answer(200, to=f"HEAD {CSS}"), answer(200)),
)
pipe.must(
    "head_of_missing",
    "RFC 9110 9.3.2: a 404 to HEAD has no body either",
    request("HEAD", "/nope") + request("HEAD", "/nope") + get("/"),
    exchange(answer(404), answer(404, to="HEAD /nope"), answer(200)),
)
pipe.must(
    "not_modified_between",
    "RFC 9110 15.4.5: a 304 has no body",
    get(CSS, "If-None-Match: *") + get(CSS),
    exchange(answer(304), answer(200)),
)
pipe.must(
    "options_between",
    "RFC 9110 15.3.5: a 204 has no body",
    request("OPTIONS", "*") + get(CSS),
    exchange(answer(200, 204, generic=[400, 405]), answer(200)),
    refused(400),
)
pipe.must(
    "with_bodies",
    "RFC 9112 6: each body belongs to its request",
    get(CSS, body="hello")
    + get(CSS, "Transfer-Encoding: chunked", body=chunk("x") + LAST_CHUNK)
    + get(CSS),
    exchange(*[answer(200)] * 3),
    exchange(answer(200), end="closed"),
)
pipe.must(
    "stops_at_close",
    "RFC 9112 9.6: nothing behind a close is executed",
    get("/", "Connection: close") + get("/") * 5,
    refused(200),
)
pipe.must(
    "stops_at_bad_request",
    "RFC 9112 9.3.2: nothing behind a framing error is executed",
    get("/") + get("/", "Transfer-Encoding: x") + get("/") * 5,
    exchange(answer(200), answer(400, 501, to="GET /"), end="closed"),
)
pipe.must(
    "stops_at_garbage",
    "RFC 9112 2.2: nothing behind an invalid line is executed",
    get("/") + b"\x00\x01garbage\r\n\r\n" + get("/") * 5,
    exchange(answer(200), answer(400, to="-"), end="closed"),
)
pipe.must(
    "in_pieces",
    "RFC 9112 9.3.2: segments mean nothing",
    [
        part
        for data in [(get("/") + get(CSS)) * 3]
        for i in range(0, len(data), 11)
        for part in (data[i : i + 11], pause(0.002))
    ],
    exchange(*[answer(200)] * 6),
)
pipe.must(
    "mixed_versions",
    "RFC 9112 9.3: each request has its own version",
    get("/") + get("/", version="HTTP/1.0") + NEXT,
    exchange(answer(200), answer(200), end="closed"),
)
pipe.harden(
    "different_hosts",
    "RFC 9112 3.3: each request has its own Host",
    get("/", host="a.example") + get("/", host="b.example"),
    exchange(answer(200), answer(200)),
)
pipe.must(
    "write_then_read",
    "RFC 9112 9.3.2: in order, so a read sees the write before it",
    [
        post("/api/users", JSON_TYPE, body=new_user()),
        read(),
        lambda seen: get("/api/users/" + str(json.loads(seen[0].body)["id"])) * 2,
    ],
    exchange(answer(201), answer(200), answer(200)),
    api=True,
)
