#!/usr/bin/python3
"""A real PostgreSQL in a temporary folder: over a Unix socket and loopback TCP, with TLS and without.

Tests in Python use class Postgres. Others run `postgres.py serve`, which starts one, says its URLs, a
line each and then `ok`, takes the commands start, stop, kill, pause and resume, a line each, answered
by `ok`, and ends it when its standard input ends.

PostgreSQL refuses to run as root, so root starts it as the user postgres. However the process that
started it ends, the server ends too and its folder goes."""

import contextlib
import glob
import itertools
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from psql import Psql

USER = "blog"                # owns every database that blogd is given, and is no superuser
PASSWORD = "s3cr:t/w@rd%20"  # of all that a URL has to escape
NEEDS_TLS = "needs_tls"      # a user, once it is made, that TCP without TLS refuses
SOCKET_PATH_MAX = 107        # bytes, of Linux

# The last one to let go of standard input is the test's process. A stopped process heeds no other
# signal, hence CONT; QUIT ends at once, and frees the shared memory.
GUARD = r"""
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
runs() { [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; }
children() {
    for file in /proc/[0-9]*/stat; do
        read -r child name state parent rest <"$file" && [ "$parent" = "$pid" ] && echo "$child"
    done 2>/dev/null
}
if runs "$1"; then
    kill -CONT "$pid" $(children)
    kill -QUIT "$pid"
    for tenth in $(seq 100); do
        runs "$1" || break
        sleep 0.1
    done
fi
rm -rf "$1"
"""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": 300,
    "shared_buffers": "32MB",
    # Tests kill processes, not the machine.
    "fsync": "off",
    # Nothing of its own accord: a template database must be idle to be copied.
    "autovacuum": "off",
    # In its folder, so that it goes with that after a kill -9 too.
    "dynamic_shared_memory_type": "mmap",
    "log_line_prefix": "%m [%p] %u@%d ",
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
}

ACCESS = f"""
local      all,replication  postgres   trust
local      all  all                    scram-sha-256
hostnossl  all  {NEEDS_TLS}  127.0.0.1/32  reject
host       all  postgres  127.0.0.1/32  reject
host       all  all       127.0.0.1/32  scram-sha-256
"""


