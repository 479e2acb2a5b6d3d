"""Limits: target 8 KiB, head 16 KiB, 100 fields, body 1 MiB (reliability.md 9.3)."""

from suite.language import *

limits = Group("limits")
api = Group("limits_api", api=True)
GROUPS = [limits, api]

NEXT = get("/smuggled", host="smuggled")
WHY_TARGET = "RFC 9110 15.5.15, limit 8 KiB: 414"
WHY_HEAD = "RFC 6585 5, limit 16 KiB: 431"
WHY_COUNT = "RFC 6585 5, limit 100 fields: 431"
WHY_BODY = "RFC 9110 15.5.14, limit 1 MiB: 413"
KIB = 1024


def target_of(size, start="/?"):
    return start + "a" * (size - len(start))


limits.should(
    "target_8000",
    "RFC 9112 3: at least 8000 octets of request line",
    get(target_of(7980)),
    answered(200),
)
limits.contract(
    "target_8192", "limit 8 KiB: that much is allowed", get(target_of(8192)), answered(200)
)
for size in (8193, 9000, 12_000):
    limits.contract(f"target_{size}", WHY_TARGET, get(target_of(size)) + NEXT, refused(414))
for size in (20_000, 70_000, 1 << 20):
    limits.must(
        f"target_{size}",
        "RFC 9112 3: too long: 414 (431 where the head's limit comes first)",
        get(target_of(size)) + NEXT,
        refused(414, 431, generic=[400]),
    )
limits.must(
    "target_endless",
    "RFC 9112 3: no line end at all: 414, and no waiting for one",
    b"GET /" + b"a" * 300_000,
    refused(414, 431, 400),
)
limits.harden(
    "method_endless",
    "no space at all: refused, no waiting for one",
    b"A" * 300_000,
    refused(400, 414, 431, 501),
)
limits.harden(
    "absolute_form_long",
    WHY_TARGET,
    get("http://localhost" + target_of(20_000)),
    refused(414, 431, generic=[400]),
)
limits.must(
    "field_7000",
    "RFC 6585 5: below every usual limit",
    get("/", "X-A: " + "b" * 7000),
    answered(200),
)
limits.contract(
    "field_15000",
    "limit 16 KiB: that much is allowed",
    get("/", "X-A: " + "b" * 15_000),
    answered(200),
)
limits.contract(
    "head_two_fields_15000",
    "limit 16 KiB: that much is allowed",
    get("/", "X-A: " + "b" * 7500, "X-B: " + "b" * 7500),
    answered(200),
)
for size in (17_000, 40_000, 65_000, 65_534, 65_535, 65_536, 70_000, 1 << 20):
    limits.harden(
        f"value_{size}",
        WHY_HEAD + " (Beast 2920 above 65,534)",
        get("/", "X-A: " + "b" * size) + NEXT,
        refused(431, generic=[400]),
    )
for size in (17_000, 65_535, 70_000):
    limits.harden(
        f"name_{size}",
        WHY_HEAD + " (Beast 2920 above 65,534)",
        get("/", "X" * size + ": b") + NEXT,
        refused(431, 400),
    )
limits.harden(
    "head_of_many",
    WHY_HEAD,
    get("/", *[f"X-{i}: " + "b" * 1000 for i in range(40)]) + NEXT,
    refused(431, generic=[400]),
)
limits.harden(
    "cookie_large",
    WHY_HEAD,
    get("/", "Cookie: " + "a=b; " * 4000) + NEXT,
    refused(431, generic=[400]),
)
limits.harden(
    "head_endless",
    WHY_HEAD + ", without an end of the head",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 60_000,
    refused(431, generic=[400]),
)
limits.harden(
    "value_endless",
    WHY_HEAD + ", without an end of the line",
    b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"b" * 300_000,
    refused(431, generic=[400]),
)
limits.harden(
    "whitespace_endless",
    WHY_HEAD,
    b"GET / HTTP/1.1\r\nHost: a\r\nX-A:" + b" " * 300_000,
    refused(431, generic=[400]),
)
limits.should(
    "fields_50",
    "RFC 6585 5: below every usual limit",
    get("/", *[f"X-{i}: b" for i in range(49)]),
    answered(200),
)
limits.contract(
    "fields_100",
    "limit 100: that many are allowed",
    get("/", *[f"X-{i}: b" for i in range(99)]),
    answered(200),
)
for count in (101, 102, 500, 1500):
    limits.contract(
        f"fields_{count}", WHY_COUNT, get("/", *["a:b"] * (count - 1)) + NEXT, refused(431)
    )
limits.harden(
    "fields_5000", WHY_COUNT, get("/", *["a:"] * 4999) + NEXT, refused(431, generic=[400])
)
limits.harden(
    "empty_lines_flood",
    "RFC 9112 2.2: empty lines are ignored within reason",
    b"\r\n" * 100_000 + get("/"),
    answered(200, end="any"),
    refused(400, 431),
    silently_closed(),
)
for name, size in {
    "1_more": (1 << 20) + 1,
    "2_mib": 2 << 20,
    "2_31": 2**31,
    "2_32": 2**32,
    "2_40": 2**40,
    "2_62": 2**62,
}.items():
    limits.contract(
        f"length_{name}",
        WHY_BODY + ", at once, nothing of it read",
        post(CSS, f"Content-Length: {size}"),
        refused(413, 405),
    )

