"""A connection that sends exactly the bytes it is given, and a strict reader of what comes back.

The reader accepts less than a browser does: whatever RFC 9112 does not let a server send is
`Malformed`. It never guesses: a body ends where the framing fields say, and nowhere else.
"""

import re
import select
import socket
import time
from dataclasses import dataclass, field

HEAD_BYTES_MAX = 64 * 1024
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-9][0-9]{2}) ([\t \x21-\x7e\x80-\xff]*)\Z")
FIELD_VALUE = re.compile(rb"[\t \x21-\x7e\x80-\xff]*\Z")
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})\Z")


class Malformed(Exception):
    """The server sent something that is not a valid HTTP/1.1 answer."""


class Silence(Exception):
    """The answer, or the rest of it, did not come in time."""


class CutShort(Exception):
    """The connection ended within an answer."""


@dataclass
class Answer:
    status: int
    reason: str
    fields: list  # (name, value) in the order of the wire
    head: bytes
    method: str  # of the request it answers, as far as we know it
    body: bytes = b""
    framing: str = "none"  # none, length, chunked, close
    interim: list = field(default_factory=list)  # the 1xx answers that came before it

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name):
        values = self.all(name)
        return ", ".join(values) if values else None

    def tokens(self, name):
        return [t.strip().lower() for t in (self.get(name) or "").split(",") if t.strip()]


