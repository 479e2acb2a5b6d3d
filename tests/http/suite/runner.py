"""Runs one case: sends its steps, reads its answers, looks how the connection ended."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from .language import CSS, HalfClose, Pause, Read, ReadContinue, StaysQuiet, get
from .lint import Asked, lint
from .wire import CutShort, Malformed, Silence, Wire

REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) (HTTP/1\.[01])\r\n")
AUTHORITY = re.compile(r"[A-Za-z]+://[^/?#]*")
CANARY = get(CSS, "Connection: close", host="canary")


@dataclass(frozen=True)
class Target:
    """The server under test."""

    address: tuple
    blogd: bool = True  # false: a generic server, which owes nothing but the RFCs
    patience: float = 5.0
    css: bytes = b""  # the file that shows whether a connection is still in step


@dataclass
class Result:
    case: object
    problems: list = field(default_factory=list)
    sent: bytes = b""
    got: str = ""
    seconds: float = 0.0


def asked(data):
    """What the first request on the wire asks for, as far as it can be read."""
    m = REQUEST_LINE.match(data.lstrip(b"\r\n"))
    if not m:
        return Asked()
    method, target, version = (g.decode("latin-1") for g in m.groups())
    path = AUTHORITY.sub("", target, count=1) if not target.startswith("/") else target
    path = path.partition("?")[0] or "/"
    decoded = unquote_to_bytes(path).decode("latin-1")
    if not decoded.startswith("/") or decoded.startswith("/api") != path.startswith("/api"):
        path = None  # whether it is below /api depends on when the server gives up
    return Asked(method, path, version)


class Dialogue:
    """One connection of one case."""

    def __init__(self, case, target):
        self.case, self.target = case, target
        self.wire = Wire(target.address, case.patience or target.patience)
        self.answers, self.sent, self.problems = [], b"", []
        self.half_closed = False
        self.end = "closed"
        self.count = max(len(fit.wants) for fit in case.fits)
        self.closing = all(fit.end in ("closed", "lingers") for fit in case.fits)
        self.lingering = any(fit.end == "lingers" for fit in case.fits)

    def run(self):
        steps = self.case.send if isinstance(self.case.send, list) else [self.case.send]
        for step in steps:
            self._step(step)
        while len(self.answers) < self.count and self._read():
            pass
        self.end = self._see_end()

    def asked_by(self, i):
        """What the answer number i answers."""
        to = next((f.wants[i].to for f in self.case.fits if i < len(f.wants)), None)
        if to:
            method, _, path = to.partition(" ")
            return Asked(method, path or None, None)
        return asked(self.sent) if i == 0 else Asked()

    def _step(self, step):
        if callable(step):
            step = step(self.answers)
        if isinstance(step, bytes):
            self.sent += step if len(self.sent) < 65536 else b""
            self.wire.send(step)
        elif isinstance(step, Pause):
            time.sleep(step.seconds)
        elif isinstance(step, Read):
            for _ in range(step.count):
                self._read()
        elif isinstance(step, StaysQuiet):
            if not self.wire.quiet_for(step.seconds):
                self.problems.append(f"expected no bytes for {step.seconds} s")
        elif isinstance(step, ReadContinue):
            self._read_continue()
        elif isinstance(step, HalfClose):
            self.half_closed = True
            self.wire.half_close()

    def _read(self):
        answer = self.wire.read_answer(self.asked_by(len(self.answers)).method or "GET")
        if answer is None:
            return False
        self.answers.append(answer)
        return True

    def _read_continue(self):
        deadline = time.monotonic() + self.wire.patience
        while b"\r\n\r\n" not in self.wire.buffer and self.wire.fill(deadline):
            pass
        if not self.wire.buffer.startswith(b"HTTP/1.1 100 "):
            self.problems.append("no 100 (Continue)")

    def _see_end(self):
        """closed, reset, kept, or a sentence that says what else happened."""
        says_close = self.answers and "close" in self.answers[-1].tokens("Connection")
        if len(self.answers) < self.count:
            return "reset" if self.wire.reset else "closed"
        if self.half_closed or says_close or self.closing:
            return self._wait_for_close()
        self.wire.send(CANARY)
        try:
            reply = self.wire.read_answer()
        except Silence:
            return "the connection stayed open but the next request got no answer"
        except (Malformed, CutShort) as e:
            return f"out of step: {e}"
        if reply is None:
            return "reset" if self.wire.reset else "closed"
        if reply.status != 200 or reply.body != self.target.css:
            return f"out of step: the next request got {reply.status} {reply.body[:60]!r}"
        rest = self.wire.read_end()
        return f"bytes after the last answer: {rest[:80]!r}" if rest else "kept"

    def _wait_for_close(self):
        try:
            rest = self.wire.read_end()
        except Silence:
            more = self.wire.buffer[:80]
            return f"left open, {more!r} came" if more else "left open"
        if rest:
            return f"bytes after the last answer: {rest[:80]!r}"
        if self.wire.reset:
            return "reset"
        if not self.lingering:
            return "closed"
        return "closed without reading on" if self.wire.refuses_more() else "lingers"


def misfit(fit, dialogue, blogd):
    """What is wrong by this expectation; an empty list when it fits."""
    wrong = []
    answers = dialogue.answers
    if len(answers) != len(fit.wants):
        wrong.append(f"{len(answers)} answers, wanted {len(fit.wants)}")
    for i, (a, want) in enumerate(zip(answers, fit.wants)):
        accepted = want.statuses | (frozenset() if blogd else want.generic)
        if a.status not in accepted:
            wrong.append(
                f"answer {i + 1} is {a.status}, wanted {'/'.join(map(str, sorted(accepted)))}"
            )
            continue
        least, most = want.interim
        if not least <= len(a.interim) <= most:
            wrong.append(f"answer {i + 1} came after {len(a.interim)} interim answers")
        if any(extra.status != 100 for extra in a.interim):
            wrong.append("an interim answer other than 100")
        wrong += [problem for check in want.checks if (problem := check(a))]
    if fit.end == "any":
        # nginx closes unasked after some answers, and our next request then races with its end.
        good_end = dialogue.end in ("closed", "kept") or (dialogue.end == "reset" and not blogd)
    else:
        good_end = dialogue.end == fit.end
    if not good_end and not (fit.reset_ok and dialogue.end == "reset"):
        wrong.append(f"connection: {dialogue.end}, wanted {fit.end}")
    if not wrong and fit.check and (problem := fit.check(answers)):
        wrong.append(problem)
    return wrong


def unasked_close(dialogue):
    """A server that ends a connection after an answer says so in it (RFC 9112 9.6)."""
    if not dialogue.answers or dialogue.half_closed or dialogue.end != "closed":
        return []
    last, version = dialogue.answers[-1], asked(dialogue.sent).version
    if "close" in last.tokens("Connection") or version == "HTTP/1.0" or last.framing == "close":
        return []
    return ["closed without 'Connection: close' in the last answer (RFC 9112 9.6)"]


def shown(answers, raw):
    if not answers:
        return repr(raw[:300])
    parts = []
    for a in answers[:4]:
        body = f" body {a.body[:100]!r}" if a.body else ""
        head = a.head.decode("latin-1").split("\r\n")
        picked = [
            line
            for line in head[1:]
            if line.lower().startswith(
                ("content-", "transfer-", "connection", "allow", "location", "etag", "date")
            )
            and not line.lower().startswith("content-security")
        ]
        interim = "".join(f"{i.status} + " for i in a.interim)
        parts.append(f"{interim}{head[0]} | {' | '.join(picked)}{body}")
    more = f" ... {len(answers)} answers" if len(answers) > 4 else ""
    return "; ".join(parts) + more


def run_case(case, target):
    result = Result(case)
    started = time.monotonic()
    try:
        dialogue = Dialogue(case, target)
    except OSError as e:
        result.problems = [f"cannot connect: {e}"]
        return result
    try:
        dialogue.run()
    except (Malformed, CutShort, Silence) as e:
        dialogue.end = str(e)
        result.problems.append(f"{type(e).__name__.lower()}: {e}")
    finally:
        dialogue.wire.close()
    result.problems += dialogue.problems
    if not result.problems or dialogue.answers:
        misfits = [misfit(fit, dialogue, target.blogd) for fit in case.fits]
        result.problems += min(misfits, key=len)
    if target.blogd:
        result.problems += unasked_close(dialogue)
    allowed = {s for fit in case.fits for want in fit.wants for s in want.statuses}
    for i, a in enumerate(dialogue.answers):
        for problem in lint(a, dialogue.asked_by(i), target.blogd, allowed):
            result.problems.append(f"answer {i + 1}: {problem}")
    result.sent, result.got = dialogue.sent, shown(dialogue.answers, dialogue.wire.raw)
    result.seconds = time.monotonic() - started
    return result
