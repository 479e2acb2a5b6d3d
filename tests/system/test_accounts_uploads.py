"""Pictures that are none, too large, too many or too early; and what becomes of their files."""

import contextlib
import io
import select
import struct
import threading
import time
import zlib

import pytest
from PIL import Image

from accounts import BOUNDARY, Browser, Person, bearer, has_page, multipart, person, picture, sql

MEBIBYTE = 1 << 20
LIMIT = 5 * MEBIBYTE
TOO_LARGE = (400, {"detail": "File too large. Maximum size is 5MB"})
NO_PICTURE = (400, {"detail": "Invalid image file. Please upload a valid image (JPEG, PNG, GIF, WebP)."})


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


@pytest.fixture
def ann(server):
    return person(server, "ann")


def files(server):
    return sorted(p.name for p in (server.folder / "media").rglob("*") if p.is_file())


def jpeg_of(size):
    """A picture of exactly so many bytes: JPEG ignores what comes behind its end."""
    content = picture(size=(64, 64))
    return content + b"\0" * (size - len(content))


def head_of(who, length, path=None):
    said = f"Content-Length: {length}" if isinstance(length, int) else "Transfer-Encoding: chunked"
    token = f"Authorization: Bearer {who.token}\r\n" if who.token else ""
    return (f"PATCH {path or f'/api/users/{who.id}/picture'} HTTP/1.1\r\nHost: x\r\n{token}{said}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n").encode()


