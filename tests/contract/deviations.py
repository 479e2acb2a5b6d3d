"""Where blogd answers otherwise than the recorded app, on purpose: the whole list, each with its
reason. replay.py asks the first entry that matches; an exchange without one must be equal in status,
content type, the fields of the record and every byte of the body."""

import html
import json
import re


class Deviation:
    def __init__(self, reason, applies, check):
        self.reason, self.applies, self.check = reason, applies, check


def problems_of(expected, actual, what):
    return [] if expected == actual else [f"{what}: expected {expected!r}, got {actual!r}"]


def detail_is(status, detail=None, kind=None):
    """The answer is a JSON error: `detail` as text, or its first issue's type."""
    def check(record, answer):
        out = problems_of(status, answer.status, "status")
        try:
            got = json.loads(answer.body)["detail"]
        except (ValueError, KeyError, TypeError):
            return out + [f"no JSON detail: {answer.body[:200]!r}"]
        if detail is not None:
            out += problems_of(detail, got, "detail")
        if kind is not None:
            out += problems_of(kind, got[0]["type"], "type of the first issue")
        return out
    return check


def page_is(status):
    def check(record, answer):
        return (problems_of(status, answer.status, "status") +
                problems_of("text/html; charset=utf-8", answer.headers.get("content-type"), "type"))
    return check


def method(record):
    return record["request"]["method"]


def path(record):
    return record["request"]["path"]


def name(record):
    return record["name"]


def sent(record):
    return record["request"].get("body") or ""


def is_page(record):
    return record["headers"].get("content-type", "").startswith("text/html")


def beyond_64_bit(record):
    digits = re.search(r"/(-?\d{19,})(/posts)?$", path(record))
    return record["status"] == 500 and digits is not None


def not_found_for_the_path(record, answer):
    detail = "Post not found" if "/posts/" in path(record) and "/users/" not in path(record) else "User not found"
    if path(record).startswith("/api"):
        return detail_is(404, detail)(record, answer)
    out = page_is(404)(record, answer)
    return out if detail.encode() in answer.body else out + [f"the page does not say {detail}"]


def head_like_get(record, answer):
    """HEAD answers as GET does, without the body."""
    out = problems_of(b"", answer.body, "body")
    known = not path(record).endswith("nope")
    return out + problems_of(200 if known else 404, answer.status, "status")


def options_says_allow(record, answer):
    return (problems_of(204, answer.status, "status") + problems_of(b"", answer.body, "body") +
            ([] if "OPTIONS" in answer.headers.get("allow", "") else ["Allow does not name OPTIONS"]))


def allow_is_complete(record, answer):
    allowed = {m.strip() for m in answer.headers.get("allow", "").split(",")}
    out = problems_of(405, answer.status, "status")
    recorded = record["headers"].get("allow")
    if recorded and recorded not in allowed or "OPTIONS" not in allowed:
        out.append(f"Allow is incomplete: {sorted(allowed)}")
    if method(record) in allowed:
        out.append("Allow names the method that was refused")
    if path(record).startswith("/api"):
        return out + problems_of(record["body"].encode(), answer.body, "body")
    return out + page_is(405)(record, answer)


def location_is_relative(record, answer):
    recorded = record["headers"]["location"].removeprefix("http://blog.test")
    return (problems_of(307, answer.status, "status") +
            problems_of(recorded, answer.headers.get("location"), "location"))


def own_file(record, answer):
    """Status, type and framing as recorded; the bytes are ours."""
    out = problems_of(record["status"], answer.status, "status")
    if record["status"] in (200, 206):
        out += problems_of(record["headers"]["content-type"], answer.headers.get("content-type"), "type")
        out += problems_of("bytes", answer.headers.get("accept-ranges"), "accept-ranges")
    recorded = record["headers"].get("content-range")
    if recorded:
        pattern = r"bytes \*/\d+" if recorded.startswith("*") else r"bytes \d+-\d+/\d+"
        if not re.fullmatch(pattern, answer.headers.get("content-range", "")):
            out.append(f"content-range: {answer.headers.get('content-range')!r}")
    if record["status"] == 206 and name(record) != "file range bytes=100-":
        out += problems_of(len(record["body"]), len(answer.body), "length")
    if record["status"] == 400:
        out += problems_of(record["body"].encode(), answer.body, "body")
    return out


