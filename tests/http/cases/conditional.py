"""Validators and conditional requests on a file (RFC 9110 8.8 and 13)."""

import time

from suite.language import *

cond = Group("conditional")
GROUPS = [cond]


def after_get(*fields, method="GET", **more):
    """Fetches the file, then asks again with fields made of its validators.

    {etag}, {opaque} (the tag without W/), {date} and other forms of Last-Modified are filled in.
    """

    def second(seen):
        etag, modified = seen[0].get("ETag") or '"none"', seen[0].get("Last-Modified") or ""
        values = {
            "etag": etag,
            "opaque": etag.removeprefix("W/"),
            "date": modified,
            **other_dates(modified),
        }
        return request(method, CSS, *[f.format(**values) for f in fields], **more)

    return [get(CSS), read(), second]


def other_dates(modified):
    """Last-Modified in the two obsolete forms of RFC 9110 5.6.7, a day earlier, a day later."""
    try:
        stamp = time.mktime(time.strptime(modified, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
    except ValueError:
        stamp = 0
    at, fixdate = time.gmtime(stamp), "%a, %d %b %Y %H:%M:%S GMT"
    return {
        "rfc850": time.strftime("%A, %d-%b-%y %H:%M:%S GMT", at),
        "asctime": time.strftime("%a %b ", at)
        + f"{at.tm_mday:2d}"
        + time.strftime(" %H:%M:%S %Y", at),
        "earlier": time.strftime(fixdate, time.gmtime(stamp - 86400)),
        "later": time.strftime(fixdate, time.gmtime(stamp + 1)),
    }


def keeps_validators(answers):
    """RFC 9110 15.4.5: a 304 repeats what a cache needs."""
    first, second = answers[0], answers[1]
    for name in ("ETag", "Cache-Control", "Expires", "Vary", "Content-Location"):
        if first.get(name) != second.get(name):
            return f"{name} is {first.get(name)!r} in the 200 and {second.get(name)!r} in the 304"
    return None


def then(*statuses, to=f"GET {CSS}", check=None, checks=(), end="any"):
    return exchange(answer(200), answer(*statuses, to=to, checks=checks), check=check, end=end)


cond.must(
    "has_validators",
    "RFC 9110 8.8: a file has a strong ETag and Last-Modified",
    get(CSS),
    answered(200, checks=[has("ETag", '"[^"]+"'), has("Last-Modified")]),
)
cond.must(
    "stable_etag",
    "RFC 9110 8.8.3: the same bytes, the same ETag",
    get(CSS) + get(CSS),
    exchange(
        answer(200),
        answer(200),
        check=lambda a: None if a[0].get("ETag") == a[1].get("ETag") else "ETag differs",
    ),
)
cond.must(
    "none_match",
    "RFC 9110 13.1.2: the tag matches: 304 with the validators",
    after_get("If-None-Match: {etag}"),
    then(304, check=keeps_validators, end="kept"),
)
cond.must(
    "none_match_has_no_body_length",
    "RFC 9110 8.6: a length in a 304 would be the file's",
    after_get("If-None-Match: {etag}"),
    then(
        304,
        check=lambda a: None
        if a[1].get("Content-Length") in (None, str(len(a[0].body)))
        else f"Content-Length {a[1].get('Content-Length')}",
    ),
)
for name, value in {
    "weak": "W/{opaque}",
    "list": '"a", "b", {etag}',
    "list_no_spaces": '"a",{etag},"b"',
    "list_weak": 'W/"a", W/{opaque}',
    "asterisk": "*",
    "comma_in_tag": '"a,b", {etag}',
    "empty_elements": ", ,{etag},,",
}.items():
    cond.must(
        f"none_match_{name}",
        "RFC 9110 13.1.2, 8.8.3.2: weak comparison, lists, '*'",
        after_get(f"If-None-Match: {value}"),
        then(304),
    )
cond.must(
    "none_match_two_lines",
    "RFC 9110 5.3: two lines are one list",
    after_get('If-None-Match: "a"', "If-None-Match: {etag}"),
    then(304),
)
for name, value in {
    "other": '"other"',
    "weak_other": 'W/"other"',
    "empty_tag": '""',
    "prefix": '"x{opaque}"',
}.items():
    value = value.replace('"x{opaque}"', '"x"')
    cond.must(
        f"none_match_differs_{name}",
        "RFC 9110 13.1.2: another tag: 200",
        after_get(f"If-None-Match: {value}"),
        then(200),
    )
for name, value in {
    "no_quotes": "abc",
    "open_quote": '"abc',
    "empty": "",
    "comma": ",",
    "high": '"\xff"',
    "long": '"' + "x" * 4000 + '"',
    "many": ", ".join(f'"{i}"' for i in range(500)),
}.items():
    cond.harden(
        f"none_match_odd_{name}",
        "RFC 9110 13.1.2: what is no matching tag does not match",
        after_get(f"If-None-Match: {value}"),
        then(200, 400),
    )
cond.must(
    "none_match_head",
    "RFC 9110 13.1.2: HEAD too",
    after_get("If-None-Match: {etag}", method="HEAD"),
    then(304, to=f"HEAD {CSS}"),
)
cond.must(
    "none_match_missing_file",
    "RFC 9110 13.2.1: conditions count only where the answer would be 2xx",
    get("/nope", "If-None-Match: *"),
    answered(404),
)
cond.must(
    "modified_since_equal",
    "RFC 9110 13.1.3: not modified since: 304",
    after_get("If-Modified-Since: {date}"),
    then(304, check=keeps_validators),
)
cond.harden(
    "modified_since_later",
    "RFC 9110 13.1.3: a later date: 304 (nginx's exact mode: 200)",
    after_get("If-Modified-Since: {later}"),
    then(304, 200),
)
cond.must(
    "modified_since_earlier",
    "RFC 9110 13.1.3: modified since: 200",
    after_get("If-Modified-Since: {earlier}"),
    then(200),
)
for form in ("rfc850", "asctime"):
    cond.must(
        f"modified_since_{form}",
        "RFC 9110 5.6.7: the obsolete forms must be accepted",
        after_get(f"If-Modified-Since: {{{form}}}"),
        then(304),
    )
for name, value in {
    "garbage": "garbage",
    "empty": "",
    "number": "1",
    "no_day": "01 Jan 2024 00:00:00 GMT",
    "bad_day": "Sun, 99 Foo 2024 00:00:00 GMT",
    "overflow": "Sun, 01 Jan 99999 00:00:00 GMT",
    "huge": "9" * 3000,
    "high": "\xff\xfe",
}.items():
    cond.must(
        f"modified_since_invalid_{name}",
        "RFC 9110 13.1.3: no HTTP-date: ignored",
        after_get(f"If-Modified-Since: {value}"),
        then(200),
    )
cond.must(
    "none_match_wins_differs",
    "RFC 9110 13.2.2: If-None-Match first, the date is ignored",
    after_get('If-None-Match: "other"', "If-Modified-Since: {date}"),
    then(200),
)
cond.must(
    "none_match_wins_matches",
    "RFC 9110 13.2.2: If-None-Match first, the date is ignored",
    after_get("If-Modified-Since: {earlier}", "If-None-Match: {etag}"),
    then(304),
)
cond.must("match", "RFC 9110 13.1.1: the tag matches", after_get("If-Match: {etag}"), then(200))
cond.must(
    "match_asterisk",
    "RFC 9110 13.1.1: '*' matches what exists",
    after_get("If-Match: *"),
    then(200),
)
cond.must(
    "match_list", "RFC 9110 13.1.1: one of a list", after_get('If-Match: "a", {etag}'), then(200)
)
cond.must(
    "match_fails",
    "RFC 9110 13.1.1: no tag matches: the method is not performed: 412",
    after_get('If-Match: "other"'),
    then(412),
)
cond.must(
    "match_weak_fails",
    "RFC 9110 13.1.1: strong comparison: a weak tag never matches",
    after_get("If-Match: W/{opaque}"),
    then(412),
)
cond.must(
    "unmodified_since",
    "RFC 9110 13.1.4: not modified since",
    after_get("If-Unmodified-Since: {date}"),
    then(200),
)
cond.must(
    "unmodified_since_fails",
    "RFC 9110 13.1.4: modified since: 412",
    after_get("If-Unmodified-Since: {earlier}"),
    then(412),
)
cond.must(
    "unmodified_since_invalid",
    "RFC 9110 13.1.4: no HTTP-date: ignored",
    after_get("If-Unmodified-Since: garbage"),
    then(200),
)
cond.must(
    "match_wins_over_date",
    "RFC 9110 13.2.2: If-Match first, the date is ignored",
    after_get("If-Match: {etag}", "If-Unmodified-Since: {earlier}"),
    then(200),
)
cond.must(
    "match_then_none_match",
    "RFC 9110 13.2.2: then If-None-Match",
    after_get("If-Match: {etag}", "If-None-Match: {etag}"),
    then(304),
)
cond.must(
    "post_is_405",
    "RFC 9110 13.2.1: conditions count only where the answer would be 2xx",
    after_get("If-Modified-Since: {date}", method="POST", body=""),
    then(405, to=f"POST {CSS}"),
)


def coded_apart(answers):
    """RFC 9110 8.8.3.3, 12.5.5: another coding has another tag, and Vary says so."""
    plain, other = answers
    if other.get("Content-Encoding") is None:
        return None if other.body == plain.body else "no Content-Encoding but other bytes"
    if "accept-encoding" not in other.tokens("Vary"):
        return "Content-Encoding without Vary: Accept-Encoding"
    same = plain.get("ETag") == other.get("ETag") and not plain.get("ETag").startswith("W/")
    return "the same strong ETag for two codings" if same else None


for name, value in {
    "gzip": "gzip",
    "br": "br, gzip;q=0.5",
    "any": "*",
    "weights": "gzip;q=0.001, identity;q=0.5",
}.items():
    cond.must(
        f"coding_{name}",
        "RFC 9110 8.8.3.3, 12.5.5: codings have their own ETag, and Vary",
        get(CSS) + get(CSS, f"Accept-Encoding: {value}"),
        exchange(answer(200), answer(200), check=coded_apart),
    )
for name, value in {
    "empty": "",
    "identity_only": "identity",
    "gzip_refused": "gzip;q=0, *;q=0.1",
}.items():
    cond.must(
        f"coding_plain_{name}",
        "RFC 9110 12.5.3: what is refused is not used",
        get(CSS, f"Accept-Encoding: {value}"),
        answered(
            200,
            checks=[lambda a: "gzip was refused" if a.get("Content-Encoding") == "gzip" else None],
        ),
    )
cond.must(
    "media_type",
    "RFC 9110 8.3: text/css",
    get(CSS),
    answered(200, checks=[has("Content-Type", "text/css.*")]),
)
