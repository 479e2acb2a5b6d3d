"""Single requests: what blogd answers, which the other servers must answer too."""

import dataclasses
import json
import socket


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    head: bytes  # with the empty line
    body: bytes

    @property
    def fields(self):
        """(name, value) in the order they came."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [tuple(line.split(": ", 1)) for line in lines if ": " in line]

    def field(self, name):
        found = [value for known, value in self.fields if known.lower() == name.lower()]
        return found[0] if found else None

    @property
    def size(self):
        return len(self.head) + len(self.body)


def exchange(port, path, headers=(), timeout=120, method="GET", sent=b""):
    """One request on a connection of its own, kept alive as a load generator's is."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers]
    if sent:
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + sent)
        head, body = b"", b""
        while b"\r\n\r\n" not in head:
            head += received(connection)
        head, _, body = head.partition(b"\r\n\r\n")
        head += b"\r\n\r\n"
        answer = Answer(int(head.split(b" ", 2)[1]), head, body)
        if answer.status == 304:
            return answer
        if (answer.field("Transfer-Encoding") or "") == "chunked":
            return dataclasses.replace(answer, body=read_chunks(connection, body))
        while len(body) < int(answer.field("Content-Length")):
            body += received(connection)
    return dataclasses.replace(answer, body=body)


def read_chunks(connection, data):
    """The decoded body; `data` is what came of it already. Trailers are not expected."""
    body = b""
    while True:
        while b"\r\n" not in data:
            data += received(connection)
        size, _, data = data.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        while len(data) < length + 2:
            data += received(connection)
        if length == 0:
            return body
        body, data = body + data[:length], data[length + 2:]


def received(connection):
    data = connection.recv(1 << 16)
    if not data:
        raise RuntimeError("the connection was closed within an answer")
    return data


def same_json(ours, theirs):
    """"bytes" when they are the same, "content" when they mean the same, else "no"."""
    if ours == theirs:
        return "bytes"
    try:
        return "content" if json.loads(ours) == json.loads(theirs) else "no"
    except ValueError:
        return "no"


def download(port, path, on_data=None, timeout=300):
    """Reads a whole answer of any length and forgets it. Returns how many bytes came. `on_data`
    is called after each piece; False from it ends the download early."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                           "Connection: close\r\n\r\n".encode())
        piece = bytearray(1 << 18)
        total = 0
        while size := connection.recv_into(piece):
            if total == 0 and not piece.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"{path}: {bytes(piece[:60])!r}")
            total += size
            if on_data is not None and on_data() is False:
                break
    return total