def page_shows_the_same(record, answer):
    """Status and type as recorded; every heading, link to a post or an author, and error text of the
    recorded page is on ours. (Order, design and excerpts are ours: newest first.)"""
    out = problems_of(record["status"], answer.status, "status")
    out += problems_of("text/html; charset=utf-8", answer.headers.get("content-type"), "type")
    ours = re.sub(r"\s+", " ", html.unescape(answer.body.decode()))
    title = html.unescape(re.search(r"<title>(.*?)</title>", record["body"], re.S)[1])
    if f"<title>{title}</title>" not in ours:
        out.append(f"the title is not {title!r}")
    wanted = re.findall(r'href="(/(?:posts|users)/[^"]*)"', record["body"])
    # A post's own page need not link to itself.
    wanted = [url for url in wanted if url != re.sub("/0+", "/", path(record))]
    wanted += re.findall(r"<h2><a [^>]*>(.*?)</a></h2>", record["body"], re.S)
    wanted += re.findall(r"<h1>(?:Posts by )?(.*?)(?: \(\d+\))?</h1>", record["body"], re.S)
    if record["status"] >= 400:
        wanted += re.findall(r"<p>([^<]+)</p>", record["body"])
    for piece in wanted:
        if re.sub(r"\s+", " ", html.unescape(piece)) not in ours:
            out.append(f"missing on the page: {piece!r}")
    return out


def same_api(record, answer):
    """Every recorded path, method, request body and schema of the original is there."""
    out = problems_of(200, answer.status, "status")
    recorded, ours = json.loads(record["body"]), json.loads(answer.body)
    for url, operations in recorded["paths"].items():
        for verb, operation in operations.items():
            mine = ours["paths"].get(url, {}).get(verb)
            if mine is None:
                out.append(f"missing: {verb} {url}")
                continue
            out += problems_of(operation["operationId"], mine.get("operationId"), f"{verb} {url}")
            out += problems_of(operation.get("requestBody"), mine.get("requestBody"), f"{verb} {url} body")
            for status in operation["responses"]:
                if status not in mine["responses"]:
                    out.append(f"{verb} {url}: no response {status}")
    for schema in recorded["components"]["schemas"]:
        if schema not in ours["components"]["schemas"]:
            out.append(f"no schema {schema}")
    return out


def status_only(record, answer):
    return problems_of(record["status"], answer.status, "status")


DEVIATIONS = [
    Deviation("HEAD answers wherever GET does (the recorded app: 405)",
              lambda r: method(r) == "HEAD" and r["status"] in (405, 404), head_like_get),
    Deviation("OPTIONS answers 204 with Allow (the recorded app: 405)",
              lambda r: method(r) == "OPTIONS" and r["status"] == 405, options_says_allow),
    Deviation("405 names every method of the path in Allow (the recorded app names one, or none)",
              lambda r: r["status"] == 405, allow_is_complete),
    Deviation("Location is relative: the Host of a request is never reflected",
              lambda r: r["status"] == 307, location_is_relative),
    Deviation("ids beyond 64 bit do not exist: 404 (the recorded app: 500)",
              beyond_64_bit, not_found_for_the_path),
    Deviation("a user_id beyond 64 bit does not exist: 404 (the recorded app: 500)",
              lambda r: r["status"] == 500 and re.search(r'"user_id": "?\d{19,}', sent(r)),
              detail_is(404, "User not found")),
    Deviation("half a surrogate pair is no text: 422 (the recorded app: 500)",
              lambda r: r["status"] == 500 and r"\ud800" in sent(r),
              detail_is(422, kind="string_unicode")),
    Deviation("NaN and Infinity are no numbers for an id: 422 (the recorded app: 500)",
              lambda r: r["status"] == 500 and re.search(r'"user_id":(NaN|-?Infinity|1e400)', sent(r)),
              detail_is(422, kind="finite_number")),
    Deviation("NaN is no text: 422 (the recorded app: 500)",
              lambda r: r["status"] == 500 and '"title":NaN' in sent(r),
              detail_is(422, kind="string_type")),
    Deviation("null is no title: 422 (the recorded app writes it and fails: 500)",
              lambda r: name(r) == "patch null", detail_is(422, kind="string_type")),
    Deviation("bytes that are no UTF-8 are refused: 400 (the recorded app: 500)",
              lambda r: name(r) in ("body utf-8 surrogate", "text/plain non-utf-8"),
              detail_is(400, "There was an error parsing the body")),
    Deviation("a NUL in a file's name is no such file: 404 (the recorded app: 500)",
              lambda r: path(r) == "/static/%00", page_is(404)),
    Deviation("a protocol error under /api carries a detail (the recorded app: plain text)",
              lambda r: method(r) == "BREW", detail_is(400)),
    Deviation("files are our own, and an unsatisfiable range says 'bytes */N' (RFC 9110 14.4)",
              lambda r: path(r).startswith("/static/") and r["status"] in (200, 206, 400, 416), own_file),
    Deviation("the interface description has more in it: errors, /health, the page object",
              lambda r: name(r) == "openapi.json" or path(r) == "/openapi.json", same_api),
    Deviation("the recording left the body out",
              lambda r: r.get("body_omitted"), status_only),
    Deviation("pages are designed anew, newest first",
              is_page, page_shows_the_same),
]
