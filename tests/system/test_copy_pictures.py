"""blogd copy: profile pictures, which are files beside SQLite and rows in PostgreSQL."""

import random
import signal
import sqlite3
import subprocess
import time

import pytest

from copying import copy, done, execute, make_file, refused

OURS = "0123456789abcdef" * 2 + ".jpg"
OTHER = "f" * 32 + ".jpg"
ADAS = "ada.jpg"  # the tutorial's own, of user 1: no row knows of it
LARGEST = 8 << 20


def picture_of(name, size=5000):
    return b"\xff\xd8\0" + random.Random(name).randbytes(size - 3)


def put(media, name, content=None):
    (media / "profile_pics").mkdir(parents=True, exist_ok=True)
    (media / "profile_pics" / name).write_bytes(picture_of(name) if content is None else content)


def files(media):
    return {p.name: p.read_bytes() for p in (media / "profile_pics").iterdir()} if media.exists() else {}


def rows(file):
    db = sqlite3.connect(file)
    try:
        return db.execute("SELECT name, user_id, bytes FROM blogd_pictures ORDER BY name").fetchall()
    finally:
        db.close()


def rows_there(postgres, database):
    return postgres.psql("SELECT name, user_id, md5(bytes) FROM blogd_pictures ORDER BY name", database=database)


@pytest.fixture
def media(tmp_path):
    return tmp_path / "media"


@pytest.fixture
def back(tmp_path):
    return tmp_path / "back"


@pytest.fixture
def source(tmp_path, media):
    """ada.jpg of user 1, one of ours of users 2 and 3; the picture of user 4 is missing."""
    missing = "e" * 32 + ".jpg"
    file = make_file(tmp_path / "a.db")
    execute(file, f"UPDATE users SET image_file = '{OURS}' WHERE id IN (2, 3);"
                    f"UPDATE users SET image_file = '{missing}' WHERE id = 4")
    put(media, OURS)
    put(media, ADAS, b"")
    put(media, OTHER, b"nobody's")
    return file


def test_there_and_back(blogd, binary, postgres, empty, tmp_path, source, media, back):
    put(media, ADAS, picture_of(ADAS, LARGEST))
    before = files(media)
    result = copy(binary, source, postgres.url(empty), f"--media={media}")
    assert "2 profile pictures, 8.4 MB, are the same on both sides" in done(result)
    assert result.stderr == f"blogd: pictures missing in {media}/profile_pics: 1 (their users keep the names)\n"
    assert [row[:2] for row in rows_there(postgres, empty)] == [[OURS, "2"], [ADAS, "1"]]

    server = blogd("--database", postgres.url(empty))
    for name in (OURS, ADAS):
        status, headers, body = server.request("GET", f"/media/profile_pics/{name}")
        assert (status, body) == (200, before[name]), name
    assert server.request("GET", f"/media/profile_pics/{OTHER}")[0] == 404
    server.stop()

    done(copy(binary, postgres.url(empty), tmp_path / "b.db", "--media", back))
    assert files(back) == {name: before[name] for name in (OURS, ADAS)}
    assert rows(tmp_path / "b.db") == [(OURS, 2, None), (ADAS, 1, None)]
    assert files(media) == before, "the source keeps its own"

    server = blogd("--database", str(tmp_path / "b.db"), "--media", str(back))
    assert server.request("GET", f"/media/profile_pics/{OURS}")[2] == before[OURS]
    assert server.api("GET", "/api/users/3")[1]["image_path"].endswith(OURS)
    server.stop()
    assert len(files(back)) == 2, "no start sweeps them"


def test_a_missing_picture_may_come_later(blogd, binary, tmp_path, source, media, back):
    done(copy(binary, source, tmp_path / "b.db", "--media", media, "--media-to", back))
    late = "e" * 32 + ".jpg"
    put(back, late)
    server = blogd("--database", str(tmp_path / "b.db"), "--media", str(back))
    assert server.request("GET", f"/media/profile_pics/{late}")[2] == picture_of(late)


def test_from_a_file_to_a_file(binary, tmp_path, source, media, back):
    before = files(media)
    done(copy(binary, source, tmp_path / "b.db", "--media", media))
    assert files(media) == before and len(rows(tmp_path / "b.db")) == 2
    done(copy(binary, source, tmp_path / "c.db", "--media", media, "--media-to", back))
    assert files(back) == {name: before[name] for name in (OURS, ADAS)}
    # And over it again: a folder that has them is taken as it is.
    done(copy(binary, source, tmp_path / "c.db", "--media", media, f"--media-to={back}", "--replace"))
    assert len(files(back)) == 2 and [row[1] for row in rows(tmp_path / "c.db")] == [2, 1]


