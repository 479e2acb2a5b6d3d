"""Expect: 100-continue (RFC 9110 10.1.1)."""

from suite.language import *

expect = Group("expect")
api = Group("expect_api", api=True)
GROUPS = [expect, api]

WAITS = "Expect: 100-continue"
NEXT = get("/smuggled", host="smuggled")

expect.must(
    "no_body",
    "RFC 9110 10.1.1: without a body there is nothing to continue; a final answer",
    get(CSS, WAITS),
    answered(200, interim=(0, 1)),
)
expect.must(
    "http10",
    "RFC 9110 10.1.1: HTTP/1.0 gets no 100",
    get(CSS, WAITS, "Content-Length: 5", body="hello", version="HTTP/1.0"),
    refused(200),
)
expect.must(
    "http10_waits",
    "RFC 9110 10.1.1: HTTP/1.0 gets no 100, even when it waits",
    [post(CSS, WAITS, "Content-Length: 5", version="HTTP/1.0"), pause(0.4), b"hello"],
    refused(405),
)
expect.must(
    "bad_framing_first",
    "RFC 9110 10.1.1: no 100 for what is refused by its head",
    get(CSS, WAITS, "Transfer-Encoding: xchunked"),
    refused(400, 501),
)
expect.must(
    "bad_length_first",
    "RFC 9110 10.1.1: no 100 for what is refused by its head",
    get(CSS, WAITS, "Content-Length: -1"),
    refused(400),
)
expect.must(
    "missing_host_first",
    "RFC 9110 10.1.1: no 100 for what is refused by its head",
    post(CSS, WAITS, "Content-Length: 5", host=None),
    refused(400),
)
expect.must(
    "unknown",
    "RFC 9110 10.1.1: an expectation that is not known: 417, or ignored",
    get(CSS, "Expect: 200-ok"),
    answered(200, 417, end="any"),
)
expect.harden(
    "unknown_pair",
    "RFC 9110 10.1.1: an expectation that is not known: 417, or ignored",
    get(CSS, "Expect: 100-continue, x=y"),
    answered(200, 417, end="any", interim=(0, 1)),
)
expect.harden(
    "empty", "RFC 9110 10.1.1: an empty list", get(CSS, "Expect:"), answered(200, 417, end="any")
)
expect.must(
    "wrong_method",
    "RFC 9110 10.1.1: a final answer or 100, then it does not hang",
    [post(CSS, WAITS, "Content-Length: 5"), pause(0.2), b"hello"],
    answered(405, end="any", interim=(0, 1)),
)


def waiting_post(*fields, body, length=None):
    """The head alone; the body is sent when the caller says so."""
    size = len(body) if length is None else length
    return post("/api/users", JSON_TYPE, *fields, f"Content-Length: {size}")


first, second, third, fourth, fifth, sixth = (new_user() for _ in range(6))
api.must(
    "waits_for_100",
    "RFC 9110 10.1.1: 100 at once, the body, then the final answer",
    [waiting_post(WAITS, body=first), READ_CONTINUE, wire(first)],
    answered(201, interim=(1, 1)),
)
api.must(
    "value_without_case",
    "RFC 9110 10.1.1: the value is compared without case",
    [waiting_post("expect: 100-Continue", body=second), READ_CONTINUE, wire(second)],
    answered(201, interim=(1, 1)),
)
api.must(
    "chunked",
    "RFC 9110 10.1.1: the same with a chunked body",
    [
        post("/api/users", JSON_TYPE, WAITS, "Transfer-Encoding: chunked"),
        READ_CONTINUE,
        chunk(third) + LAST_CHUNK,
    ],
    answered(201, interim=(1, 1)),
)
api.must(
    "body_already_there",
    "RFC 9110 10.1.1: 100 may be omitted when the body has come",
    waiting_post(WAITS, body=fourth) + wire(fourth),
    answered(201, interim=(0, 1)),
)
api.must(
    "client_does_not_wait_for_ever",
    "RFC 9110 10.1.1: the body may come without a 100",
    [waiting_post(WAITS, body=fifth), pause(0.3), wire(fifth)],
    answered(201, interim=(0, 1)),
)
api.must(
    "empty_body",
    "RFC 9110 10.1.1: Content-Length 0 has nothing to wait for",
    post("/api/users", JSON_TYPE, WAITS, "Content-Length: 0"),
    answered(422, interim=(0, 1)),
)
api.must(
    "http10_created",
    "RFC 9110 10.1.1: HTTP/1.0 gets no 100",
    new_user_post(WAITS, version="HTTP/1.0"),
    refused(201),
)
api.must(
    "http10_waits_created",
    "RFC 9110 10.1.1: HTTP/1.0 gets no 100, even when it waits",
    [
        post("/api/users", JSON_TYPE, WAITS, f"Content-Length: {len(sixth)}", version="HTTP/1.0"),
        quiet(0.4),
        wire(sixth),
    ],
    refused(201),
)
api.must(
    "too_large",
    "RFC 9110 10.1.1: 413 at once instead of 100",
    waiting_post(WAITS, body="", length=50 << 20),
    refused(413, checks=[detail(".")]),
)
api.must(
    "bad_framing",
    "RFC 9110 10.1.1: 400 at once instead of 100",
    post("/api/users", JSON_TYPE, WAITS, "Transfer-Encoding: gzip"),
    refused(400, 501, checks=[detail(".")]),
)
api.harden(
    "unknown_path",
    "RFC 9110 10.1.1: 404 at once, or 100 first; no hang",
    [post("/api/nope", JSON_TYPE, WAITS, "Content-Length: 2"), pause(0.2), b"{}"],
    answered(404, end="any", interim=(0, 1)),
)
api.harden(
    "through_proxy",
    "403 at once, or 100 first; no hang",
    [waiting_post(WAITS, "X-Forwarded-For: 192.0.2.1", body="{}"), pause(0.2), b"{}"],
    answered(403, end="any", interim=(0, 1)),
)
api.harden(
    "twice",
    "two equal lines are a list of two",
    new_user_post(WAITS, WAITS),
    answered(201, 417, end="any", interim=(0, 1)),
)
api.must(
    "pipelined",
    "RFC 9110 10.1.1: interim answers keep the order",
    new_user_post(WAITS) + new_user_post(WAITS),
    exchange(answer(201, interim=(0, 1)), answer(201, interim=(0, 1))),
)
