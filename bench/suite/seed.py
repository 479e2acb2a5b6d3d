"""The data that every server gets: N posts of about a kilobyte by fifty authors, always the same.

blogd makes the file, so the schema is its own; rows go in with its indexes and triggers out of the
way, and its next start puts them back and counts. Seeds are kept for later runs."""

import contextlib
import datetime
import hashlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

AUTHORS = 50
FIRST_DATE = datetime.datetime(2015, 1, 1, 6, 30)
WORDS = ("the a of harbour wind lamp & letter stone river \"small\" bread evening we they kept"
         " under over window, which had been garden. Nobody knew it's morning paper <b>first</b>"
         " train again and walked slowly home because light changes; every winter tells another story"
         ).split(" ")


def texts(count=997):
    """A thousand different contents, 700 to 1,300 characters each, with letters to escape."""
    source = random.Random(1)
    made = []
    for _ in range(count):
        length = source.randint(700, 1300)
        text = ""
        while len(text) < length:
            line = " ".join(source.choices(WORDS, k=source.randint(8, 60)))
            text += line[0].upper() + line[1:] + ".\n\n"
        made.append(text[:length].strip())
    return made


def post_rows(count):
    """Titles, contents, authors and dates; ids follow dates, as they do in a real blog."""
    contents = texts()
    for i in range(count):
        date = FIRST_DATE + datetime.timedelta(seconds=29 * i, microseconds=i % 1_000_000)
        yield (f"What was seen on walk number {i + 1}", contents[i % len(contents)],
               i * 7 % AUTHORS + 1, date.isoformat(" ", "microseconds"))


def start_and_stop(blogd, database, folder=None):
    """One start of blogd: makes the file, or completes what it derives from the rows. A database
    that is no file needs a folder for what blogd says."""
    folder = folder or pathlib.Path(database).parent
    with open(folder / "seed.log", "ab") as log:
        at = log.tell()
        process = subprocess.Popen(
            [str(blogd), "serve", "--database", str(database), "--media", str(folder / "media"),
             "--listen", "127.0.0.1:0", "--workers", "1", "--access-log", "off"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    while b"http://" not in (folder / "seed.log").read_bytes()[at:]:
        if process.poll() is not None:
            raise RuntimeError(f"blogd does not start: {folder / 'seed.log'}")
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def derived_sql(db):
    """(kind, name, sql) of indexes and triggers that were declared, not implied by a table."""
    return db.execute("SELECT type, name, sql FROM sqlite_schema"
                      " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL").fetchall()


def insert_rows(database, posts):
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        declared = derived_sql(db)
        for kind, name, _ in declared:
            db.execute(f"DROP {kind} {name}")
        db.executemany("INSERT INTO users (id, username, email) VALUES (?, ?, ?)",
                       ((i, f"author{i}", f"author{i}@example.com") for i in range(1, AUTHORS + 1)))
        db.executemany("INSERT INTO posts (title, content, user_id, date_posted)"
                       " VALUES (?, ?, ?, ?)", post_rows(posts))
        for kind, _, sql in declared:
            if kind == "index":  # blogd makes its triggers again itself, and counts then
                db.execute(sql)
        db.execute("COMMIT")


def without_blogd(database):
    """What the other servers get: the same rows without blogd's triggers and totals, but with its
    newest-first index, which their queries use too; SQLite's default journal mode."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as db:
        for kind, name, _ in derived_sql(db):
            if kind == "trigger" or (name.startswith("blogd_") and name != "blogd_posts_newest"):
                db.execute(f"DROP {kind} {name}")
        tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"
                            " AND name LIKE 'blogd\\_%' ESCAPE '\\'").fetchall()
        for (name,) in tables:
            db.execute(f"DROP TABLE {name}")
        db.execute("PRAGMA journal_mode=DELETE")


class Seeds:
    """Files by number of posts, made when first asked for, in `folder`."""

    def __init__(self, folder, blogd, say):
        self.folder, self.blogd, self.say = pathlib.Path(folder), blogd, say
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key = self._key()

    def _key(self):
        """Changes with blogd's schema and with this file, so that no stale seed is used."""
        with tempfile.TemporaryDirectory() as folder:
            start_and_stop(self.blogd, pathlib.Path(folder) / "blog.db")
            with contextlib.closing(sqlite3.connect(pathlib.Path(folder) / "blog.db")) as db:
                schema = "\n".join(sorted(sql for _, _, sql in derived_sql(db)))
        this_file = pathlib.Path(__file__).read_bytes()
        return hashlib.sha256(schema.encode() + this_file).hexdigest()[:12]

    def path(self, posts, for_blogd=True):
        path = self.folder / f"{'blogd' if for_blogd else 'others'}-{posts}-{self.key}.db"
        if not path.exists():
            self.say(f"seeding {posts:,} posts for {'blogd' if for_blogd else 'the others'}")
            for old in self.folder.glob(f"{path.name.rpartition('-')[0]}-*.db"):
                old.unlink()
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                self._make(posts, for_blogd, pathlib.Path(folder) / "blog.db", path)
        return path

    def _make(self, posts, for_blogd, temporary, path):
        if for_blogd:
            start_and_stop(self.blogd, temporary)
            insert_rows(temporary, posts)
            start_and_stop(self.blogd, temporary)
        else:
            shutil.copyfile(self.path(posts), temporary)
            without_blogd(temporary)
        with contextlib.closing(sqlite3.connect(temporary)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.replace(temporary, path)
