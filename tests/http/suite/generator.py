"""Malformed requests from a seed: the same (seed, index) always gives the same bytes."""

import json
import random

from .language import CSS, JSON_TYPE, LAST_CHUNK, chunk, request

# fmt: off
IDS = (
    "0", "1", "2", "-1", "+1", "01", "1_0", "1.0", "1e3", "0x10", "abc", "", " ", "%20", "%00", "%ff",
    "%zz", str(2**31), str(2**63 - 1), str(2**63), str(2**64 + 1), "9" * 40, "9" * 4301, "NaN", "me",
    "token", "%e2%98%83", "1%2F2", "%ed%a0%80", "..", "%2e%2e", "1;x", "'", '"', "<b>", "{post_id}",
)
NAMES = (
    "Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Connection", "Expect", "Range",
    "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "Accept-Encoding", "TE", "Trailer",
    "Upgrade", "Cookie", "Authorization", "X-Forwarded-For", "Forwarded", "Keep-Alive", "Origin",
    "Content-Encoding", "Accept", "Via",
)
VALUES = (
    "", "0", "-1", "5", "chunked", "gzip, chunked", "close", "keep-alive", "100-continue", "*", '"x"',
    "W/", "bytes=", "bytes=0-0,-1", f"bytes={2**64}-", "localhost", "a b", "\x00", "\xff\xfe", "\t",
    ",,,", "application/json", "multipart/form-data; boundary=", "text/plain", str(2**64), "x" * 300,
    "q=" * 50, "Sun, 99 Nov 9999 99:99:99 GMT",
)
KEYS = (
    "username", "email", "title", "content", "user_id", "image_file", "id", "", "\u0000", "__proto__",
    "x" * 60,
)
SCALARS = (
    None, True, False, 0, 1, -1, 1.5, 2**31, 2**63, 2**64, 10**400, "", " ", "x", "1", "\u0000",
    "a@b.com", "a@b@c", "@", "\ud800", "\udfff\ud800", "😀" * 60, "x" * 500, "é" * 51, "\u202e",
    "'; DROP TABLE posts;--", "<script>", "a@" + "b." * 200 + "com", "a@xn--\u00fc.com", "a@[::1]",
    "\ufeff", "\u0301" * 40, [], {}, [[]], {"a": {}},
)
BROKEN = (
    b"{", b"[", b"]", b"}", b",", b":", b'"', b"\\", b"\\u", b"\x00", b"\xff", b"\xed\xa0\x80",
    b"NaN", b"1e999", b"-", b"//", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"0" * 30, b"'",
    b"tru",
)
NOISE = (
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b"%", b"%00", b"%2f", b"\xff", b"\x7f",
    b"/", b"//", b"\\", b"..", b"?", b"#", b"&", b"=", b",", b"\r\n\r\n", b"0\r\n\r\n", b"HTTP/1.1",
    b"GET / HTTP/1.1\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n ",
)
# {} is an id. Most routes are of the API.
ROUTES = (
    ("POST", "/api/users"), ("GET", "/api/users/{}"), ("PATCH", "/api/users/{}"),
    ("DELETE", "/api/users/{}"), ("GET", "/api/users/{}/posts?limit=5"), ("POST", "/api/posts"),
    ("GET", "/api/posts?skip=0&limit=5"), ("GET", "/api/posts/{}"), ("PUT", "/api/posts/{}"),
    ("PATCH", "/api/posts/{}"), ("DELETE", "/api/posts/{}"), ("OPTIONS", "/api/posts/{}"),
    ("GET", "/api/{}"), ("POST", "/api/posts/{}/"), ("GET", "/"), ("GET", "/posts"),
    ("GET", "/posts/{}"), ("GET", "/users/{}/posts"), ("GET", CSS), ("HEAD", CSS), ("TRACE", "/"),
    ("GET", "/static/{}"), ("GET", "/media/profile_pics/{}"), ("GET", "/health"), ("OPTIONS", "*"),
    ("GET", "/openapi.json"),
)
JSON_ROUTES = (
    ("POST", "/api/users"), ("POST", "/api/posts"), ("PUT", "/api/posts/1"), ("PATCH", "/api/posts/1"),
    ("PATCH", "/api/users/1"), ("PUT", "/api/posts/999999999"), ("PATCH", "/api/users/999999999"),
)
CHUNK_SIZES = (
    "0", "1", "5", "a", "0x5", "-1", "+5", "", " 5", "5 ", "f" * 17, "fffffffffffffffb", "5;a",
    "00", "g",
)
PATH_STARTS = (
    "/", "/api/", "/api/posts/", "/static/", "/media/", "/posts/", "/api/users/", "//", "/.",
)
PATH_PIECES = (
    "%", "%2", "%zz", "%00", "%2f", "%2e%2e", "%c0%ae", "%ff", "%0d%0a", "%25", "%F0%9F%98%80",
    "/", "a",
)
# fmt: on


