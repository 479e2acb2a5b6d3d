"""The words that the case files are written in.

A case says what goes over the wire, byte for byte, and what must come back:

    must("missing", "RFC 9112 3.2: no Host in HTTP/1.1 is a 400",
         get("/", host=None), refused(400))

Sending is a bytes object or a list of steps (bytes, `pause`, `HALF_CLOSE`, `read`, or a function of
the answers so far). What must come back is an `Exchange`, or several of which one must fit.
"""

import itertools
import json
import os
import re
from dataclasses import dataclass, replace
from typing import Any, Callable

CSS = "/static/css/main.css"
JSON_TYPE = "Content-Type: application/json"


# --- what is sent -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Read:
    count: int


class HalfClose:
    """Closes our sending half: the server sees the end of the stream but can still answer."""


class ReadContinue:
    """Waits for an interim answer, which must be 100."""


@dataclass(frozen=True)
class StaysQuiet:
    seconds: float


HALF_CLOSE = HalfClose()
READ_CONTINUE = ReadContinue()


def pause(seconds):
    return Pause(seconds)


def read(count=1):
    return Read(count)


def quiet(seconds):
    """The server must send nothing for so long."""
    return StaysQuiet(seconds)


def wire(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def request(method, target, *fields, body=None, host="localhost", version="HTTP/1.1"):
    """A request; with a body but without framing fields it gets a right Content-Length."""
    lines = [wire(method) + b" " + wire(target) + b" " + wire(version)]
    if host is not None:
        lines.append(b"Host: " + wire(host))
    lines += [wire(f) for f in fields]
    if body is not None:
        body = wire(body)
        names = {line.split(b":")[0].strip().lower() for line in lines}
        if not names & {b"content-length", b"transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def get(target="/", *fields, **more):
    return request("GET", target, *fields, **more)


def post(target, *fields, **more):
    return request("POST", target, *fields, **more)


def chunk(data, extension=b""):
    data = wire(data)
    return b"%x%b\r\n%b\r\n" % (len(data), wire(extension), data)


LAST_CHUNK = b"0\r\n\r\n"

_run = os.urandom(4).hex()
_serial = itertools.count()


def new_user():
    """The JSON of a user that does not exist yet, in this run or an earlier one."""
    name = f"u{_run}{next(_serial)}"
    return json.dumps({"username": name, "email": f"{name}@example.com"})


def new_user_post(*fields, body=None, **more):
    return post("/api/users", JSON_TYPE, *fields, body=new_user() if body is None else body, **more)


def bytewise(data, seconds=0.0):
    """One byte a segment."""
    steps = []
    for i in range(len(data)):
        steps += [data[i : i + 1], pause(seconds)]
    return steps


# --- what must come back ------------------------------------------------------------------------


@dataclass(frozen=True)
class Want:
    """One final answer."""

    statuses: frozenset
    generic: frozenset = frozenset()  # what a server that is not blogd may answer as well
    checks: tuple = ()  # functions of the answer: None, or what is wrong
    to: str | None = None  # "HEAD /posts": the request, where it is not the first on the wire
    interim: tuple = (0, 0)  # how many 100s may come before it: least, most


@dataclass(frozen=True)
class Exchange:
    wants: tuple
    end: str  # closed, kept, any; lingers: closed, but what we go on sending is still read
    check: Callable | None = None  # of all the answers: None, or what is wrong
    reset_ok: bool = False


def answer(*statuses, checks=(), generic=(), to=None, interim=(0, 0)):
    return Want(frozenset(statuses), frozenset(generic), tuple(checks), to, interim)


def exchange(*wants, end="kept", check=None, reset_ok=False):
    return Exchange(tuple(wants), end, check, reset_ok)


def answered(*statuses, end="kept", check=None, **more):
    """One answer; then the connection is still in step, unless `end` says otherwise."""
    return Exchange((answer(*statuses, **more),), end, check)


def refused(*statuses, **more):
    """One answer of these statuses, then the server closes: nothing after it is executed."""
    return Exchange((answer(*statuses, **more),), "closed")


def refused_gently(*statuses, **more):
    """As refused; and the server reads on for a while, so that no reset destroys its answer."""
    return Exchange((answer(*statuses, **more),), "lingers")


def silently_closed():
    return Exchange((), "closed")


# --- predicates of one answer -------------------------------------------------------------------


def has(name, pattern=None):
    """A field is there and matches."""

    def check(a):
        value = a.get(name)
        if value is None:
            return f"no {name}"
        if pattern is not None and not re.fullmatch(pattern, value):
            return f"{name} is {value!r}, wanted {pattern}"
        return None

    return check


def lacks(name):
    return lambda a: None if a.get(name) is None else f"{name}: {a.get(name)!r} must not be there"


def says(name, *tokens):
    """A list field holds all of these."""

    def check(a):
        missing = [t for t in tokens if t.lower() not in a.tokens(name)]
        return f"{name} {a.get(name)!r} lacks {', '.join(missing)}" if missing else None

    return check


def body_is(expected):
    expected = wire(expected)
    return lambda a: None if a.body == expected else f"body is {a.body[:80]!r}"


def body_has(part):
    part = wire(part)
    return lambda a: None if part in a.body else f"{part!r} is not in the body {a.body[:120]!r}"


def nowhere(part):
    """Neither the head nor the body repeats this."""
    part = wire(part)
    return lambda a: f"the answer repeats {part!r}" if part in a.head + a.body else None


def body_size_at_most(size):
    return lambda a: None if len(a.body) <= size else f"{len(a.body)} bytes came"


def detail(pattern):
    """The JSON error's text matches."""

    def check(a):
        try:
            text = json.loads(a.body)["detail"]
        except (ValueError, KeyError, TypeError):
            return f"no detail in {a.body[:80]!r}"
        text = text if isinstance(text, str) else json.dumps(text)
        return None if re.search(pattern, text) else f"detail is {text!r:.120}, wanted {pattern}"

    return check


# --- cases --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    name: str
    level: str  # MUST, SHOULD: the RFC's word; HARDEN: beyond it; CONTRACT: blogd's own promise
    why: str
    send: Any
    fits: tuple  # of Exchange: one of them must fit
    api: bool = False  # needs the blog behind it, not only files
    patience: float | None = None


class Group:
    """The cases of one subject; a case file makes one and calls its four levels."""

    def __init__(self, subject, api=False):
        self.subject, self.api, self.cases = subject, api, []

    def add(self, level, name, why, send, *fits, api=None, patience=None):
        assert fits and all(c.name != name for c in self.cases), f"{self.subject}.{name}"
        needs_blog = self.api if api is None else api
        self.cases.append(Case(name, level, why, send, fits, needs_blog, patience))

    def must(self, *args, **more):
        self.add("MUST", *args, **more)

    def should(self, *args, **more):
        self.add("SHOULD", *args, **more)

    def harden(self, *args, **more):
        self.add("HARDEN", *args, **more)

    def contract(self, *args, **more):
        self.add("CONTRACT", *args, **more)

    def named(self):
        return [replace(c, name=f"{self.subject}.{c.name}") for c in self.cases]
