"""blogd copy: everything arrives, in SQLite and in PostgreSQL, and is right there."""

import os
import pathlib
import pty
import re
import sqlite3
import subprocess
import time

import pytest

from conftest import SEED
from copying import NASTY, copy, done, execute, make_file, refused, rows_of
from tutorial_database import TABLES, make_tutorial_database


# --- everything arrives


@pytest.mark.parametrize("later_parts", [False, True], ids=["parts 5 to 9", "part 15"])
def test_a_round_trip_gives_every_byte_back(binary, postgres, empty, tmp_path, later_parts):
    source = make_file(tmp_path / "a.db", posts=NASTY, later_parts=later_parts)
    before = rows_of(source)
    done(copy(binary, source, postgres.url(empty)))
    back = done(copy(binary, postgres.url(empty), tmp_path / "b.db"))
    assert rows_of(tmp_path / "b.db") == before == rows_of(source)
    # The same from either store, once the columns are the same.
    on = done(copy(binary, tmp_path / "b.db", tmp_path / "d.db"))
    checksums, checksums_back = ([words for words in map(str.split, said.splitlines())
                                  if "checksum" in words and words[1] != "0"] for said in (on, back))
    assert checksums == checksums_back
    assert [words[0] for words in checksums] == ["users", "posts"] + ["password_reset_tokens"] * later_parts
    assert int(postgres.value("SELECT count(*) FROM posts", database=empty)) == 6 + len(NASTY)
    filled = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'password_hash' AND attnotnull"
    assert postgres.value(filled, database=empty) == "0", "an open account may have none"
    assert done(copy(binary, source, tmp_path / "c.db")) and rows_of(tmp_path / "c.db") == before


def test_another_path_through_both(binary, postgres, empty, tmp_path):
    """PostgreSQL to PostgreSQL, over the network with TLS, and a database that the tutorial made."""
    tutorial = make_tutorial_database(postgres)
    done(copy(binary, postgres.tls_url(tutorial), postgres.tcp_url(empty)))
    done(copy(binary, postgres.url(empty), tmp_path / "b.db"))
    expected = rows_of(make_file(tmp_path / "seed.db"))
    copied = rows_of(tmp_path / "b.db")
    assert copied["users"] == expected["users"]
    names, posts = copied["posts"]
    assert "likes" in names and len(posts) == 6


def test_ids_of_the_tutorials_own_tables(binary, postgres, empty, tmp_path):
    """They are 32 bits wide and given out by a sequence of serial."""
    postgres.psql("CREATE EXTENSION pg_stat_statements", database=empty)
    postgres.script(f"SET ROLE blog; {TABLES.read_text(encoding='utf-8')}", empty)
    source = make_file(tmp_path / "a.db", posts=NASTY)
    done(copy(binary, source, postgres.url(empty)))
    assert postgres.value("SELECT nextval('posts_id_seq')", database=empty) == str(7 + len(NASTY))
    assert postgres.value("SELECT version_num FROM alembic_version", database=empty) == "4f1d2c7a9b3e"
    done(copy(binary, postgres.url(empty), tmp_path / "b.db"))
    execute(source, "ALTER TABLE posts ADD COLUMN likes INTEGER DEFAULT 0")
    copied = rows_of(tmp_path / "b.db")
    assert copied == rows_of(source)
    # Tokens were given out there and are gone; a file without AUTOINCREMENT cannot remember their ids.
    postgres.value("SELECT nextval('password_reset_tokens_id_seq')", database=empty)
    make_file(tmp_path / "c.db", later_parts=True)
    execute(tmp_path / "c.db", "ALTER TABLE users DROP COLUMN password_hash")
    done(copy(binary, postgres.url(empty), tmp_path / "c.db", "--replace"))


def test_an_id_is_never_given_out_again(blogd, binary, postgres, empty, tmp_path):
    server = blogd(seed=SEED)
    for _ in range(3):
        server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})
    for number in (9, 8, 7):
        assert server.api("DELETE", f"/api/posts/{number}")[0] == 204
    assert server.api("POST", "/api/users", {"username": "x", "email": "x@example.org"})[1]["id"] == 5
    assert server.api("DELETE", "/api/users/5")[0] == 204
    server.stop()
    done(copy(binary, server.folder / "blog.db", postgres.url(empty)))
    assert postgres.value("SELECT nextval(pg_get_serial_sequence('posts', 'id'))", database=empty) == "10"
    assert postgres.value("SELECT nextval(pg_get_serial_sequence('users', 'id'))", database=empty) == "6"
    done(copy(binary, postgres.url(empty), tmp_path / "b.db"))
    db = sqlite3.connect(tmp_path / "b.db")
    assert db.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name").fetchall() == [("posts", 10), ("users", 6)]
    db.close()
    server = blogd("--database", str(tmp_path / "b.db"))
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[1]["id"] == 11
    assert server.api("POST", "/api/users", {"username": "x", "email": "x@example.org"})[1]["id"] == 7
    server.stop()
    # Nor does a target that is filled again forget what it gave out itself.
    done(copy(binary, make_file(tmp_path / "c.db"), tmp_path / "b.db", "--replace"))
    server = blogd("--database", str(tmp_path / "b.db"))
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[1]["id"] == 12


