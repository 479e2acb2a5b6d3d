"""Starts and stops a server of our own: free loopback port, temporary folder, by process id."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(address, seconds=1.0):
    """True when a request on a fresh connection is answered."""
    try:
        with socket.create_connection(address, timeout=seconds) as s:
            s.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return s.recv(9) == b"HTTP/1.1 "
    except OSError:
        return False


def memory_kib(pid):
    """Resident memory of its own: without the pages of mapped files, which the system may drop."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith(("RssAnon:", "RssShmem:")))


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Server:
    """A child process that serves on `address`. Use with `with`."""

    def __init__(self, command, address, folder):
        self.command, self.address, self.folder = command, address, folder
        self.log_path = os.path.join(folder, "server.log")
        self.process = None

    def __enter__(self):
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while not answers(self.address):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SystemExit(f"{self.command[0]} does not serve:\n{self.log_tail()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def stop(self, seconds=15):
        """SIGTERM, and SIGKILL when that is not enough; the exit code (negative: a signal)."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def log_tail(self, size=3000):
        with open(self.log_path, "rb") as log:
            return log.read()[-size:].decode("utf-8", "replace")


def blogd(binary, *options):
    """A blogd with an empty database of its own."""
    folder = tempfile.mkdtemp(prefix="blogd-http-")
    port = free_port()
    command = [
        os.path.abspath(binary),
        "serve",
        "--listen",
        f"127.0.0.1:{port}",
        "--database",
        os.path.join(folder, "blog.db"),
        "--media",
        os.path.join(folder, "media"),
        "--access-log",
        "off",
        *options,
    ]
    return Server(command, ("127.0.0.1", port), folder)
