"""blogd copy: what it refuses, and that the target then is as it was."""

import signal
import subprocess
import time

import pytest

from copying import copy, done, execute, make_file, refused, rows_of, state_of
from postgres import PASSWORD


# --- what is refused, and leaves everything as it was

BAD_ROWS = {
    "posts 6: date_posted is 'soon'": "UPDATE posts SET date_posted = 'soon' WHERE id = 6",
    "posts 6: date_posted is stored as an integer": "UPDATE posts SET date_posted = 2026 WHERE id = 6",
    "posts 6: title is no valid UTF-8": "UPDATE posts SET title = CAST(x'ff' AS TEXT) WHERE id = 6",
    "posts 6: content is stored as a blob": "UPDATE posts SET content = x'41' WHERE id = 6",
    "posts 6: title has 101 characters": f"UPDATE posts SET title = '{'é' * 101}' WHERE id = 6",
    "posts 6: title has 104 characters": f"UPDATE posts SET title = '{'x' * 100}    ' WHERE id = 6",
    "posts 6: user_id is 99": "UPDATE posts SET user_id = 99 WHERE id = 6",
    "users 4: username has 51 characters": f"UPDATE users SET username = '{'u' * 51}' WHERE id = 4",
    "users 4: image_file is stored as a blob": "UPDATE users SET image_file = x'00' WHERE id = 4",
}


@pytest.mark.parametrize("reason", BAD_ROWS)
def test_a_row_that_cannot_be_moved_is_named(binary, postgres, empty, tmp_path, reason):
    source = make_file(tmp_path / "a.db")
    execute(source, BAD_ROWS[reason])
    said = refused(copy(binary, source, postgres.url(empty)))
    assert reason in said and "copy again" in said
    if postgres.value("SELECT to_regclass('posts') IS NOT NULL", database=empty) == "t":
        assert postgres.psql("SELECT id FROM users UNION SELECT id FROM posts", database=empty) == []


def test_dates_that_a_file_cannot_hold_are_refused(binary, postgres, database, tmp_path):
    for date in ("infinity", "-infinity", "10000-01-01"):
        postgres.psql(f"UPDATE posts SET date_posted = '{date}' WHERE id = 3", database=database)
        said = refused(copy(binary, postgres.url(database), tmp_path / "b.db"))
        assert "posts 3: date_posted is " in said
        assert not (tmp_path / "b.db").exists(), "a file that was made for nothing is removed again"


@pytest.mark.parametrize("more", ["CREATE TABLE tags (id INTEGER)", "ALTER TABLE posts ADD COLUMN tags INTEGER"])
def test_what_nobody_knows_is_not_left_behind(binary, postgres, database, empty, tmp_path, more):
    source = make_file(tmp_path / "a.db")
    execute(source, more)
    postgres.psql(more, database=database)
    for said in (refused(copy(binary, source, postgres.url(empty))),
                 refused(copy(binary, postgres.url(database), tmp_path / "b.db"))):
        assert "tags, which this program does not know" in said
    assert not (tmp_path / "b.db").exists()


def test_a_target_that_has_something_is_refused_until_told(binary, postgres, database, tmp_path):
    source = make_file(tmp_path / "a.db", posts=["one more"])
    target = make_file(tmp_path / "b.db", posts=["another", "and another"], later_parts=True)
    before = rows_of(target)
    for place in (target, postgres.url(database)):
        assert "--replace" in refused(copy(binary, source, place))
    assert rows_of(target) == before
    assert postgres.value("SELECT count(*) FROM posts", database=database) == "6"

    execute(target, "ALTER TABLE users DROP COLUMN password_hash; ALTER TABLE users ADD COLUMN password_hash VARCHAR(200)")
    for place in (target, postgres.url(database)):
        done(copy(binary, source, place, "--replace"))
    assert postgres.value("SELECT count(*) FROM posts", database=database) == "7"
    after = rows_of(target)
    assert len(after["posts"][1]) == 7 and "password_reset_tokens" not in after


def test_a_target_with_a_column_that_stays_empty_is_refused(binary, postgres, empty, tmp_path):
    target = make_file(tmp_path / "b.db")
    execute(target, "DELETE FROM posts; DELETE FROM users; ALTER TABLE users ADD COLUMN password_hash VARCHAR(200) NOT NULL")
    said = refused(copy(binary, make_file(tmp_path / "a.db"), target))
    assert "users.password_hash" in said