class Postgres:
    """One server with a folder of its own, running from the start. Use as a context manager."""

    def __init__(self, **settings):
        self.binaries = binaries()
        self.folder = make_folder()
        self.data = self.folder / "data"
        self.process = None
        self.numbers = itertools.count(1)
        self.guard = subprocess.Popen(["sh", "-c", GUARD, "guard", self.folder], stdin=subprocess.PIPE,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      start_new_session=True)
        try:
            self._make({**SETTINGS, **settings})
        except BaseException:
            self.close()
            raise

    def _make(self, settings):
        self._run("initdb", "-D", self.data, "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
                  "--auth=reject", "--no-sync", "--no-instructions")
        self._run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                  "-nodes", "-days", "2", "-subj", "/CN=localhost",
                  "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                  "-keyout", self.data / "server.key", "-out", self.data / "server.crt")
        # Readable for a blogd of any user; the folder of the data is not.
        shutil.copyfile(self.data / "server.crt", self.certificate)
        (self.data / "pg_hba.conf").write_text(ACCESS)
        with open(self.data / "postgresql.conf", "a") as out:
            for name, value in settings.items():
                out.write(f"{name} = '{value}'\n")
        self._start_somewhere()
        self.psql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")

    def _start_somewhere(self):
        for attempt in range(10):
            self.port = free_port()
            try:
                self.start()
                break
            except RuntimeError:
                if attempt == 9:
                    raise
        self.hand = Psql(self.binaries / "psql", "-h", self.folder, "-p", str(self.port), "-U", "postgres")

    @property
    def certificate(self):
        return self.folder / "server.crt"

    def _run(self, program, *words):
        path = self.binaries / program
        done = subprocess.run([path if path.exists() else program, *words], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, **as_server())
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    # --- its life

    def start(self, timeout=60):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **as_server())
        end = time.monotonic() + timeout
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not start: {self.log_text()[-2000:]}")
            time.sleep(0.005)

    def _ready(self):
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > 7 and int(lines[0]) == self.process.pid and lines[7].strip() == "ready"

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, mode="fast"):
        """fast: ends the connections, then itself. immediate: as after a crash."""
        if not self.running():
            return
        self.resume()
        self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
        self.process.wait(60)

    def kill(self):
        """kill -9 of the postmaster; its children notice and end."""
        children = self.children()
        self.process.kill()
        self.process.wait()
        wait_until(lambda: not any(map(alive, children)), 30)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def pause(self):
        """Every process stands still: connections are taken by the kernel, and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)
        for child in self.children():
            send(child, signal.SIGSTOP)

    def resume(self):
        for child in self.children():
            send(child, signal.SIGCONT)
        self.process.send_signal(signal.SIGCONT)

    def children(self):
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc")))
                if (fields := stat_of(pid)) and int(fields[1]) == self.process.pid]

    def close(self):
        try:
            self.stop("immediate")
        finally:
            self.guard.stdin.close()
            self.guard.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def log_text(self):
        return (self.folder / "log").read_text(errors="replace")

    def recover(self):
        """Up again and with the settings of the start, whatever a test has done to it."""
        if self.running():
            self.resume()
        else:
            self.start()
        self.psql("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")

    def set(self, **settings):
        """Changes settings of the running server, for connections that are open too; None: as at
        the start."""
        for name, value in settings.items():
            change = f"SET {name} = '{value}'" if value is not None else f"RESET {name}"
            self.psql(f"ALTER SYSTEM {change}")
        self.psql("SELECT pg_reload_conf()")

    # --- databases

    def create_database(self, options="", owner=USER):
        """A new, empty database; its name. The options are those of CREATE DATABASE."""
        name = f"blog{next(self.numbers)}"
        self.psql(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 STRATEGY file_copy {options}")
        return name

    def drop_databases(self):
        """All that were made, whoever uses them."""
        for [name] in self.psql("SELECT datname FROM pg_database WHERE datname LIKE 'blog%'"):
            self.psql(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database, user=USER, password=PASSWORD, host=None, port=None, **parameters):
        """For blogd: over the Unix socket, or over TCP when there is a host."""
        login = user if password is None else f"{user}:{urllib.parse.quote(password, safe='')}"
        place = urllib.parse.quote(str(host or self.folder), safe="")
        words = urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)
        return f"postgresql://{login}@{place}:{port or self.port}/{database}" + ("?" + words if words else "")

    def tcp_url(self, database, **parameters):
        return self.url(database, host="127.0.0.1", **{"sslmode": "disable", **parameters})

    def tls_url(self, database, **parameters):
        return self.url(database, host="localhost",
                        **{"sslmode": "verify-full", "sslrootcert": self.certificate, **parameters})

    # --- SQL by hand, as the superuser: see psql.py

    def psql(self, *statements, database="postgres"):
        return self.hand.rows(*statements, database=database)

    def value(self, statement, database="postgres"):
        """The one value of the one row."""
        [[value]] = self.psql(statement, database=database)
        return value

    def script(self, text, database):
        self.hand.script(text, database)

    def session(self, database="postgres"):
        return self.hand.session(database)


class Standby(Postgres):
    """A copy of a running primary that follows it, and may be read; promote() makes it a primary."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__()

    def _make(self, settings):
        place = f"host={self.primary.folder} port={self.primary.port} user=postgres"
        self._run("pg_basebackup", "-D", self.data, "-d", place, "--checkpoint=fast", "--no-sync")
        (self.data / "standby.signal").touch()
        with open(self.data / "postgresql.conf", "a") as out:
            # As deploy/patroni/patroni.yml says, and why.
            out.write(f"primary_conninfo = '{place}'\nrecovery_min_apply_delay = 50ms\n")
        shutil.copyfile(self.data / "server.crt", self.certificate)
        self._start_somewhere()

    def wait_until_it_has_all(self, seconds=30):
        """All that the primary has committed so far."""
        place = self.primary.value("SELECT pg_current_wal_insert_lsn()")
        assert wait_until(lambda: self.value(f"SELECT pg_last_wal_replay_lsn() >= '{place}'") == "t", seconds)

    def promote(self):
        self.psql("SELECT pg_promote()")


def binaries():
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if not found:
        raise RuntimeError("there is no PostgreSQL; install Debian's postgresql-15")
    newest = max(found, key=lambda path: int(pathlib.Path(path).parts[4]))
    return pathlib.Path(newest).parent


def as_server():
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def make_folder():
    for parent in (tempfile.gettempdir(), "/tmp"):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="blogd-pg-", dir=parent)).resolve()
        if len(str(folder / ".s.PGSQL.12345")) <= SOCKET_PATH_MAX:
            break
        folder.rmdir()
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def free_port():
    """Below those that the system gives to clients: else one of them could take it while the
    server is down, or a client that reconnects could meet itself."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def stat_of(pid):
    """What /proc tells of a process, from its state on; None when it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return None


def alive(pid):
    fields = stat_of(pid)
    return fields is not None and fields[0] != "Z"


def send(pid, what):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def serve():
    with Postgres() as server:
        print("owner", server.url("DATABASE"))
        print("owner_tcp", server.tcp_url("DATABASE"))
        print("owner_tls", server.tls_url("DATABASE"))
        print("superuser", server.url("DATABASE", user="postgres", password=None))
        print("ok", flush=True)
        commands = {"start": server.start, "stop": server.stop, "kill": server.kill, "pause": server.pause,
                    "resume": server.resume}
        for line in sys.stdin:
            commands[line.strip()]()
            print("ok", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: postgres.py serve")
    serve()