class Wire:
    def __init__(self, address, patience, receive_buffer=None):
        self.patience = patience  # seconds that the server may take for one answer
        self.buffer = b""
        self.ended = False  # the server's half is closed
        self.reset = False  # ... by RST
        self.send_failed = False
        self.raw = b""  # the first bytes that came back, for reports
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        self.socket.connect(address)

    def close(self):
        self.socket.close()

    def send(self, data):
        """Sends all of it, reading meanwhile so that neither side can block the other for ever."""
        view = memoryview(data)
        deadline = time.monotonic() + self.patience
        while len(view) and not self.send_failed:
            left = deadline - time.monotonic()
            if left <= 0:
                self.send_failed = True  # the server neither reads on nor closes
                return
            wanted = [] if self.ended else [self.socket]
            readable, writable, _ = select.select(wanted, [self.socket], [], left)
            if readable:
                self._receive()
            if writable:
                try:
                    sent = self.socket.send(view[: 64 * 1024], socket.MSG_DONTWAIT)
                except BlockingIOError:
                    continue
                except OSError:
                    self.send_failed = True
                    return
                view = view[sent:]
                deadline = time.monotonic() + self.patience

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _receive(self):
        try:
            data = self.socket.recv(256 * 1024)
        except ConnectionResetError:
            self.reset = self.ended = True
            return
        if data:
            self.buffer += data
            if len(self.raw) < 4096:
                self.raw += data[:4096]
        else:
            self.ended = True

    def fill(self, deadline):
        """Waits for more bytes; false when the server has closed."""
        if self.ended:
            return False
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.socket], [], [], left)[0]:
            raise Silence(f"nothing more within {self.patience:g} s")
        self._receive()
        return not self.ended

    def quiet_for(self, seconds):
        """True when the server sends nothing and does not close for so long."""
        if self.buffer or self.ended:
            return False
        if select.select([self.socket], [], [], seconds)[0]:
            self._receive()
        return not self.buffer and not self.ended

    def read_answer(self, method="GET"):
        """The next final answer with the interim ones before it; None at a clean end."""
        deadline = time.monotonic() + self.patience
        interim = []
        while True:
            answer = self._read_one(method, deadline)
            if answer is None:
                if interim:
                    raise CutShort("closed after an interim answer")
                return None
            if answer.status >= 200:
                answer.interim = interim
                return answer
            interim.append(answer)

    def read_end(self, seconds=None):
        """Reads until the server closes and returns what came; Silence when it stays open."""
        deadline = time.monotonic() + (self.patience if seconds is None else seconds)
        while self.fill(deadline):
            pass
        rest, self.buffer = self.buffer, b""
        return rest

    def refuses_more(self):
        """After the server's end: does it answer further bytes with a reset?"""
        try:
            self.socket.send(b"x" * 100)
            time.sleep(0.15)
            self.socket.send(b"x")
            return bool(self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        except OSError:
            return True

    def _read_one(self, method, deadline):
        head = self._read_head(deadline)
        if head is None:
            return None
        answer = parse_head(head, method)
        self._read_body(answer, deadline)
        return answer

    def _read_head(self, deadline):
        while True:
            start = self.buffer[:9]
            if start != b"HTTP/1.1 "[: len(start)]:
                raise Malformed(f"not a status line: {self.buffer[:80]!r}")
            end = self.buffer.find(b"\r\n\r\n")
            if end >= 0:
                head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
                return head
            if len(self.buffer) > HEAD_BYTES_MAX:
                raise Malformed("the head does not end")
            if not self.fill(deadline):
                if self.buffer:
                    raise CutShort(f"closed within the head: {self.buffer[:80]!r}")
                return None

    def _take(self, size, deadline):
        while len(self.buffer) < size:
            if not self.fill(deadline):
                raise CutShort(f"closed with {size - len(self.buffer)} bytes of the body missing")
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def _line(self, deadline):
        while b"\r\n" not in self.buffer:
            if b"\n" in self.buffer or len(self.buffer) > HEAD_BYTES_MAX:
                raise Malformed(f"bad line in a chunked body: {self.buffer[:40]!r}")
            if not self.fill(deadline):
                raise CutShort("closed within a chunked body")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        if b"\n" in line or b"\r" in line:
            raise Malformed(f"bare CR or LF in a chunked body: {line[:40]!r}")
        return line

    def _read_body(self, answer, deadline):
        if answer.status < 200 or answer.status in (204, 304) or answer.method == "HEAD":
            return
        if answer.all("Transfer-Encoding"):
            answer.framing = "chunked"
            answer.body = self._read_chunks(deadline)
        elif answer.all("Content-Length"):
            answer.framing = "length"
            answer.body = self._take(int(answer.all("Content-Length")[0]), deadline)
        else:
            answer.framing = "close"
            answer.body = self.read_end()

    def _read_chunks(self, deadline):
        body = []
        while True:
            line = self._line(deadline)
            size = CHUNK_LINE.match(line)
            if not size:
                raise Malformed(f"bad chunk size {line[:40]!r}")
            size = int(size.group(1), 16)
            if size == 0:
                break
            body.append(self._take(size, deadline))
            if self._take(2, deadline) != b"\r\n":
                raise Malformed("a chunk does not end with CRLF")
            deadline = time.monotonic() + self.patience
        while line := self._line(deadline):
            parse_field(line)
        return b"".join(body)


def parse_field(line):
    name, colon, value = line.partition(b":")
    if not colon or not TOKEN.match(name):
        raise Malformed(f"bad field line {line[:80]!r}")
    value = value.strip(b" \t")
    if not FIELD_VALUE.match(value):
        raise Malformed(f"control character in {line[:80]!r}")
    return name.decode("ascii"), value.decode("latin-1")


def parse_head(head, method):
    lines = head.split(b"\r\n")
    for line in lines:
        if b"\n" in line or b"\r" in line:
            raise Malformed(f"bare CR or LF in the head: {line[:80]!r}")
    status = STATUS_LINE.match(lines[0])
    if not status:
        raise Malformed(f"bad status line {lines[0][:80]!r}")
    fields = [parse_field(line) for line in lines[1:]]
    answer = Answer(int(status.group(1)), status.group(2).decode("latin-1"), fields, head, method)
    lengths = answer.all("Content-Length")
    if len(lengths) > 1 or any(not re.fullmatch(r"[0-9]{1,18}", n) for n in lengths):
        raise Malformed(f"bad Content-Length {lengths}")
    codings = answer.all("Transfer-Encoding")
    if codings and (lengths or codings != ["chunked"]):
        raise Malformed(f"bad framing: {lengths} {codings}")
    if codings and (answer.status < 200 or answer.status == 204):
        raise Malformed(f"Transfer-Encoding in a {answer.status} (RFC 9112 6.1)")
    if lengths and (answer.status < 200 or answer.status == 204):
        raise Malformed(f"Content-Length in a {answer.status} (RFC 9110 8.6)")
    return answer
