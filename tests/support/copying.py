"""What tests of `blogd copy` need: files with all kinds of rows, and what is in them."""

import pathlib
import sqlite3
import subprocess

SEED = pathlib.Path(__file__).resolve().parent.parent / "data" / "golden_seed.sql"

NASTY = ["", "\0", "a\0b\0\0", "\ufdd0", "\ufdd1\ufdd0\0\ufdd1", "\\N", "\\.\n\\.\n", "\t\r\n\b", "'\";--$$", "\ufeff\uffff\ufffe",
         "\u2028\x85\x7f\x01", "\U0001f600" * 100, "\U0010ffff", " padded ", "NULL", "Z\u0308\u0142\u00f3\u0142", "long " * 100_000]

LATER_PARTS = """
CREATE TABLE more (
    id INTEGER NOT NULL PRIMARY KEY, username VARCHAR(50) NOT NULL UNIQUE, email VARCHAR(120) NOT NULL UNIQUE,
    password_hash VARCHAR(200) NOT NULL, image_file VARCHAR(200));
INSERT INTO more SELECT id, username, email, '$argon2id$' || username, image_file FROM users;
DROP TABLE users;
ALTER TABLE more RENAME TO users;
ALTER TABLE posts ADD COLUMN likes INTEGER DEFAULT 0;
UPDATE posts SET likes = CASE id WHEN 2 THEN NULL ELSE id * 3 END;
CREATE TABLE password_reset_tokens (
    id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, token_hash VARCHAR(64) NOT NULL UNIQUE,
    expires_at DATETIME NOT NULL, created_at DATETIME NOT NULL, FOREIGN KEY(user_id) REFERENCES users (id));
INSERT INTO password_reset_tokens VALUES (5, 1, 'aa', '2026-01-01 00:00:00.000001', '2025-12-31 00:00:00.000000');
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
"""


def copy(binary, source, target, *flags):
    return subprocess.run([binary, "copy", "--from", str(source), "--to", str(target), *flags], text=True,
                          capture_output=True, timeout=120)


def done(result):
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(result):
    assert result.returncode == 1 and result.stderr.startswith("blogd: "), (result.returncode, result.stderr)
    assert result.stderr.count("\n") == 1, "one sentence"
    return result.stderr


def execute(file, script, *arguments):
    db = sqlite3.connect(file)
    if arguments:
        db.execute(script, arguments)
    else:
        db.executescript(script)
    db.commit()
    db.close()


def make_file(file, *, posts=(), later_parts=False):
    """The reference data and more posts of user 1, each text as a title (cut) and as the content."""
    db = sqlite3.connect(file)
    db.executescript(SEED.read_text(encoding="utf-8"))
    for i, text in enumerate(posts):
        db.execute("INSERT INTO posts (title, content, user_id, date_posted) VALUES (?, ?, 1, ?)",
                   (text[:40], text, f"{1 + i * 600 % 9_999:04}-02-28 23:59:59.{i:06}"))
    if later_parts:
        db.executescript(LATER_PARTS)
    db.commit()
    db.close()
    return file


def rows_of(file):
    """Every column of every row, byte by byte, with its type; without what a migration adds as long as it is empty."""
    db = sqlite3.connect(file)
    out = {}
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'blogd@_%' ESCAPE '@'" \
             " AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name <> 'alembic_version'"
    for (table,) in db.execute(tables).fetchall():
        names = sorted(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
        if table == "users":
            names = [name for name in names if name not in ("password_hash", "disabled_at")
                     or db.execute(f"SELECT count({name}) FROM users").fetchone() != (0,)]
        elif table == "password_reset_tokens" and db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,):
            continue
        wanted = ", ".join(f"typeof({name}), hex({name})" for name in names)
        out[table] = (names, db.execute(f"SELECT {wanted} FROM {table} ORDER BY id").fetchall())
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    return out


def state_of(postgres, database):
    return postgres.psql("SELECT jsonb_strip_nulls(to_jsonb(u)) FROM users u ORDER BY id", "SELECT * FROM posts ORDER BY id",
                         "SELECT last_value, is_called FROM posts_id_seq",
                         "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('posts', 'users')"
                         " AND indexname NOT LIKE 'blogd%' ORDER BY 1",
                         "SELECT conname FROM pg_constraint WHERE conrelid = 'posts'::regclass ORDER BY 1", database=database)