def test_names_that_lead_elsewhere_are_not_followed(binary, postgres, empty, tmp_path, source, media, back):
    outside = tmp_path / "x"
    outside.write_bytes(b"outside")
    (media / "profile_pics" / "link.jpg").symlink_to(outside)
    (media / "profile_pics" / "folder").mkdir()
    put(media, ".hidden", b"hidden")
    put(media, "a b.jpg", b"spaced")
    names = ["../../x", str(outside), "", "..", ".", "link.jpg", "folder", ".hidden", "a b.jpg", "a\0b", "x/../" + OURS]
    execute(source, "DELETE FROM posts; DELETE FROM users")
    for number, name in enumerate(names, 1):
        execute(source, "INSERT INTO users (id, username, email, image_file) VALUES (?, ?, ?, ?)",
                number, f"u{number}", f"u{number}@example.org", name)
    there = copy(binary, source, postgres.url(empty), "--media", media)
    assert "2 profile pictures" in done(there) and f"missing in {media}/profile_pics: 2 (" in there.stderr
    assert [row[0] for row in rows_there(postgres, empty)] == sorted([".hidden", "a b.jpg"])
    # What another program put into the database is no path either.
    postgres.psql("INSERT INTO blogd_pictures VALUES ('../../x', 1, 'evil')", database=empty)
    postgres.psql(f"INSERT INTO blogd_pictures VALUES ('{outside}', 2, 'evil')", database=empty)
    again = copy(binary, postgres.url(empty), tmp_path / "b.db", "--media", back)
    assert "profile pictures, " not in done(again) and "left behind: 2 (" in again.stderr
    assert files(back) == {} and rows(tmp_path / "b.db") == [] and outside.read_bytes() == b"outside"


def test_a_replacement(blogd, binary, postgres, empty, tmp_path, source, media, back):
    done(copy(binary, source, postgres.url(empty), "--media", media))
    done(copy(binary, postgres.url(empty), tmp_path / "b.db", "--media", back))
    put(media, OTHER, picture_of(OTHER))
    execute(source, f"UPDATE users SET image_file = '{OTHER}' WHERE id IN (2, 3)")
    done(copy(binary, source, postgres.url(empty), "--media", media, "--replace"))
    assert [row[0] for row in rows_there(postgres, empty)] == [ADAS, OTHER]
    done(copy(binary, postgres.url(empty), tmp_path / "b.db", "--media", back, "--replace"))
    assert set(files(back)) == {ADAS, OTHER, OURS}
    blogd("--database", str(tmp_path / "b.db"), "--media", str(back)).stop()
    assert set(files(back)) == {ADAS, OTHER}, "the next start sweeps what nobody has any more"


def test_a_file_that_is_there_is_never_overwritten(binary, tmp_path, source, media, back):
    put(back, ADAS, b"another one")
    execute(source, "UPDATE users SET id = 9 WHERE id = 1; UPDATE posts SET user_id = 9 WHERE user_id = 1")
    said = refused(copy(binary, source, tmp_path / "b.db", "--media", media, "--media-to", back))
    assert f"there is another file {back}/profile_pics/{ADAS}" in said
    assert files(back) == {ADAS: b"another one"}, "what the failed copy put has gone, what was there has not"
    assert not (tmp_path / "b.db").exists()


def test_a_picture_that_is_too_large(binary, postgres, empty, tmp_path, source, media):
    put(media, ADAS, b"x" * (LARGEST + 1))
    said = refused(copy(binary, source, postgres.url(empty), "--media", media))
    assert "the picture ada.jpg has 8388609 bytes" in said
    assert postgres.psql("SELECT id FROM users", "SELECT name FROM blogd_pictures", database=empty) == []


def test_a_killed_copy_leaves_what_the_next_start_sweeps(blogd, binary, tmp_path, source, media, back):
    names = [f"{number:032x}.jpg" for number in range(400)]
    for name in names:
        put(media, name)
    execute(source, "BEGIN;" + "".join(f"INSERT INTO users VALUES ({number}, 'u{number}', 'u{number}@example.org', '{name}');"
                                       for number, name in enumerate(names, 10)))
    target = make_file(tmp_path / "b.db")
    put(back, OTHER, b"not the target's")
    process = subprocess.Popen([binary, "copy", "--from", source, "--to", target, "--media", media, "--media-to", back,
                                "--replace"], stdout=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while len(list((back / "profile_pics").iterdir())) < 20 and process.poll() is None:
        assert time.monotonic() < end
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL and len(files(back)) >= 20
    server = blogd("--database", str(target), "--media", str(back))
    assert server.api("GET", "/api/users/1")[1]["username"] == "ada"
    server.stop()
    assert set(files(back)) <= {OTHER, ADAS} and rows(target) == []


def test_a_folder_is_made_for_a_picture_only(binary, tmp_path):
    source = make_file(tmp_path / "a.db")
    result = copy(binary, source, tmp_path / "b.db", "--media", tmp_path / "none")
    assert "profile pictures, " not in done(result) and f"missing in {tmp_path}/none/profile_pics: 1 (" in result.stderr
    assert not (tmp_path / "none").exists()
    empty = copy(binary, source, tmp_path / "c.db", "--media=")
    assert empty.returncode == 2 and "--media: write a folder's path" in empty.stderr
