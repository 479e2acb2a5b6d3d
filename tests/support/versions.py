"""Post 1 in numbered versions: who writes the next one, and how old what others read is."""

import http.cookies
import json
import re
import time

from wire import Wire


def rename(wire, version, cookie=None):
    """Writes the version as the title of post 1; the cookie of the answer."""
    body = json.dumps({"title": f"v{version}"}).encode()
    lines = ["PATCH /api/posts/1 HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    wire.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    status, fields, _ = wire.read()
    assert status == 200, status
    return seen_cookie(fields)


def seen_cookie(fields):
    jar = http.cookies.SimpleCookie(fields.get("set-cookie", ""))
    return f"blogd-seen={jar['blogd-seen'].value}" if "blogd-seen" in jar else None


def version_in(body):
    return int(re.search(rb"\bv(\d+)\b", body)[1])


def ask(wire, path="/api/posts/1", cookie=None):
    status, fields, body = wire.ask(path, *([f"Cookie: {cookie}"] if cookie else []))
    assert status == 200, (path, status)
    return version_in(body), seen_cookie(fields) or cookie


class History:
    """When each version was acknowledged: the newest that a reader must see."""

    def __init__(self):
        self.acknowledged = []  # moments, by version

    def add(self):
        self.acknowledged.append(time.monotonic())

    def newest_before(self, moment):
        count = len(self.acknowledged)
        while count > 0 and self.acknowledged[count - 1] > moment:
            count -= 1
        return count - 1

    def check(self, path, answers, lag):
        """No answer may be without a version that was acknowledged longer than `lag` seconds before
        it was asked for: no excuse, however slow the machine is. The oldest answer's age."""
        assert len(answers) > 20
        worst = 0.0
        for version, sent in answers:
            if version + 1 < len(self.acknowledged):
                worst = max(worst, sent - self.acknowledged[version + 1])
            assert version >= self.newest_before(sent - lag), (path, version, worst)
        return worst


def follow(server, path, end, out):
    """Reads without a pause; (version, moment of sending) of each answer."""
    with Wire(server) as wire:
        while not end.is_set():
            sent = time.monotonic()
            out.append((ask(wire, path)[0], sent))