def test_a_failure_in_the_middle_leaves_the_target_as_it_was(binary, postgres, database, tmp_path):
    """The rows of the target are gone and some of the source's are there when it fails."""
    source = make_file(tmp_path / "a.db", posts=["x" * 1000] * 5000)
    execute(source, "UPDATE posts SET date_posted = 'soon' WHERE id = 5000")
    target = make_file(tmp_path / "b.db")
    before = rows_of(target), state_of(postgres, database)
    for place in (target, postgres.url(database)):
        assert "posts 5000" in refused(copy(binary, source, place, "--replace"))
    assert before == (rows_of(target), state_of(postgres, database))
    execute(target, "DELETE FROM posts; DELETE FROM users")
    assert "posts 5000" in refused(copy(binary, source, target))
    assert rows_of(target)["posts"][1] == rows_of(target)["users"][1] == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_that_is_killed_leaves_the_target_as_it_was(binary, postgres, database, tmp_path, kind):
    source = make_file(tmp_path / "a.db", posts=["x" * 1000] * 100_000)
    target = make_file(tmp_path / "b.db")
    before = rows_of(target), state_of(postgres, database)
    place = str(target) if kind == "sqlite" else postgres.url(database)
    process = subprocess.Popen([binary, "copy", "--from", str(source), "--to", place, "--replace"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if target.stat().st_size > 20_000_000 or int(postgres.value(
                "SELECT coalesce(max(tuples_processed), 0) FROM pg_stat_progress_copy WHERE command = 'COPY FROM'"
                " AND relid <> 0", database=database)) > 5000:
            break
        time.sleep(0.005)
    assert process.poll() is None, "it was over too early"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert before == (rows_of(target), state_of(postgres, database))
    done(copy(binary, source, place, "--replace"))


# --- verification


def test_a_target_that_changes_what_is_written_is_found_out(binary, postgres, database, tmp_path):
    source = make_file(tmp_path / "a.db", posts=["x"])
    target = make_file(tmp_path / "b.db")
    before = rows_of(target), state_of(postgres, database)
    execute(target, "CREATE TRIGGER meddle AFTER INSERT ON posts WHEN new.id = 7 BEGIN"
                    " UPDATE posts SET content = upper(content) WHERE id = new.id; END")
    postgres.psql("CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS"
                  " $$BEGIN new.content := upper(new.content); RETURN new; END$$",
                  "CREATE TRIGGER meddle BEFORE INSERT ON posts FOR EACH ROW WHEN (new.id = 7) EXECUTE FUNCTION meddle()",
                  database=database)
    for place in (target, postgres.url(database)):
        assert "other values in posts" in refused(copy(binary, source, place, "--replace"))
    assert before == (rows_of(target), state_of(postgres, database))

    execute(target, "DROP TRIGGER meddle; CREATE TRIGGER meddle AFTER INSERT ON posts BEGIN"
                    " DELETE FROM posts WHERE id = 3; END")
    postgres.psql("CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
                  database=database)
    for place in (target, postgres.url(database)):
        assert "6 instead of 7 rows in posts" in refused(copy(binary, source, place, "--replace"))
    assert before == (rows_of(target), state_of(postgres, database))


# --- who else is there


def test_a_file_with_a_server_on_it_is_left_alone(server, binary, tmp_path):
    other = make_file(tmp_path / "a.db")
    for source, target in ((server.folder / "blog.db", tmp_path / "b.db"), (other, server.folder / "blog.db")):
        said = refused(copy(binary, source, target, "--replace"))
        assert f"in use by another blogd (process {server.process.pid})" in said
    assert not (tmp_path / "b.db").exists()


def test_a_writer_that_holds_the_target_is_not_waited_for_without_end(binary, postgres, database, tmp_path):
    source = make_file(tmp_path / "a.db")
    with postgres.session(database) as session:
        session.rows("BEGIN")
        session.rows("UPDATE posts SET title = 'held' WHERE id = 1")
        began = time.monotonic()
        assert "lock" in refused(copy(binary, source, postgres.url(database), "--replace"))
        assert 5 < time.monotonic() - began < 30
    assert postgres.value("SELECT title FROM posts WHERE id = 1", database=database) == "First post"


# --- what a person types and reads


def test_no_password_is_ever_printed(binary, postgres, empty, tmp_path):
    source = make_file(tmp_path / "a.db")
    secret = "Hush%25hush"
    urls = [postgres.url(empty, password="Hush%hush"), f"postgresql://blog:{secret}@127.0.0.1:1/x",
            f"postgresql://blog:{secret}@[::1/x", f"postgresql://blog:{secret}%zz@127.0.0.1/x",
            f"postgresql://blog:{secret}@127.0.0.1:port/x", f"postgresql+psycopg://blog:{secret}@127.0.0.1/x",
            f"postgresql://blog:{secret}@127.0.0.1/x?nonsense=1", postgres.url("no_such_database")]
    for url in urls:
        for said in (copy(binary, source, url), copy(binary, url, tmp_path / "b.db")):
            assert said.returncode in (1, 2) and len(said.stderr) > 20
            for part in ("Hush", "hush", PASSWORD, "s3cr"):
                assert part not in said.stderr + said.stdout, url
    assert "s3cr" not in done(copy(binary, source, postgres.url(empty)))


@pytest.mark.parametrize("words, part", [
    ([], "say --from"), (["--from", "a.db"], "say --to"), (["--from"], "say a URL behind it"),
    (["--from=a.db", "--to=b.db", "--force"], "not '--force'"), (["--from=", "--to=b.db"], "--from: write a file's path"),
    (["--from=a.db", "--to", ":memory:"], "--to: write a file's path"), (["--from=a.db", "--to=./a.db"], "the same file"),
    (["--from=mysql://x", "--to=b.db"], "'mysql://' is not known")])
def test_a_command_line_that_is_not_understood(binary, tmp_path, words, part):
    make_file(tmp_path / "a.db")
    said = subprocess.run([binary, "copy", *words], cwd=tmp_path, text=True, capture_output=True)
    assert said.returncode == 2 and part in said.stderr


def test_what_is_no_blog_is_named(binary, tmp_path):
    said = refused(copy(binary, tmp_path / "none.db", tmp_path / "b.db"))
    assert "there is no database file" in said and not (tmp_path / "none.db").exists()
    (tmp_path / "diary.db").write_text("dear diary\n" * 500)
    assert "not a database" in refused(copy(binary, tmp_path / "diary.db", tmp_path / "b.db"))
    execute(tmp_path / "other.db", "CREATE TABLE things (id INTEGER)")
    assert "things" in refused(copy(binary, tmp_path / "other.db", tmp_path / "b.db"))
    assert not (tmp_path / "b.db").exists()
    assert (tmp_path / "diary.db").read_text().startswith("dear diary")