BIG = "x" * ((1 << 20) + 1)
api.contract(
    "length_1_more",
    WHY_BODY + ", at once, with a detail",
    post("/api/users", JSON_TYPE, f"Content-Length: {(1 << 20) + 1}"),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "length_2_62",
    WHY_BODY + ", at once, with a detail",
    post("/api/users", JSON_TYPE, f"Content-Length: {2**62}"),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "length_on_posts",
    WHY_BODY,
    post("/api/posts", JSON_TYPE, "Content-Length: 2000000"),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "body_1_mib",
    "limit 1 MiB: that much is allowed (and is no JSON)",
    post("/api/users", JSON_TYPE, body="x" * (1 << 20)),
    answered(422, 400),
)
api.contract(
    "body_1_more_sent",
    WHY_BODY + "; the answer arrives although the client sends all",
    post("/api/users", JSON_TYPE, body=BIG),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "body_8_mib_sent",
    WHY_BODY + "; lingering close, no reset before the answer is read",
    post("/api/users", JSON_TYPE, body="x" * (8 << 20)),
    exchange(answer(413, checks=[detail(".")]), end="closed", reset_ok=True),
)
api.contract(
    "chunked_1_more",
    WHY_BODY + ", chunked",
    post(
        "/api/users",
        JSON_TYPE,
        "Transfer-Encoding: chunked",
        body=chunk("x" * 65536) * 16 + chunk("x") + LAST_CHUNK,
    ),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "chunked_1_mib",
    "limit 1 MiB, chunked: that much is allowed (and is no JSON)",
    post(
        "/api/users",
        JSON_TYPE,
        "Transfer-Encoding: chunked",
        body=chunk("x" * 65536) * 16 + LAST_CHUNK,
    ),
    answered(422, 400),
)
api.contract(
    "chunk_announced",
    WHY_BODY + ", a chunk that says it is too large",
    post("/api/users", JSON_TYPE, "Transfer-Encoding: chunked", body=b"7fffffff\r\nxxxx"),
    refused(413, checks=[detail(".")]),
)
api.contract(
    "chunked_endless",
    WHY_BODY + ", chunked without an end",
    post("/api/users", JSON_TYPE, "Transfer-Encoding: chunked", body=chunk("x" * 65536) * 40),
    exchange(answer(413, checks=[detail(".")]), end="closed", reset_ok=True),
)
WHY_LINGER = "RFC 9112 9.6: close in stages: a reset may destroy the answer before it is read"
limits.harden(
    "lingers_after_bad_request",
    WHY_LINGER,
    get("/", "Transfer-Encoding: x", body="x" * 20_000),
    refused_gently(400, 501),
)
limits.harden(
    "lingers_after_431",
    WHY_LINGER,
    get("/", "X-A: " + "b" * 40_000),
    refused_gently(431, generic=[400]),
)
limits.harden(
    "lingers_after_bad_chunk",
    WHY_LINGER,
    get(CSS, "Transfer-Encoding: chunked", body="zz\r\n" + "x" * 20_000),
    refused_gently(400),
)
limits.harden(
    "lingers_after_announced_body",
    WHY_LINGER,
    post(CSS, "Content-Length: 20000000", body="x" * 20_000),
    refused_gently(413, 405),
)
api.contract(
    "lingers_after_413",
    WHY_LINGER,
    post("/api/users", JSON_TYPE, "Content-Length: 20000000", body="x" * 20_000),
    refused_gently(413, checks=[detail(".")]),
)
api.contract(
    "body_behind_413_is_no_request",
    "RFC 9112 9.6: what follows a refusal is never executed",
    post("/api/users", JSON_TYPE, "Content-Length: 2000000", body=NEXT.decode() * 10),
    refused(413),
)
api.contract(
    "head_431_is_json",
    "reliability 9.10: 431 under /api has a detail",
    get("/api/posts", "X-A: " + "b" * 20_000),
    refused(431, checks=[detail(".")]),
)
api.contract(
    "count_431_is_json",
    "reliability 9.10: 431 under /api has a detail",
    get("/api/posts", *["a:b"] * 200),
    refused(431, checks=[detail(".")]),
)
api.contract(
    "target_414_is_json",
    "reliability 9.10: 414 under /api has a detail",
    get(target_of(9000, "/api/posts?")),
    refused(414, checks=[detail(".")]),
)
api.contract(
    "post_200_kb",
    "a long post is 200 KB: accepted or its author is unknown, never refused by size",
    post(
        "/api/posts",
        JSON_TYPE,
        body='{"title":"t","content":"' + "y" * 200_000 + '","user_id":999999999}',
    ),
    answered(404),
)
