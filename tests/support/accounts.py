"""People with accounts, and what they send, for the black-box tests of a running blogd."""

import contextlib
import hashlib
import http.client
import io
import json
import pathlib
import re
import sqlite3
import time
import urllib.parse

import pytest
from PIL import Image

PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"
RESET_SAID = {"message": "If an account exists with this email, you will receive password reset instructions."}
BOUNDARY = "----------------boundary"


class Person:
    """Somebody who has registered, and the token of the last log in."""

    def __init__(self, server, name, password=PASSWORD, email=None):
        self.server, self.name, self.password = server, name, password
        self.email = email or f"{name}@example.com"
        self.token = None
        status, self.user = server.api("POST", "/api/users", {
            "username": name, "email": self.email, "password": password})
        assert status == 201, (status, self.user)
        self.id = self.user["id"]

    def log_in(self):
        self.token = log_in(self.server, self.email, self.password)
        return self

    def ask(self, method, path, body=None, headers=None):
        """(status, decoded JSON or None), with this person's token."""
        return self.server.api(method, path, body, {**bearer(self.token), **(headers or {})})

    def write(self, title="A title", content="Some text"):
        """The id of a new post."""
        status, post = self.ask("POST", "/api/posts", {"title": title, "content": content})
        assert status == 201, (status, post)
        return post["id"]

    def upload(self, content, filename="me.jpg", part="file"):
        body, headers = multipart([(part, filename, content)])
        return self.ask("PATCH", f"/api/users/{self.id}/picture", body, headers)


def person(server, name, **keywords):
    return Person(server, name, **keywords).log_in()


def open_user(server, name, email=None):
    """An account without a password."""
    status, user = server.api("POST", "/api/users", {"username": name, "email": email or f"{name}@example.com"})
    assert status == 201, (status, user)
    return user


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def form(**fields):
    """(body, headers) of a form as browsers send it."""
    return urllib.parse.urlencode(fields), {"Content-Type": FORM}


def try_log_in(server, email, password=PASSWORD, headers=None):
    """(status, headers with lower-case names, decoded JSON)."""
    body, fields = form(username=email, password=password)
    status, answered, content = server.request("POST", "/api/users/token", body, {**fields, **(headers or {})})
    return status, answered, json.loads(content)


def log_in(server, email, password=PASSWORD):
    """A new token."""
    status, _, answer = try_log_in(server, email, password)
    assert status == 200 and answer["token_type"] == "bearer", (status, answer)
    return answer["access_token"]


def multipart(parts):
    """(body, headers); a part is (name, file name or None, bytes)."""
    out = b""
    for name, filename, content in parts:
        said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        out += f"--{BOUNDARY}\r\nContent-Disposition: {said}\r\n\r\n".encode() + content + b"\r\n"
    return out + f"--{BOUNDARY}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def picture(form="JPEG", size=(400, 300), mode="RGB", color=(200, 40, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, color).convert(mode).save(out, form)
    return out.getvalue()


def raw_request(server, method, path, body=None, headers=None):
    """(status, [(name, value)...] as they came, body): nothing that was said twice is lost."""
    with contextlib.closing(http.client.HTTPConnection(server.host, server.port, timeout=30)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()


class Browser:
    """Keeps cookies and sends forms, as a browser without JavaScript does."""

    def __init__(self, server, headers=None):
        self.server, self.headers, self.cookies, self.said = server, headers or {}, {}, {}

    def go(self, path, fields=None, headers=None):
        """(status, {header: value}, text); `fields`: of a form that is sent there."""
        body, sent = form(**fields) if fields is not None else (None, {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        status, lines, content = raw_request(self.server, "GET" if body is None else "POST", path, body,
                                             {**sent, **self.headers, **(headers or {})})
        for name, value in lines:
            if name.lower() == "set-cookie":
                self._keep(value)
        return status, {k.lower(): v for k, v in lines}, content.decode()

    def log_in(self, email, password=PASSWORD, **fields):
        return self.go("/login", {"email": email, "password": password, **fields})

    def _keep(self, line):
        pair, *attributes = line.split("; ")
        name, value = pair.split("=", 1)
        self.said[name] = attributes
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


def has_page(server, path):
    return server.request("GET", path)[0] != 404


def reset_links(server, user):
    """The links that the log of a blogd without a mail server has for this user's id."""
    return re.findall(rf"password reset link for user {user}: (\S+)", server.log_text())


def ask_for_reset(server, who):
    """The new link to a password; waits until it is logged."""
    before = len(reset_links(server, who.id))
    status, answer = server.api("POST", "/api/users/forgot-password", {"email": who.email})
    assert (status, answer) == (202, RESET_SAID)
    return wait_for(lambda: reset_links(server, who.id)[before:])[-1]


def reset_token(link):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]


def reset_password(server, token, password):
    return server.api("POST", "/api/users/reset-password", {"token": token, "new_password": password})


def wait_for(what, seconds=10):
    """What it returns as soon as that is true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


def sql(server, statement, *values):
    """The rows of one statement, by another SQLite client. Writes are for a stopped server."""
    if not pathlib.Path(server.database).exists():
        pytest.skip("looks into blog.db")
    with contextlib.closing(sqlite3.connect(server.database, timeout=10)) as db, db:
        return db.execute(statement, values).fetchall()


def sha256(token):
    return hashlib.sha256(token.encode()).hexdigest()


def write_routes(server):
    """[(method, pattern)...]: every operation of the API that is no GET."""
    _, document = server.api("GET", "/openapi.json")
    return [(method.upper(), pattern) for pattern, operations in document["paths"].items()
            for method in operations if method not in ("get", "head")]
