"""A server under test: its processes, pinned to one core, and what they use."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

from machine import TICK

SERVER_CORE, GENERATOR_CORE = 0, 1
DESCRIPTORS = 65536  # wanted by servers and generators; less where the system allows less


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def allow_descriptors():
    """For this process and all that it starts. Returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Server:
    """Start, measure, stop. All processes of a server are in a session of their own, by which
    they are found again."""

    def __init__(self, name, folder, port, words, *, env=None, database=None, pinned=True):
        self.name, self.folder, self.port = name, pathlib.Path(folder), port
        self.words, self.env, self.database = words, env or {}, database
        self.pinned = pinned
        self.process, self.paused = None, False

    def start(self, timeout=60):
        cores = str(SERVER_CORE) if self.pinned else f"0-{os.cpu_count() - 1}"
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores, *map(str, self.words)], cwd=self.folder,
                env={**os.environ, **self.env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        self._wait_until_it_listens(timeout)
        return self

    def _wait_until_it_listens(self, timeout):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.001)
        self.stop()
        raise RuntimeError(f"{self.name} does not answer: {self.log_text()[-2000:]}")

    def log_text(self):
        return (self.folder / "log.txt").read_text(errors="replace")

    def pids(self):
        found = []
        for entry in os.listdir("/proc"):
            with contextlib.suppress(OSError, ValueError):
                if os.getsid(int(entry)) == self.process.pid:
                    found.append(int(entry))
        return found

    def cpu_seconds(self):
        """User and system time of all processes, and of those that ended before."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
                total += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
        return total / TICK

    def waited(self):
        """Seconds by thread that it was ready to run, but another thread had its core."""
        seconds = {}
        for pid in self.pids():
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with contextlib.suppress(OSError, ValueError):
                    seconds[task.parent.name] = int(task.read_text().split()[1]) / 1e9
        return seconds

    def memory(self):
        """Resident bytes: (anonymous, of files)."""
        anonymous = of_files = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith("RssAnon:"):
                        anonymous += int(line.split()[1]) * 1024
                    elif line.startswith(("RssFile:", "RssShmem:")):
                        of_files += int(line.split()[1]) * 1024
        return anonymous, of_files

    def pause(self):
        """Stopped processes cannot disturb whoever is measured."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGSTOP)
            self.paused = True

    def resume(self):
        os.killpg(self.process.pid, signal.SIGCONT)
        self.paused = False

    def wake(self):
        """A server that stood still for longer than its timeouts may close its first connection,
        so it gets one that nobody needs."""
        self.resume()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            time.sleep(0.02)

    def settle(self, timeout=3):
        """Waits until what the generator left half done is done, so that it is not counted in the
        next round, nor met by its first connection."""
        deadline, used = time.monotonic() + timeout, -1
        while self.process is not None and used != (used := self.cpu_seconds()):
            if time.monotonic() > deadline:
                break
            time.sleep(0.06)

    def stop(self):
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.resume()
            os.killpg(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def rows(self):
        """How many posts are in its database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute("SELECT count(*) FROM posts").fetchone()[0]


class Fleet:
    """The servers of a run by key. They stay between cases, paused; whoever has written is thrown
    away. `make(key, folder)` gives a server that is not started yet."""

    def __init__(self, folder, make):
        self.folder, self.make = pathlib.Path(folder), make
        self.servers = {}

    def get(self, key, fresh=False):
        """Started and running."""
        if fresh:
            self.drop(key)
        if key in self.servers:
            self.servers[key].wake()
            return self.servers[key]
        folder = self.folder / key.replace("/", "_")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.servers[key] = server = self.make(key, folder)
        return server.start()

    def pause_all(self):
        for server in self.servers.values():
            if not server.paused:
                server.settle()
                server.pause()

    def log_tail(self, key):
        """The last words of a server that is in trouble."""
        server = self.servers.get(key)
        return "" if server is None else server.log_text()[-1000:]

    def drop(self, key):
        server = self.servers.pop(key, None)
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)

    def stop(self):
        for key in list(self.servers):
            self.drop(key)
