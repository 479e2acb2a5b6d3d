"""A client as nginx sees one: an address of its own, connections that stay open, cookies."""

import asyncio
import time

IDLE_MAX = 30  # seconds; nginx closes after 75


class Broken(Exception):
    """No whole answer came."""


class Browser:
    """Requests may run side by side, each on a connection of its own. `keeps_cookies`: sends back
    what it was given, for as long as Max-Age says."""

    def __init__(self, server, host, source, keeps_cookies):
        self.server, self.host, self.source = server, host, source
        self.keeps_cookies, self.cookies = keeps_cookies, {}
        self.idle = []  # (reader, writer, since)

    async def request(self, method, path, body=None, timeout=30.0):
        """(status, body); Broken, asyncio.TimeoutError."""
        return await asyncio.wait_for(self._request(method, path, body), timeout)

    async def _request(self, method, path, body):
        reader, writer = await self._connection()
        reusable = False
        try:
            writer.write(self._head(method, path, body) + (body or b""))
            await writer.drain()
            status, fields, content = await read_answer(reader, method)
            self._keep_cookies(fields)
            reusable = ("connection", "close") not in fields
            return status, content
        except (OSError, EOFError, ValueError) as e:
            raise Broken(f"{type(e).__name__}: {e}") from e
        finally:
            if reusable:
                self.idle.append((reader, writer, time.monotonic()))
            else:
                writer.close()

    async def _connection(self):
        while self.idle:
            reader, writer, since = self.idle.pop()
            if time.monotonic() - since < IDLE_MAX and not reader.at_eof():
                return reader, writer
            writer.close()
        try:
            return await asyncio.open_connection(*self.server, local_addr=(self.source, 0))
        except OSError as e:
            raise Broken(f"no connection: {e}") from e

    def _head(self, method, path, body):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        now = time.monotonic()
        held = [f"{n}={v}" for n, (v, until) in self.cookies.items() if until > now]
        if held:
            lines.append("Cookie: " + "; ".join(held))
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _keep_cookies(self, fields):
        for name, text in fields if self.keeps_cookies else ():
            if name != "set-cookie":
                continue
            pair, *attributes = (part.strip() for part in text.split(";"))
            lives = [a.split("=")[1] for a in attributes if a.lower().startswith("max-age=")]
            key, _, value = pair.partition("=")
            self.cookies[key] = (value, time.monotonic() + float(lives[0] if lives else "inf"))

    def close(self):
        for _, writer, _ in self.idle:
            writer.close()


async def read_answer(reader, method):
    """(status, [(lower-case name, value)], body)"""
    status = int((await reader.readuntil(b"\r\n")).split()[1])
    fields = []
    while (line := (await reader.readuntil(b"\r\n")).decode("latin-1").strip()):
        name, _, value = line.partition(":")
        fields.append((name.lower(), value.strip()))
    named = dict(fields)
    if method == "HEAD" or status in (204, 304):
        return status, fields, b""
    if named.get("transfer-encoding") != "chunked":
        return status, fields, await reader.readexactly(int(named["content-length"]))
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return status, fields, b"".join(pieces)