def test_what_follows_from_the_rows_is_right(blogd, binary, postgres, empty, tmp_path):
    """The totals, the order, and triggers that go on."""
    source = make_file(tmp_path / "a.db", posts=[f"post {i}" for i in range(30)])
    done(copy(binary, source, postgres.url(empty)))
    done(copy(binary, postgres.url(empty), tmp_path / "b.db"))
    answers = []
    for database in (source, postgres.url(empty), tmp_path / "b.db"):
        server = blogd("--database", str(database))
        made = server.api("POST", "/api/posts", {"title": "new", "content": "new", "user_id": 2})[1]
        assert made["id"] == 37
        assert server.api("GET", "/api/posts?limit=1")[1]["total"] == 37
        assert server.api("DELETE", "/api/posts/37")[0] == 204
        answers.append([server.request("GET", path)[2] for path in
                        ("/", "/?page=3", "/api/posts?limit=100", "/api/users/1/posts", "/users/1/posts", "/users/2/posts")])
        server.stop()
    assert answers[0] == answers[1] == answers[2]
    assert "indexes and totals made anew" not in server.log_text(), "they were right before blogd looked"
    indexes = postgres.psql("SELECT indexname FROM pg_indexes WHERE tablename = 'posts' ORDER BY 1", database=empty)
    assert ["ix_posts_user_id"] in indexes and ["blogd_posts_newest"] in indexes and len(indexes) >= 6
    with pytest.raises(RuntimeError, match="posts_user_id_fkey"):
        postgres.psql("DELETE FROM users WHERE id = 1", database=empty)


def test_a_server_on_the_target_learns_of_it(blogd, binary, postgres, database, tmp_path):
    server = blogd("--database", postgres.url(database))
    path = "/api/posts/1"
    for _ in range(3):
        assert server.api("GET", path)[1]["title"] == "First post"
    source = make_file(tmp_path / "a.db")
    execute(source, "UPDATE posts SET title = 'changed' WHERE id = 1")
    done(copy(binary, source, postgres.url(database), "--replace"))
    end = time.monotonic() + 10
    while server.api("GET", path)[1]["title"] != "changed":
        assert time.monotonic() < end, "the kept answer is still given out"
        time.sleep(0.02)
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201


# --- dates


def test_dates_in_another_spelling_are_counted_or_refused(binary, postgres, empty, tmp_path):
    source = make_file(tmp_path / "a.db")
    for number, spelling in enumerate(["2026-06-08T12:00:00Z", "2026-06-08 12:00", "2026-06-08 14:00:00+02:00"], 1):
        execute(source, "UPDATE posts SET date_posted = ? WHERE id = ?", spelling, number)
    assert "--strict" in refused(copy(binary, source, postgres.url(empty), "--strict"))
    assert "3 dates are spelled" in done(copy(binary, source, postgres.url(empty)))
    assert "dates" not in done(copy(binary, postgres.url(empty), tmp_path / "b.db", "--strict"))
    db = sqlite3.connect(tmp_path / "b.db")
    assert db.execute("SELECT DISTINCT date_posted FROM posts WHERE id <= 3").fetchall() == \
        [("2026-06-08 12:00:00.000000",)]
    db.close()


# --- how it goes


def test_a_terminal_sees_how_far_it_is(binary, tmp_path):
    source = make_file(tmp_path / "a.db", posts=["x" * 1000] * 1000)
    ours, theirs = pty.openpty()
    process = subprocess.Popen([binary, "copy", "--from", source, f"--to={tmp_path / 'b.db'}"], stdout=subprocess.PIPE,
                               stderr=theirs, text=True)
    out, _ = process.communicate(timeout=60)
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    assert process.returncode == 0 and "copied and verified 1010 rows" in out
    assert "copy posts [......" in seen and "0 of 1006 rows" in seen and "\r" in seen
    assert "copy posts" not in copy(binary, source, tmp_path / "c.db").stderr, "a short copy is silent elsewhere"


def test_memory_does_not_grow_with_the_database(request, binary, postgres, empty, tmp_path):
    if request.config.getoption("--sanitized"):
        pytest.skip("the memory of a sanitizer's build")
    source = make_file(tmp_path / "a.db", posts=["x" * 5000] * 40_000)  # 200 MB
    for place, target in ((source, postgres.url(empty)), (postgres.url(empty), tmp_path / "b.db")):
        process = subprocess.Popen([binary, "copy", "--from", place, "--to", target], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        peak = 0  # what wait4() tells has this process's own memory in it, from before the exec
        while process.poll() is None:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            found = re.search(r"^Name:\s*blogd$.*^VmHWM:\s*(\d+) kB$", status, re.M | re.S)
            peak = max(peak, int(found[1]) if found else 0)
            time.sleep(0.01)
        assert process.returncode == 0
        assert 0 < peak < 110_000, f"{peak} KB"
