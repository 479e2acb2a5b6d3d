"""A real blogd on a real port with a folder of its own, for the black-box tests."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class Blogd:
    """Starts the program, knows its address, stops it. Use as a context manager."""

    def __init__(self, binary, *options, folder=None, seed=None, env=None):
        self.binary = str(pathlib.Path(binary).resolve())
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="blogd-test-"))
        self.options = list(options)
        self.env = env
        self.process = None
        if seed is not None:
            make_database(self.folder / "blog.db", seed)

    @property
    def database(self):
        return self.folder / "blog.db"

    def start(self, timeout=20):
        words = [self.binary, "serve", *self.options]
        if not any(w.startswith("--listen") for w in self.options):
            words += ["--listen", "127.0.0.1:0"]
        if not any(w.startswith("--access-log") for w in self.options):
            words += ["--access-log", "off"]
        self.errors = self.folder / "stderr.txt"
        with open(self.errors, "ab") as err:
            at = err.tell()
            self.process = subprocess.Popen(
                words, cwd=self.folder, stdin=subprocess.DEVNULL, stderr=err,
                env={**os.environ, **(self.env or {})})
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            text = self.errors.read_bytes()[at:].decode(errors="replace")
            found = re.search(r"http://(\[?[0-9a-f.:]+\]?):(\d+)", text)
            if found:
                self.host, self.port = found[1].strip("[]"), int(found[2])
                return self
            if self.process.poll() is not None:
                raise RuntimeError(f"blogd ended with {self.process.returncode}: {text}")
            time.sleep(0.01)
        self.kill()
        raise RuntimeError("blogd did not say its address: " + text)

    def stop(self, timeout=15):
        """SIGTERM and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self):
        return self.errors.read_text(errors="replace")

    def connect(self, timeout=10):
        return socket.create_connection((self.host, self.port), timeout)

    def request(self, method, path, body=None, headers=None):
        """(status, headers with lower-case names, body) over a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as c:
            data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
            sent = dict(headers or {})
            if isinstance(body, (dict, list)):
                sent.setdefault("Content-Type", "application/json")
            c.request(method, path, body=data, headers=sent)
            answer = c.getresponse()
            content = answer.read()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content

    def api(self, method, path, body=None, headers=None):
        """(status, decoded JSON or None)."""
        status, _, content = self.request(method, path, body, headers)
        return status, json.loads(content) if content else None


def make_database(path, sql_file):
    """A database as the tutorial's app leaves it: from a script, by another SQLite client."""
    import sqlite3
    db = sqlite3.connect(path)
    db.executescript(pathlib.Path(sql_file).read_text(encoding="utf-8"))
    db.commit()
    db.close()
