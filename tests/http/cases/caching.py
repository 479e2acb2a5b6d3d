"""Answers that may be kept: validators, conditions, codings (RFC 9110 8.8, 12.5.3, 13; 9111)."""

import gzip

from suite.language import *

kept = Group("caching", api=True)
GROUPS = [kept]

HOME = "GET /"


def with_own_user(*requests, first=()):
    """Makes a user, asks for it once, then sends what `requests` say.

    Each is a function of the path and the ETag, or of these two and the answers so far.
    """

    def path(seen):
        return "/api/users/" + str(json.loads(seen[0].body)["id"])

    def look(seen):
        return get(path(seen), *first)

    def step(make):
        return lambda seen: make(path(seen), seen[1].get("ETag") or '"none"')

    steps = [new_user_post(), read(), look, read()]
    for make in requests:
        steps += [step(make), read()]
    return steps


def then(*wants, check=None, end="kept"):
    return exchange(answer(201), answer(200), *wants, check=check, end=end)


def api(*statuses, method="GET", checks=()):
    return answer(*statuses, to=f"{method} /api/users", checks=checks)


def same(*names):
    """The last two answers agree in these fields."""

    def check(answers):
        for name in names:
            if answers[-1].get(name) != answers[-2].get(name):
                return f"{name}: {answers[-2].get(name)!r}, then {answers[-1].get(name)!r}"
        return None

    return check


VALIDATED = [
    has("ETag", '"[0-9a-f]{32}"'),
    has("Cache-Control", "no-cache"),
    says("Vary", "accept-encoding"),
    lacks("Last-Modified"),
    lacks("Age"),
]
REPEATED = ("ETag", "Cache-Control", "Vary", "Content-Security-Policy")

for name, target in {
    "home": "/",
    "posts": "/posts",
    "list": "/api/posts?limit=10",
    "second_page": "/api/posts?skip=10&limit=10",
}.items():
    kept.contract(
        f"validators_{name}",
        "an answer that is the same for everybody has a tag and is asked for again each time",
        get(target) * 2,
        exchange(answer(200, checks=VALIDATED), answer(200, checks=VALIDATED), check=same("ETag")),
    )
kept.contract(
    "validators_of_one",
    "RFC 9110 8.8.3: made now or kept: the same tag",
    with_own_user(lambda path, tag: get(path)),
    then(api(200, checks=VALIDATED), check=same(*REPEATED, "Content-Length")),
)
for name, target in {"missing": "/api/users/999999999", "page": "/posts/999999999"}.items():
    kept.contract(
        f"no_validators_{name}",
        "an error is about this moment: nothing to keep, and conditions do not count",
        get(target, "If-None-Match: *") * 2,
        exchange(*[answer(404, checks=[lacks("ETag")], to=f"GET {target}")] * 2),
    )
kept.contract(
    "no_validators_stream",
    "a list of everything is never kept",
    get("/api/posts"),
    answered(200, checks=[lacks("ETag")]),
)

# Conditions

for name, value in {
    "same": "{}",
    "weak": "W/{}",
    "list": '"a", "b", {}',
    "asterisk": "*",
    "empty_elements": ", ,{},,",
}.items():
    kept.must(
        f"none_match_{name}",
        "RFC 9110 13.1.2, 15.4.5: the client's copy is current: 304 with what a cache needs",
        with_own_user(lambda path, tag, v=value: get(path, "If-None-Match: " + v.format(tag))),
        then(
            api(304, checks=[lacks("Content-Length"), lacks("Content-Type")]),
            check=same(*REPEATED),
        ),
    )
