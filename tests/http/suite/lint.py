"""What must hold for every answer, whatever was asked."""

import calendar
import json
import re
import time
from dataclasses import dataclass

DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
IMF_FIXDATE = re.compile(
    rf"({'|'.join(DAYS)}), ([0-9]{{2}}) ({'|'.join(MONTHS)}) ([0-9]{{4}})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
ALLOW = re.compile(r"[A-Z-]+(, ?[A-Z-]+)*")
SINGLE = (
    "Date Content-Type Content-Length Content-Range ETag Last-Modified Location Server Age Expires "
    "Retry-After X-Content-Type-Options X-Frame-Options Referrer-Policy "
    "Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy Accept-Ranges"
).split()
# Words that tell a stranger what the server is made of.
INTERNALS = re.compile(
    rb"Traceback|sqlite|std::|\.cpp\b|boost::|terminate called|/tmp/|/home/", re.I
)


@dataclass(frozen=True)
class Asked:
    """What an answer answers; None where the request was too broken to say."""

    method: str | None = None
    path: str | None = None
    version: str | None = None

    @property
    def api(self):
        return self.path is not None and self.path.startswith("/api")


def http_date(text):
    """Seconds since the epoch, or None when it is not an IMF-fixdate (RFC 9110 5.6.7)."""
    m = IMF_FIXDATE.fullmatch(text)
    if not m:
        return None
    day, month, year = int(m[2]), MONTHS.index(m[3]) + 1, int(m[4])
    try:
        stamp = calendar.timegm((year, month, day, int(m[5]), int(m[6]), int(m[7])))
    except ValueError:
        return None
    return stamp if DAYS[time.gmtime(stamp).tm_wday] == m[1] else None


def lint(answer, asked, blogd, statuses_allowed):
    """All that is wrong with one final answer, as sentences."""
    return [
        *_status(answer, statuses_allowed),
        *_fields(answer),
        *_framing(answer, asked),
        *_by_status(answer, blogd),
        *(_house_rules(answer, asked) if blogd else ()),
    ]


def _status(a, allowed):
    if a.status >= 500 and a.status not in allowed:
        yield f"{a.status}: bad input must never be the server's fault"
    if a.status < 200:
        yield f"unexpected interim answer {a.status}"


def _fields(a):
    for name in SINGLE:
        if len(a.all(name)) > 1:
            yield f"{name} appears {len(a.all(name))} times"
    date = a.get("Date")
    if date is None:
        yield "no Date (RFC 9110 6.6.1)"
    elif http_date(date) is None:
        yield f"Date is not an IMF-fixdate: {date!r}"
    elif abs(http_date(date) - time.time()) > 10:
        yield f"Date is wrong by more than 10 s: {date!r}"
    modified = a.get("Last-Modified")
    if modified is not None:
        stamp = http_date(modified)
        if stamp is None:
            yield f"Last-Modified is not an IMF-fixdate: {modified!r}"
        elif stamp > time.time() + 10:
            yield "Last-Modified lies in the future (RFC 9110 8.8.2.1)"
    if a.get("ETag") is not None and not ENTITY_TAG.fullmatch(a.get("ETag")):
        yield f"malformed ETag {a.get('ETag')!r}"
    if a.get("Allow") and not ALLOW.fullmatch(a.get("Allow")):
        yield f"malformed Allow {a.get('Allow')!r}"
    if a.get("Location") is not None and re.match(r"//|/\\|\\", a.get("Location")):
        yield f"Location leads to another host: {a.get('Location')!r}"
    if a.body and not a.get("Content-Type"):
        yield "a body without Content-Type (RFC 9110 8.3)"


def _framing(a, asked):
    bodiless = a.method == "HEAD" or a.status in (204, 304)
    if not bodiless and a.framing == "close" and asked.version != "HTTP/1.0":
        yield "neither Content-Length nor Transfer-Encoding (RFC 9112 6.3)"
    if a.all("Transfer-Encoding") and asked.version == "HTTP/1.0":
        yield "chunked to an HTTP/1.0 client (RFC 9112 6.1)"
    if {"close", "keep-alive"} <= set(a.tokens("Connection")):
        yield "Connection says close and keep-alive"


def _by_status(a, blogd):
    if a.status == 405 and blogd and not a.get("Allow"):
        yield "405 without Allow (RFC 9110 15.5.6)"
    if a.status == 401 and not a.get("WWW-Authenticate"):
        yield "401 without WWW-Authenticate (RFC 9110 15.5.2)"
    if a.status in (301, 302, 303, 307, 308) and not a.get("Location"):
        yield f"{a.status} without Location"
    if a.status == 206 and not (
        re.fullmatch(r"bytes [0-9]+-[0-9]+/[0-9]+", a.get("Content-Range") or "")
        or (a.get("Content-Type") or "").startswith("multipart/byteranges")
    ):
        yield "206 without Content-Range (RFC 9110 15.3.7)"
    if a.status == 416 and not re.fullmatch(r"bytes \*/[0-9]+", a.get("Content-Range") or ""):
        yield f"416 without 'Content-Range: bytes */N': {a.get('Content-Range')!r}"


# Plain text, as recorded (golden 200-202).
RANGE_REFUSALS = (b"Range header: ", b"Only support bytes range", b"Malformed range header.")


def _house_rules(a, asked):
    """What blogd promises on top of the RFCs."""
    yield from _security_fields(a)
    if a.status < 400:
        return
    if INTERNALS.search(a.body):
        yield f"the error tells internals: {INTERNALS.search(a.body).group()!r}"
    kind = a.get("Content-Type") or ""
    if asked.api:
        if kind != "application/json":
            yield f"an /api error is not application/json: {kind!r}"
        elif a.method != "HEAD":
            yield from _detail(a.body)
    elif a.status == 400 and a.body.startswith(RANGE_REFUSALS):
        if kind != "text/plain; charset=utf-8":
            yield f"a refused range is not plain text: {kind!r}"
    elif asked.path is not None and a.method != "HEAD" and a.status != 416:
        if not re.fullmatch(r"text/html; ?charset=utf-8", kind, re.I):
            yield f"an error outside /api is not an HTML page: {kind!r}"
        elif b"</html>" not in a.body:
            yield "an error page without its end"


def _security_fields(a):
    policy = a.get("Content-Security-Policy") or ""
    if a.get("X-Content-Type-Options") != "nosniff":
        yield "no X-Content-Type-Options: nosniff"
    if "default-src" not in policy:
        yield "no Content-Security-Policy with default-src"
    if "frame-ancestors" not in policy and a.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        yield "neither X-Frame-Options nor frame-ancestors"
    if (a.get("Referrer-Policy") or "unsafe-url") in ("unsafe-url", "no-referrer-when-downgrade"):
        yield "no private Referrer-Policy"
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"):
        if a.get(name) != "same-origin":
            yield f"no {name}: same-origin"


def _detail(body):
    try:
        detail = json.loads(body.decode("utf-8"))["detail"]
    except (ValueError, KeyError, TypeError):
        yield f"an /api error without a JSON detail: {body[:80]!r}"
        return
    if not isinstance(detail, (str, list)) or not detail:
        yield f"detail is neither text nor a list: {body[:80]!r}"
    for entry in detail if isinstance(detail, list) else ():
        if not isinstance(entry, dict) or not {"type", "loc", "msg"} <= entry.keys():
            yield f"a detail entry without type, loc and msg: {entry!r:.80}"