class Generator:
    def __init__(self, seed, index):
        self.random = random.Random(f"{seed}:{index}")

    def data(self):
        """The bytes of one connection."""
        kinds = (
            (30, self.mutated),
            (20, self.json_noise),
            (12, self.id_noise),
            (10, self.query_noise),
            (10, self.header_noise),
            (8, self.percent_noise),
            (6, self.chunk_noise),
            (4, self.garbage),
        )
        return self.random.choices([k for _, k in kinds], [w for w, _ in kinds])[0]()

    def pick(self, choices):
        return self.random.choice(choices)

    def route(self, ident=None):
        """A method and a path."""
        ident = self.pick(("1", "2", "3", "999999999")) if ident is None else ident
        method, path = self.pick(ROUTES)
        return method, path.replace("{}", ident)

    def sound(self):
        """A request that nothing is wrong with."""
        method, target = self.route()
        if method not in ("POST", "PUT", "PATCH"):
            return request(method, target)
        name = f"f{self.random.getrandbits(40):x}"
        body = {"username": name, "email": f"{name}@example.com"}
        if "posts" in target:
            body = {"title": name, "content": "c", "user_id": self.random.randint(1, 5)}
        text = json.dumps(body)
        if self.random.random() < 0.2:
            return request(
                method,
                target,
                JSON_TYPE,
                "Transfer-Encoding: chunked",
                body=chunk(text[:7]) + chunk(text[7:], ";a=b") + LAST_CHUNK,
            )
        return request(method, target, JSON_TYPE, body=text)

    def mutated(self):
        data = bytearray(self.sound())
        if self.random.random() < 0.15:
            data += self.sound()
        for _ in range(self.pick((1, 1, 1, 2, 3, 8))):
            self._mutate(data)
        return bytes(data)

    def _mutate(self, data):
        at = self.random.randrange(len(data) + 1)
        to = min(len(data), at + self.pick((1, 1, 2, 5, 20, 80)))
        how = self.random.randrange(8)
        if how == 0 and at < len(data):
            data[at] ^= 1 << self.random.randrange(8)
        elif how == 1 and at < len(data):
            data[at] = self.random.randrange(256)
        elif how == 2:
            del data[at:to]
        elif how == 3:
            data[at:at] = data[at:to] * self.pick((1, 2, 50))
        elif how == 4:
            data[at:at] = self.pick(NOISE)
        elif how == 5:
            del data[at:]
        elif how == 6:
            data[at:at] = self.random.randbytes(self.pick((1, 4, 64)))
        else:
            lines = bytes(data).split(b"\r\n")
            a, b = self.random.randrange(len(lines)), self.random.randrange(len(lines))
            lines[a], lines[b] = lines[b], lines[a]
            data[:] = b"\r\n".join(lines)

    def json_noise(self):
        method, target = self.pick(JSON_ROUTES)
        text = json.dumps(self._value(0), ensure_ascii=self.random.random() < 0.7)
        text = bytearray(text.encode("utf-8", "surrogatepass"))
        for _ in range(self.pick((0, 0, 0, 1, 1, 3))):
            at = self.random.randrange(len(text) + 1)
            text[at : at + self.pick((0, 1, 3))] = self.pick(BROKEN)
        if self.random.random() < 0.03:
            opening = self.pick((b"[", b'{"a":', b'[{"":', b"[" * 40 + b"1,"))
            text = opening * self.pick((50, 600, 30_000))
        return request(
            method, target, *([JSON_TYPE] if self.random.random() < 0.9 else []), body=bytes(text)
        )

    def _value(self, depth):
        shape = self.random.random()
        if depth == 0 and shape < 0.9 or depth < 4 and shape < 0.1:
            return {
                self.pick(KEYS): self._value(depth + 1) for _ in range(self.random.randrange(6))
            }
        if depth < 4 and shape < 0.2:
            return [self._value(depth + 1) for _ in range(self.random.randrange(4))]
        return self.pick(SCALARS)

    def id_noise(self):
        method, target = self.route(self.pick(IDS))
        body = (
            '{"title":"t","content":"c","user_id":1}'
            if method in ("POST", "PUT", "PATCH")
            else None
        )
        return request(method, target, JSON_TYPE, body=body)

    def query_noise(self):
        path = self.pick(
            (
                "/api/posts",
                "/api/users/1/posts",
                "/",
                "/posts",
                "/users/1/posts",
                CSS,
                "/api/posts/1",
            )
        )
        names = ("skip", "limit", "page", "after", "before", "", "a[]", "%00", "skip%00")
        pairs = [
            self.pick(names)
            + self.pick(("=", "", "=="))
            + self.pick(IDS[:-6] + ("101", "100", "x", "&", "+"))
            for _ in range(self.random.randrange(6))
        ]
        return request(
            "GET", path + "?" + self.pick(("&", ";", "&&", "?")).join(pairs).replace(" ", "+")
        )

    def header_noise(self):
        method, target = self.route()
        lines = [self._line() for _ in range(self.pick((1, 2, 3, 10, 40, 150)))]
        body = "{}" if self.random.random() < 0.3 else None
        host = self.pick(("localhost", "localhost", None, "a b", "", "[::1]:80", "x" * 300))
        return request(method, target, *lines, body=body, host=host)

    def _line(self):
        name = self.pick(NAMES) if self.random.random() < 0.8 else self.random.randbytes(5).hex()
        value = self.pick(VALUES)
        if self.random.random() < 0.2:
            value += ", " + self.pick(VALUES)
        colon = self.pick((": ",) * 12 + (":", " : ", ":\t", "", ":\r\n "))
        return name + colon + value

    def percent_noise(self):
        start = self.pick(PATH_STARTS)
        tail = "".join(self.pick(PATH_PIECES) for _ in range(self.random.randrange(1, 12)))
        return request(self.pick(("GET", "GET", "HEAD", "DELETE", "OPTIONS")), start + tail)

    def chunk_noise(self):
        ends = (b"\r\n",) * 8 + (b"\n", b"\r", b"", b"\r\r\n")
        body = b""
        for _ in range(self.random.randrange(1, 6)):
            data = self.random.randbytes(self.pick((0, 1, 5, 10)))
            size = f"{len(data):x}" if self.random.random() < 0.7 else self.pick(CHUNK_SIZES)
            body += size.encode() + self.pick(ends) + data + self.pick(ends)
        body += self.pick((LAST_CHUNK, LAST_CHUNK, b"0\r\nX-T: v\r\n\r\n", b"0\r\n", b""))
        return request(
            self.pick(("POST", "GET")),
            self.pick(("/api/users", "/api/posts", CSS)),
            JSON_TYPE,
            "Transfer-Encoding: chunked",
            body=body,
        )

    def garbage(self):
        return self.random.randbytes(self.pick((1, 10, 100, 3000))) + self.pick((b"", b"\r\n\r\n"))