kept.must(
    "none_match_head",
    "RFC 9110 13.1.2: HEAD too",
    with_own_user(lambda path, tag: request("HEAD", path, "If-None-Match: " + tag)),
    then(api(304, method="HEAD"), check=same("ETag")),
)
kept.must(
    "none_match_two_lines",
    "RFC 9110 5.3: two lines are one list",
    with_own_user(lambda path, tag: get(path, 'If-None-Match: "a"', "If-None-Match: " + tag)),
    then(api(304)),
)
for name, value in {"other": '"other"', "no_quotes": "abc", "coding": "{}"}.items():
    kept.must(
        f"none_match_differs_{name}",
        "RFC 9110 13.1.2: another tag: 200",
        with_own_user(
            lambda path, tag, v=value: get(path, "If-None-Match: " + v.format(tag[:-1] + '-gzip"'))
        ),
        then(api(200, checks=VALIDATED)),
    )
for name, value in {"other": '"other"', "weak": "W/{}", "none": "abc"}.items():
    kept.must(
        f"match_{name}",
        "RFC 9110 13.1.1: strong comparison; it fails: 412",
        with_own_user(lambda path, tag, v=value: get(path, "If-Match: " + v.format(tag))),
        then(api(412, checks=[lacks("ETag")])),
    )
for name, value in {"same": "{}", "asterisk": "*", "list": '"a", {}'}.items():
    kept.must(
        f"match_{name}",
        "RFC 9110 13.1.1: it holds: as if it were not there",
        with_own_user(lambda path, tag, v=value: get(path, "If-Match: " + v.format(tag))),
        then(api(200, checks=VALIDATED)),
    )
kept.must(
    "match_before_none_match",
    "RFC 9110 13.2.2: If-Match comes first",
    with_own_user(lambda path, tag: get(path, 'If-Match: "x"', "If-None-Match: " + tag)),
    then(api(412)),
)
for field in ("If-Modified-Since", "If-Unmodified-Since"):
    kept.must(
        f"{field.lower()}_without_a_date",
        "RFC 9110 13.1.3, 13.1.4: no Last-Modified: the condition is not there",
        get("/", f"{field}: Sun, 06 Nov 1994 08:49:37 GMT"),
        answered(200, checks=VALIDATED),
    )
kept.must(
    "range_is_ignored",
    "RFC 9110 14.2: a server may ignore Range; then all of it comes",
    get("/", "Range: bytes=0-9"),
    answered(200, checks=[lacks("Content-Range"), lacks("Accept-Ranges"), body_has("</html>")]),
)

# What a write changes

kept.must(
    "a_write_is_seen",
    "RFC 9110 8.8.3: the answer after a write is the new one, with a new tag",
    with_own_user(
        lambda path, tag: request("PATCH", path, JSON_TYPE, body=new_user()),
        lambda path, tag: get(path, "If-None-Match: " + tag),
        lambda path, tag: get(path),
    ),
    then(
        api(200, method="PATCH"),
        api(200),
        api(200),
        check=lambda a: "the old answer"
        if a[4].body != a[2].body or a[4].get("ETag") == a[1].get("ETag") or a[3].body != a[4].body
        else None,
    ),
)
kept.must(
    "a_pipelined_write_is_seen",
    "RFC 9112 9.3.2: in order, so a kept answer behind a write shows it",
    [
        new_user_post(),
        read(),
        lambda seen: (
            lambda path: get(path) * 3
            + request("PATCH", path, JSON_TYPE, body=new_user())
            + get(path) * 2
        )("/api/users/" + str(json.loads(seen[0].body)["id"])),
    ],
    exchange(
        answer(201),
        *[api(200)] * 3,
        api(200, method="PATCH"),
        *[api(200)] * 2,
        check=lambda a: None
        if a[1].body == a[2].body == a[3].body != a[4].body == a[5].body == a[6].body
        else "out of order",
    ),
)

# The connection

