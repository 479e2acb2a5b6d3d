"""A client that speaks plain HTTP/1.1 over one connection, fast, and takes nothing on trust."""

import ctypes
import ctypes.util
import gzip


class Wire:
    """Use as a context manager; requests are sent and read one after the other."""

    def __init__(self, server):
        self.socket = server.connect(30)
        self.stream = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def send(self, *targets, fields=(), method="GET"):
        lines = "".join(f"\r\n{f}" for f in fields)
        self.socket.sendall("".join(
            f"{method} {t} HTTP/1.1\r\nHost: x{lines}\r\n\r\n" for t in targets).encode())

    def read(self, method="GET"):
        """(status, fields with lower-case names, body as it came)."""
        start = self.stream.readline()
        if not start.startswith(b"HTTP/1.1 "):
            raise ValueError(f"out of step: {start[:80]!r}")
        fields = {}
        while line := self.stream.readline().rstrip(b"\r\n"):
            name, value = line.decode("latin-1").split(": ", 1)
            if name.lower() in fields:
                raise ValueError(f"{name} twice")
            fields[name.lower()] = value
        status = int(start.split()[1])
        if status == 304 and "content-length" in fields:
            raise ValueError("a 304 with a length")
        if method == "HEAD" or status in (204, 304):
            return status, fields, b""
        if fields.get("transfer-encoding") == "chunked":
            return status, fields, self._chunks()
        body = self.stream.read(int(fields["content-length"]))
        if len(body) != int(fields["content-length"]):
            raise ValueError("the body broke off")
        return status, fields, body

    def ask(self, target, *fields, method="GET"):
        self.send(target, fields=fields, method=method)
        return self.read(method)

    def _chunks(self):
        out = b""
        while size := int(self.stream.readline(), 16):
            out += self.stream.read(size)
            self.stream.readline()
        self.stream.readline()
        return out


_brotli = ctypes.CDLL(ctypes.util.find_library("brotlidec") or "libbrotlidec.so.1")


def unbrotli(data):
    size = ctypes.c_size_t(16 << 20)
    out = ctypes.create_string_buffer(size.value)
    if _brotli.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data, ctypes.byref(size), out) != 1:
        raise ValueError("not brotli")
    return out.raw[:size.value]


def unpacked(fields, body):
    """The text of an answer in whatever coding it came."""
    return {None: bytes, "gzip": gzip.decompress, "br": unbrotli}[fields.get("content-encoding")](body)
