"""The PostgreSQL beside blogd: a real one in a temporary folder, with the same posts as the files.

It is the one of tests/support, but durable: fsync, synchronous_commit, autovacuum."""

import contextlib
import csv
import io
import os
import pathlib
import re
import sys
import time

from machine import TICK
from seed import AUTHORS, post_rows, start_and_stop
from servers import SERVER_CORE, Server

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "support"))
from postgres import PASSWORD, USER, Postgres, binaries  # noqa: E402

SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "autovacuum": "on", "ssl": "off",
    "shared_buffers": "256MB",
    # No checkpoint within a round: each begins right after one.
    "checkpoint_timeout": "1h", "max_wal_size": "8GB",
}
# The schema owner's own trigger tells which settings blogd gave its connection.
TELL_SETTINGS = """
CREATE TABLE told (name text, setting text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO told SELECT name, setting FROM pg_settings WHERE source = 'client';
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON posts EXECUTE FUNCTION tell();
ALTER TABLE told OWNER TO %s;
""" % USER


def missing():
    """Why there is no PostgreSQL, or ""."""
    try:
        folder = binaries()
    except RuntimeError as failure:
        return str(failure)
    return "" if (folder / "pgbench").exists() else f"no pgbench in {folder}"


class PostgresBlogd(Server):
    """blogd with a database of its own, which goes with it unless it is shared."""

    def __init__(self, database, name, folder, port, words, *, db, owner=True, pinned=True):
        super().__init__(name, folder, port, words, pinned=pinned)
        self.server_of_data, self.db, self.owner = database, db, owner

    def rows(self):
        return int(self.server_of_data.postgres.value("SELECT count(*) FROM posts", self.db))

    def stop(self):
        super().stop()
        if self.owner:
            self.server_of_data.drop(self.db)


class Database:
    """`posts`: how many each database begins with. Close it."""

    def __init__(self, blogd, folder, posts, say):
        self.blogd, self.folder, self.posts, self.say = blogd, pathlib.Path(folder), posts, say
        self.postgres = Postgres(**SETTINGS)
        self.template = None

    def close(self):
        self.postgres.close()

    # --- databases

    def url(self, name):
        return self.postgres.url(name)

    def new(self):
        """The name of a database with all posts."""
        if self.template is None:
            self.say(f"seeding {self.posts:,} posts in PostgreSQL")
            self.template = self._seeded()
        name = self.postgres.create_database()
        self.postgres.psql(f"DROP DATABASE {name}",
                           f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {self.template}"
                           " STRATEGY file_copy", "CHECKPOINT")
        return name

    def drop(self, name):
        self.postgres.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _seeded(self):
        name = self._empty()
        dated = ((title, content, author, date + "Z")
                 for title, content, author, date in post_rows(self.posts))
        self._copy(name, "users (id, username, email)",
                   ((i, f"author{i}", f"author{i}@example.com") for i in range(1, AUTHORS + 1)))
        self._copy(name, "posts (title, content, user_id, date_posted)", dated)
        self.postgres.psql(f"ALTER TABLE users ALTER id RESTART WITH {AUTHORS + 1}",
                           "VACUUM ANALYZE", database=name)
        return name

    def _empty(self):
        """As blogd makes it."""
        name = self.postgres.create_database()
        folder = self.folder / name
        folder.mkdir(parents=True)
        start_and_stop(self.blogd, self.url(name), folder)
        return name

    def _copy(self, name, table, rows):
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(rows)
        self.postgres.script(f"COPY {table} FROM STDIN CSV;\n{lines.getvalue()}\\.\n", name)

    # --- what blogd says to it

    def listen_to(self, talk):
        """Starts nothing itself: `talk(url)` makes a blogd ask and write. Returns ({statement:
        SQL}, {setting: value}) of what the server heard, so that pgbench can say the same."""
        name = self._empty()
        self.postgres.script(TELL_SETTINGS, name)
        self.postgres.psql("INSERT INTO users (username, email) VALUES ('a', 'a@example.com')",
                           database=name)
        self.postgres.set(log_statement="all")
        try:
            talk(self.url(name))
        finally:
            self.postgres.set(log_statement=None)
        heard = dict(re.findall(r"execute (blogd_\w+): (.*)", self.postgres.log_text()))
        told = dict(self.postgres.psql("SELECT DISTINCT name, setting FROM told", database=name))
        self.drop(name)
        return heard, told

    # --- processes

    def pids(self):
        return [self.postgres.process.pid, *self.postgres.children()]

    def place(self, pinned):
        """On the servers' core like every server, or on all."""
        cores = {SERVER_CORE} if pinned else set(range(os.cpu_count()))
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(pid, cores)

    def checkpoint(self):
        self.postgres.psql("CHECKPOINT")

    def cpu_seconds(self):
        """Of all its processes, those that have ended included (wait_for_end_of)."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                own, ended = stat[11:13], stat[13:15]
                total += sum(map(int, own + (ended if pid == self.postgres.process.pid else [])))
        return total / TICK

    def wait_for_end_of(self, clients, timeout=5):
        """Until the processes `clients` are gone, and what they used is counted as the server's."""
        deadline = time.monotonic() + timeout
        while clients & set(self.postgres.children()) and time.monotonic() < deadline:
            time.sleep(0.01)


def password_environment(settings):
    """For clients that are not blogd: the same login and settings."""
    options = " ".join(f"-c {name}={escaped(value)}" for name, value in settings.items())
    return {"PGPASSWORD": PASSWORD, "PGUSER": USER, "PGOPTIONS": options}


def escaped(value):
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