kept.must(
    "head_like_get",
    "RFC 9110 9.3.2: the fields of GET, made now or kept",
    get("/") + request("HEAD", "/") * 2,
    exchange(
        answer(200),
        answer(200, to="HEAD /"),
        answer(200, to="HEAD /"),
        check=lambda a: same(*REPEATED, "Content-Length", "Content-Type")(a[:2])
        or same(*REPEATED, "Content-Length", "Content-Type")(a[1:]),
    ),
)
kept.must(
    "many_in_a_row",
    "RFC 9112 9.3.2: kept answers keep their places",
    [get("/"), read(), get("/") * 60],
    exchange(
        *[answer(200, to=HOME)] * 61,
        check=lambda a: None if len({x.body for x in a}) == 1 else "they differ",
    ),
)
kept.must(
    "byte_by_byte",
    "RFC 9112 2.2: however it comes in",
    [get("/"), read(), *bytewise(get("/", "Accept: text/html"))],
    exchange(answer(200), answer(200, to=HOME), check=same("ETag")),
)
kept.must(
    "close",
    "RFC 9112 9.6: the last answer says so",
    [get("/"), read(), get("/", "Connection: close")],
    exchange(
        answer(200),
        answer(200, to=HOME, checks=[says("Connection", "close"), *VALIDATED]),
        end="closed",
    ),
)
kept.must(
    "http_1_0",
    "RFC 9112 9.3: an old client is told that the connection stays",
    [
        get("/", "Connection: keep-alive", version="HTTP/1.0"),
        read(),
        get("/", "Connection: keep-alive", version="HTTP/1.0"),
    ],
    exchange(*[answer(200, to=HOME, checks=[says("Connection", "keep-alive")])] * 2),
)
kept.contract(
    "secure_is_said_to_whom_it_concerns",
    "RFC 6797 7.2: one kept answer, with HSTS for those that came by https alone",
    get("/", "X-Forwarded-Proto: https") + get("/") + get("/", "X-Forwarded-Proto: https"),
    exchange(
        answer(200, checks=[has("Strict-Transport-Security")]),
        answer(200, to=HOME, checks=[lacks("Strict-Transport-Security")]),
        answer(200, to=HOME, checks=[has("Strict-Transport-Security")]),
        check=same("ETag"),
    ),
)
kept.contract(
    "unknown_parameters",
    "what a parameter that means nothing says makes no other answer",
    get("/?utm_source=a") + get("/?utm_source=b&fbclid=c"),
    exchange(answer(200), answer(200, to=HOME), check=same("ETag", "Content-Length")),
)

# Codings


def packed_or_plain(answers):
    """Each is the page, packed or not, and says which; the tag differs from coding to coding."""
    pages, tags = set(), set()
    for a in answers:
        coding = a.get("Content-Encoding") or ""
        if coding not in ("", "gzip"):
            return f"Content-Encoding {coding!r} was not asked for"
        pages.add(gzip.decompress(a.body) if coding else a.body)
        tags.add((coding, a.get("ETag")))
    if len(pages) != 1:
        return f"{len(pages)} different pages"
    if len({tag for _, tag in tags}) != len({coding for coding, _ in tags}):
        return f"tags and codings: {sorted(tags)}"
    return None


VARIES = [says("Vary", "accept-encoding"), has("Cache-Control", "no-cache")]
PLAIN = [lacks("Content-Encoding"), body_has("</html>")]
kept.must(
    "gzip",
    "RFC 9110 8.4, 8.8.3.3: a packed answer is the same text, with a tag of its own",
    [get("/", "Accept-Encoding: gzip") * 4, read(4), pause(0.3), get("/", "Accept-Encoding: gzip")],
    exchange(*[answer(200, to=HOME, checks=VARIES)] * 5, check=packed_or_plain),
)
for name, value in {
    "none": "",
    "identity": "identity",
    "refused": "gzip;q=0, br;q=0",
    "refused_all": "*;q=0",
    "unknown": "zstd, compress;q=0.5",
    "nonsense": ";q=,,;;=1,g zip",
    "high": "\xff\xfe",
    "long": ", ".join(f"x{i};q=0.{i % 10}" for i in range(600)),
}.items():
    kept.must(
        f"not_packed_{name}",
        "RFC 9110 12.5.3: a coding that the client does not take is not used",
        [
            get("/", f"Accept-Encoding: {value}") * 4,
            read(4),
            pause(0.1),
            get("/", f"Accept-Encoding: {value}"),
        ],
        exchange(*[answer(200, to=HOME, checks=[*PLAIN, *VARIES])] * 5),
    )