def read_answer(socket):
    """(status, everything that came), as soon as the head is whole or the connection ends."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while b"\r\n\r\n" not in answer and (piece := socket.recv(65536)):
            answer += piece
    return int(answer.split()[1]) if answer else None, answer


# --- how much

def test_a_picture_of_5_mebibytes_and_one_byte_more(server, ann):
    assert ann.upload(jpeg_of(LIMIT))[0] == 200
    before = files(server)
    assert ann.upload(jpeg_of(LIMIT + 1)) == TOO_LARGE
    assert ann.upload(jpeg_of(2 * LIMIT)) == TOO_LARGE
    assert files(server) == before and len(before) == 1


def test_what_says_that_it_is_too_large_is_refused_before_it_is_sent(server, ann):
    for length in (LIMIT + MEBIBYTE, 100 * MEBIBYTE, 2**63 - 1):
        with server.connect() as socket:
            began = time.monotonic()
            socket.sendall(head_of(ann, length))
            status, answer = read_answer(socket)
            assert time.monotonic() - began < 2
            assert status == 400 and b"File too large" in answer + socket.recv(65536), answer


def test_a_chunked_upload_is_cut_off_at_the_limit(server, ann):
    piece = b"x" * 65536
    sent = 0
    with server.connect() as socket:
        socket.sendall(head_of(ann, None))
        start = multipart([("file", "a.jpg", b"")])[0].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
        socket.sendall(b"%x\r\n" % len(start) + start + b"\r\n")
        while not select.select([socket], [], [], 0)[0]:
            socket.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
            sent += len(piece)
            assert sent < 20 * MEBIBYTE  # what lies in the buffers of the sockets included
        status, answer = read_answer(socket)
        assert status == 400 and b"File too large" in answer + socket.recv(65536)
    assert ann.upload(picture())[0] == 200


def test_whoever_may_not_upload_is_told_before_the_upload(server, ann):
    nobody = Person(server, "bob")
    for token, detail in ((None, b"Not authenticated"), ("x" * 43, b"Invalid or expired token")):
        nobody.token = token
        for length in (MEBIBYTE, 100 * MEBIBYTE, None):
            with server.connect() as socket:
                began = time.monotonic()
                socket.sendall(head_of(nobody, length))
                status, answer = read_answer(socket)
                assert time.monotonic() - began < 2
                if status == 401:
                    assert detail in answer + (b"" if detail in answer else socket.recv(65536))
                else:
                    assert status == 400 and length == 100 * MEBIBYTE  # too large, whoever sends it


def test_other_bodies_keep_their_own_limit(server, ann):
    for path in ("/api/posts", f"/api/users/{ann.id}", "/api/users/token"):
        method = "PATCH" if path.endswith(str(ann.id)) else "POST"
        status, answer = ann.ask(method, path, b"x" * (MEBIBYTE + 1), {"Content-Type": "application/json"})
        assert status == 413 and answer["detail"]


def test_only_so_many_uploads_are_taken_at_once(blogd):
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--uploads-max", "2", "--workers", "1")
    ann = person(server, "ann")
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(server.connect()) for _ in range(4)]
        for socket in sockets:
            socket.sendall(head_of(ann, MEBIBYTE))
            time.sleep(0.1)
        for socket in sockets[2:]:
            status, answer = read_answer(socket)
            assert status == 503 and b"\r\nRetry-After: " in answer
        assert server.request("GET", "/api/posts")[0] == 200
    deadline = time.monotonic() + 5
    while (status := ann.upload(picture())[0]) == 503 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status == 200  # those who left made room


def test_one_user_does_not_take_all_places(blogd):
    """By sending a byte now and then, which no longest pause ends."""
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--uploads-max", "4", "--workers", "1")
    ann, bob = person(server, "ann"), person(server, "bob")
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(server.connect()).sendall(head_of(ann, MEBIBYTE) + b"x")
        time.sleep(0.3)
        assert bob.upload(picture())[0] == 200


def test_an_upload_that_takes_too_long_in_all_is_ended(blogd):
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--upload-timeout", "2s", "--workers", "1")
    ann = person(server, "ann")
    for length in (MEBIBYTE, None):
        with server.connect() as socket:
            socket.sendall(head_of(ann, length))
            began = time.monotonic()
            while not select.select([socket], [], [], 0.2)[0]:
                socket.sendall(b"x" if length else b"1\r\nx\r\n")
                assert time.monotonic() - began < 10
            assert time.monotonic() - began > 1.5
            assert read_answer(socket)[0] == 408


# --- what

def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, rows):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def gif_of_many_frames():
    out = io.BytesIO()
    frame = Image.new("P", (2, 2))
    frame.save(out, "GIF", save_all=True, append_images=[frame.copy() for _ in range(2)])
    return out.getvalue()


HOSTILE = {
    "empty": b"", "text": b"hello", "zeros": b"\0" * 100000, "only a magic": b"\xff\xd8\xff\xe0",
    "a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html behind a magic": b"GIF89a<script>alert(1)</script>",
    "a cut jpeg": picture()[:300], "a cut png": picture("PNG")[:60], "a cut gif": picture("GIF", mode="P")[:40],
    "a cut webp": picture("WEBP")[:40],
    "a bomb": png(60000, 60000, b"\0" * 10_000_000), "a flat bomb": png(2**31 - 1, 1, b"\0" * 1000),
    "a negative size": png(2**32 - 1, 2**32 - 1, b""), "no size": png(0, 0, b""),
    "a bmp": picture("BMP"), "a tiff": picture("TIFF"), "an ico": picture("ICO", size=(32, 32)),
    "a postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(%pipe%id) (r) file\n",
    "a gif of size 0": b"GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\0\0\0\0\0\x02\0;",
    "a mvg": b"push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 'https://127.0.0.1/x.php'\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(server, ann, name):
    before = ann.upload(picture())[1]["image_file"]
    began = time.monotonic()
    status, answer = ann.upload(HOSTILE[name])
    assert (status, answer) == NO_PICTURE
    assert time.monotonic() - began < 15
    assert files(server) == [before] and ann.ask("GET", "/api/users/me")[1]["image_file"] == before


def test_a_picture_with_many_frames_is_its_first(server, ann):
    assert ann.upload(gif_of_many_frames())[0] == 200


def test_what_is_served_is_a_jpeg_of_ours_and_nothing_that_was_hidden(server, ann):
    hidden = b"<script>alert('hidden')</script>"
    exif = Image.Exif()
    exif[0x010e] = "hidden place 48.8566"
    out = io.BytesIO()
    Image.new("RGB", (400, 300)).save(out, "JPEG", exif=exif, comment=hidden)
    user = ann.upload(out.getvalue() + hidden, filename="me.html")[1]
    status, headers, content = server.request("GET", user["image_path"])
    assert status == 200 and headers["content-type"] == "image/jpeg" and headers["x-content-type-options"] == "nosniff"
    assert b"hidden" not in content
    assert Image.open(io.BytesIO(content)).size == (300, 300)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\x", "/etc/passwd", "a.php", "\r\nX: y",
                                  "a" * 5000, "é" * 100, "", "%2e%2e%2fx", "-rf", "con"])
def test_the_name_of_a_file_means_nothing(server, ann, name):
    status, user = ann.upload(picture(), filename=name.replace("\r\n", "%0D%0A"))
    assert status == 200
    stem = user["image_file"].removesuffix(".jpg")
    assert len(stem) >= 32 and stem.isalnum()
    assert files(server) == [user["image_file"]]
    assert ann.upload(picture(), filename="a.jpg\0.php")[0] == 400


def test_the_parts_of_the_form(server, ann):
    path = f"/api/users/{ann.id}/picture"

    def ask(parts):
        status, answer = ann.ask("PATCH", path, *multipart(parts))
        return status, [(e["type"], e["loc"]) for e in answer["detail"]] if status == 422 else answer

    assert ask([("other", "a.jpg", picture())]) == (422, [("missing", ["body", "file"])])
    assert ask([("file", None, b"text")]) == (422, [("value_error", ["body", "file"])])
    assert ask([]) == (422, [("missing", ["body", "file"])])
    assert ask([("file", "a.jpg", b"no picture"), ("file", "b.jpg", picture())])[0] == 200  # the last one counts
    assert ask([("file", "a.jpg", picture()), ("file", "b.jpg", b"no picture")]) == NO_PICTURE
    assert len(files(server)) == 1
    for headers in ({"Content-Type": "multipart/form-data"}, {"Content-Type": "multipart/form-data; boundary="}):
        assert ann.ask("PATCH", path, b"x", headers)[0] == 400
    for headers in ({}, {"Content-Type": "application/json"}, {"Content-Type": "image/jpeg"}):
        assert ann.ask("PATCH", path, picture(), headers)[0] == 422
    body, headers = multipart([("file", "a.jpg", picture())])
    for broken in (body[:-20], body[20:], b"--" + BOUNDARY.encode(), b"\r\n" * 1000, body * 1000):
        assert ann.ask("PATCH", path, broken[:LIMIT], headers)[0] in (200, 400, 422)


# --- files

def test_many_uploads_at_once_leave_one_file(server, ann):
    statuses = []

    def upload(number):
        statuses.append(ann.upload(picture(color=(number * 20, 0, 0)))[0])
    threads = [threading.Thread(target=upload, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 503} and 200 in statuses
    current = ann.ask("GET", "/api/users/me")[1]["image_file"]
    deadline = time.monotonic() + 5
    while files(server) != [current] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert files(server) == [current]
    assert sql(server, "SELECT name FROM blogd_pictures") == [(current,)]


def test_connections_that_end_while_a_worker_starts(server, ann):
    """A process that is being started has copies of the sockets that are closed meanwhile."""
    done = threading.Event()
    failures = []

    def come_and_go():
        while not done.is_set():
            with server.connect() as socket:
                socket.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if read_answer(socket)[0] != 200:
                    failures.append("closed without an answer")
    visitors = [threading.Thread(target=come_and_go) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for _ in range(120):
            assert ann.upload(b"no picture") == NO_PICTURE
    finally:
        done.set()
        for visitor in visitors:
            visitor.join()
    assert server.process.poll() is None and not failures


def test_a_new_picture_and_a_deleted_account_take_the_old_file_along(server, ann):
    for _ in range(3):
        user = ann.upload(picture())[1]
    assert files(server) == [user["image_file"]]
    assert ann.ask("DELETE", f"/api/users/{ann.id}")[0] == 204
    assert files(server) == [] and server.request("GET", user["image_path"])[0] == 404


def test_a_broken_upload_leaves_nothing(server, ann):
    body = multipart([("file", "a.jpg", jpeg_of(MEBIBYTE))])[0]
    for _ in range(20):
        with server.connect() as socket:
            socket.sendall(head_of(ann, len(body)) + body[:500_000])
    assert ann.upload(picture())[0] == 200
    assert len(files(server)) == 1


def test_pictures_are_read_and_never_written_or_listed(server, ann):
    user = ann.upload(picture())[1]
    for method in ("PUT", "DELETE", "POST", "PATCH"):
        assert server.request(method, user["image_path"], headers=bearer(ann.token))[0] == 405
    for path in ("/media/", "/media/profile_pics", "/media/profile_pics/", "/media/../blog.db", "/media/%2e%2e/blog.db",
                 "/media/profile_pics/..%2f..%2fblog.db", "/media//etc/passwd"):
        assert server.request("GET", path)[0] in (307, 400, 404), path


def test_the_page_takes_the_same_pictures(server, ann):
    assert has_page(server, "/login"), "no pages to log in with"
    browser = Browser(server)
    browser.log_in(ann.email)
    cookie = {"Cookie": f"blogd-login={browser.cookies['blogd-login']}"}

    def send(content):
        body, headers = multipart([("file", "a.jpg", content)])
        status, _, text = server.request("POST", "/account/picture", body, {**headers, **cookie})
        return status, text.decode()
    assert send(picture())[0] == 303 and len(files(server)) == 1
    assert send(b"no picture")[0] == 422
    assert "5MB" in send(jpeg_of(LIMIT + 1))[1]
    assert send(b"")[0] == 422
    assert len(files(server)) == 1
