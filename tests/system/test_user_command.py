"""blogd user: accounts by the operator, on a database that nobody serves and through a running server."""

import contextlib
import io
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import sqlite3
import stat
import subprocess
import time

import pytest
from PIL import Image

GOOD = "a long enough password"
OTHER = "another long password"


class Operator:
    """Says `blogd user` in the folder of a blog, which a server serves or not."""

    def __init__(self, binary, folder, server=None):
        self.binary, self.folder, self.server = binary, folder, server

    def run(self, *words, secret=None, **keywords):
        given = None if secret is None else secret + "\n"
        return subprocess.run([self.binary, "user", *words], cwd=self.folder, text=True, input=given or "",
                              capture_output=True, timeout=60, **keywords)

    def do(self, *words, secret=None):
        done = self.run(*words, secret=secret)
        assert done.returncode == 0, done
        return done.stdout

    def fail(self, *words, code=1, secret=None):
        done = self.run(*words, secret=secret)
        assert done.returncode == code and done.stdout == "", done
        assert done.stderr.startswith("blogd: ") and done.stderr.count("\n") == 1, done
        return done.stderr

    def add(self, name, password=GOOD):
        return self.do("add", name, f"{name}@example.org", "--password-stdin", secret=password)

    def accounts(self):
        return json.loads(self.do("list", "--json"))

    def states(self):
        return {a["username"]: a["state"] for a in self.accounts()}


@pytest.fixture(params=["stopped", "running"])
def operator(request, binary, blogd, tmp_path):
    if request.param == "stopped":
        return Operator(binary, tmp_path)
    return Operator(binary, tmp_path, blogd("--accounts", "protected", folder=tmp_path))


@pytest.fixture
def running(binary, blogd, tmp_path):
    return Operator(binary, tmp_path, blogd("--accounts", "protected", folder=tmp_path))


@contextlib.contextmanager
def served(operator, blogd):
    """The operator's server; of a stopped blog one that is started now and stopped again."""
    if operator.server:
        yield operator.server
        return
    server = blogd("--accounts", "protected", folder=operator.folder)
    yield server
    assert server.stop() == 0


def log_in(server, name, password=GOOD):
    form = f"username={name}@example.org&password={password.replace(' ', '+')}"
    status, body = server.api("POST", "/api/users/token", form.encode(),
                              {"Content-Type": "application/x-www-form-urlencoded"})
    return status, body.get("access_token")


def as_user(token):
    return {"Authorization": f"Bearer {token}"}


def reset(server, token, password):
    return server.api("POST", "/api/users/reset-password", {"token": token, "new_password": password})[0]


def logs(server, text):
    """Whether the log, which a thread of its own writes, has the text soon."""
    deadline = time.monotonic() + 10
    while text not in server.log_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    return text in server.log_text()


def socket_of(folder):
    return pathlib.Path(folder) / "blog.db.control"


# --- every command, stopped and running


def test_add_and_list(operator, blogd):
    assert operator.add("ada") == "added ada (id 1, ada@example.org)\n"
    assert operator.add("eve").startswith("added eve (id 2,")
    assert operator.accounts() == [
        {"id": 1, "username": "ada", "email": "ada@example.org", "state": "protected"},
        {"id": 2, "username": "eve", "email": "eve@example.org", "state": "protected"}]
    lines = operator.do("list").splitlines()
    assert lines[0].split() == ["1", "ada", "ada@example.org", "protected"]
    assert len({line.index("protected") for line in lines}) == 1
    with served(operator, blogd) as server:
        assert log_in(server, "ada")[0] == 200
        assert log_in(server, "ada", OTHER)[0] == 401


def test_a_list_of_many_pages(operator):
    for name in ("ada", "eve"):
        operator.add(name)
    if operator.server:
        assert operator.server.stop() == 0
    with contextlib.closing(sqlite3.connect(operator.folder / "blog.db")) as db:
        db.executemany("INSERT INTO users (id, username, email) VALUES (?, ?, ?)",
                       [(i, f"user{i}", f"u{i}@x.org") for i in range(3, 251)])
        db.commit()
    if operator.server:
        operator.server.start()
    assert [a["id"] for a in operator.accounts()] == list(range(1, 251))
    assert operator.do("list").count("\n") == 250
    assert "user250" in operator.do("disable", "user250")


def test_users_are_named_by_id_username_and_email(operator):
    operator.add("ada")
    # Nobody can take a name that means somebody else to the operator.
    operator.do("add", "1", "one@example.org", "--link")
    operator.do("add", "ada@example.org", "two@example.org", "--link")
    for name in ("1", "ada", "ada@example.org", "ADA@example.org"):
        assert "ada (id 1," in operator.do("enable", name)
    assert "there is no user nobody" in operator.fail("enable", "nobody")
    assert "there is no user 99" in operator.fail("enable", "99")


def test_add_checks_as_the_api_does(operator):
    operator.add("ada")
    add = ("add", "--password-stdin")
    assert "username is taken" in operator.fail(*add, "ada", "x@example.org", secret=GOOD)
    assert "username is taken" in operator.fail(*add, "ADA", "x@example.org", secret=GOOD)
    assert "e-mail address is taken" in operator.fail(*add, "x", "Ada@example.org", secret=GOOD)
    assert "everybody tries first" in operator.fail(*add, "x", "x@example.org", secret="basketball")
    said = operator.fail(*add, "x" * 51, "x@", secret="short", code=2)
    assert "username: String should have at most 50 characters" in said
    assert "email: value is not a valid email address" in said
    assert "password: String should have at least 8 characters" in said
    assert len(operator.accounts()) == 1


def test_add_with_a_link(operator, blogd):
    said = operator.do("add", "ada", "ada@example.org", "--link").splitlines()
    assert said[0] == "added ada (id 1, ada@example.org)" and "1 hour" in said[1]
    token = re.fullmatch(r"/reset-password\?token=([\w-]{43})", said[-1])[1]
    assert operator.states() == {"ada": "protected"}
    with served(operator, blogd) as server:
        assert reset(server, token, OTHER) == 200
        assert log_in(server, "ada", OTHER)[0] == 200


def test_an_account_without_a_password_needs_an_open_blog(binary, blogd, tmp_path):
    operator = Operator(binary, tmp_path, blogd(folder=tmp_path))
    operator.do("add", "ada", "ada@example.org", "--no-password")
    assert operator.states() == {"ada": "open"}
    operator.do("set-password", "ada", "--password-stdin", secret=GOOD)
    assert operator.states() == {"ada": "protected"}


def test_no_account_without_a_password_on_a_protected_blog(running):
    assert "protected" in running.fail("add", "ada", "ada@example.org", "--no-password", code=2)


def test_set_password_ends_every_session(operator, blogd):
    operator.add("ada")
    with served(operator, blogd) as server:
        token = log_in(server, "ada")[1]
        assert server.api("GET", "/api/users/me", headers=as_user(token))[0] == 200
    assert "all its sessions have ended" in operator.do("set-password", "ada", "--password-stdin", secret=OTHER)
    assert "everybody tries" in operator.fail("set-password", "1", "--password-stdin", secret="qwertyuiop")
    assert "at least 8" in operator.fail("set-password", "1", "--password-stdin", secret="short", code=2)
    with served(operator, blogd) as server:
        assert server.api("GET", "/api/users/me", headers=as_user(token))[0] == 401
        assert log_in(server, "ada")[0] == 401
        assert log_in(server, "ada", OTHER)[0] == 200


def test_a_reset_link_works_once_and_kills_older_ones(operator, blogd):
    operator.add("ada")
    older, newer = (operator.do("reset-link", "ada").strip().rpartition("=")[2] for _ in range(2))
    with served(operator, blogd) as server:
        assert reset(server, older, OTHER) == 400
        assert reset(server, newer, OTHER) == 200
        assert reset(server, newer, GOOD) == 400
        assert log_in(server, "ada", OTHER)[0] == 200


def test_a_link_begins_with_the_blogs_address_when_it_is_known(binary, blogd, tmp_path):
    Operator(binary, tmp_path).add("ada")
    stopped = Operator(binary, tmp_path).do("reset-link", "1", "--base-url", "https://a.example.org")
    assert "\nhttps://a.example.org/reset-password?token=" in stopped
    blogd("--base-url", "https://b.example.org", folder=tmp_path)
    assert "\nhttps://b.example.org/reset-password?token=" in Operator(binary, tmp_path).do("reset-link", "1")


def test_a_disabled_user_is_out_at_once(operator, blogd):
    operator.add("ada")
    link = operator.do("reset-link", "ada").strip().rpartition("=")[2]
    with served(operator, blogd) as server:
        token = log_in(server, "ada")[1]
    operator.do("disable", "ada")
    assert operator.states() == {"ada": "disabled"}
    assert "blogd user enable" in operator.fail("reset-link", "ada")
    with served(operator, blogd) as server:
        assert server.api("GET", "/api/users/me", headers=as_user(token))[0] == 401
        assert log_in(server, "ada")[0] == 401
        assert reset(server, link, OTHER) == 400
    operator.do("enable", "ada")
    with served(operator, blogd) as server:
        assert server.api("GET", "/api/users/me", headers=as_user(token))[0] == 401
        assert log_in(server, "ada")[0] == 200


def upload(server, token, user):
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), (200, 30, 30)).save(picture, "PNG")
    body = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
            b"Content-Type: image/png\r\n\r\n" + picture.getvalue() + b"\r\n--b--\r\n")
    status, answer = server.api("PATCH", f"/api/users/{user}/picture", body,
                                {**as_user(token), "Content-Type": "multipart/form-data; boundary=b"})
    assert status == 200, answer
    return answer["image_file"]


def test_delete_takes_posts_and_picture_files(operator, blogd):
    for name in ("ada", "eve"):
        operator.add(name)
    with served(operator, blogd) as server:
        for name, user in (("ada", 1), ("eve", 2)):
            token = log_in(server, name)[1]
            for _ in range(2):
                assert server.api("POST", "/api/posts", {"title": name, "content": "x"}, as_user(token))[0] == 201
        file = operator.folder / "media" / "profile_pics" / upload(server, log_in(server, "ada")[1], 1)
        assert file.exists()
        assert server.api("GET", "/api/posts?limit=10")[1]["total"] == 4
    assert "--yes" in operator.fail("delete", "ada", code=2)
    assert "ada (id 1, ada@example.org) with 2 posts, its picture" in operator.do("delete", "ada", "--yes")
    assert "there is no user ada" in operator.fail("delete", "ada", "--yes")
    assert not file.exists()
    with served(operator, blogd) as server:
        assert server.api("GET", "/api/posts?limit=10")[1]["total"] == 2
        assert server.api("GET", "/api/users/1")[0] == 404
        assert log_in(server, "ada")[0] == 401


def test_sessions_are_shown_and_ended(operator, blogd):
    operator.add("ada")
    with served(operator, blogd) as server:
        tokens = [log_in(server, "ada")[1] for _ in range(3)]
    shown = json.loads(operator.do("sessions", "ada", "--json"))
    assert len(shown) == 3 and shown[0]["kind"] == "api"
    lines = operator.do("sessions", "ada").splitlines()
    assert len(lines) == 3 and "last used 20" in lines[0]
    assert "ended 1 session" in operator.do("sessions", "ada", "--end", lines[-1].split()[0])
    assert "no such session" in operator.fail("sessions", "ada", "--end", lines[-1].split()[0])
    with served(operator, blogd) as server:
        answers = [server.api("GET", "/api/users/me", headers=as_user(t))[0] for t in tokens]
        assert sorted(answers) == [200, 200, 401]
    assert "ended 2 sessions" in operator.do("sessions", "ada", "--end-all")
    assert operator.do("sessions", "ada") == "" and operator.do("sessions", "ada", "--json") == "[]\n"


# --- words


def test_help(binary, tmp_path):
    said = Operator(binary, tmp_path).do("--help")
    for command in ("list", "add", "set-password", "reset-link", "disable", "enable", "delete", "sessions"):
        assert f"blogd user {command}" in said
    assert "blogd user" in subprocess.run([binary, "--help"], capture_output=True, text=True).stdout


def test_wrong_words_say_what_is_accepted(operator):
    assert "list, add, set-password" in operator.fail(code=2)
    assert "list, add, set-password" in operator.fail("remove", "ada", code=2)
    assert "blogd user add USERNAME EMAIL" in operator.fail("add", "ada", code=2)
    assert "blogd user list [--json]" in operator.fail("list", "--yes", code=2)
    assert "did you mean --database?" in operator.fail("list", "--databse", "x.db", code=2)
    assert "--password-stdin" in operator.fail("add", "ada", "ada@example.org", code=2)
    assert "--password-stdin" in operator.fail("set-password", "ada", code=2)
    said = operator.fail("set-password", "ada", "--password", "hunter2hunter2", code=2)
    assert "--password-stdin" in said and "hunter2" not in said


def test_a_database_that_is_not_there_is_made_by_add_alone(binary, tmp_path):
    operator = Operator(binary, tmp_path)
    assert "there is no database other.db" in operator.fail("list", "--database", "other.db")
    assert not (tmp_path / "other.db").exists()
    operator.do("add", "ada", "ada@example.org", "--link", "--database=other.db")
    assert (tmp_path / "other.db").exists()


def test_the_start_says_how_the_first_account_is_made(running):
    assert logs(running.server, "there is no account yet: blogd user add NAME EMAIL makes one")


# --- secrets


def test_no_password_in_the_command_line_nor_in_the_log(running):
    process = subprocess.Popen([running.binary, "user", "add", "ada", "ada@example.org", "--password-stdin"],
                               cwd=running.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    words = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert GOOD.encode() not in words
    process.communicate(GOOD.encode() + b"\n", timeout=60)
    assert process.returncode == 0
    token = running.do("reset-link", "ada").strip().rpartition("=")[2]
    assert logs(running.server, "control socket: user reset-link, done")
    log = running.server.log_text()
    assert GOOD not in log and "ada" not in log and token not in log
    for file in running.folder.iterdir():
        if file.is_file():
            assert GOOD.encode() not in file.read_bytes(), file


def at_terminal(operator, words, lines):
    """What a person sees who types the lines, each after a question; and the exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(operator.folder)
        os.execv(operator.binary, [operator.binary, "user", *words])
    seen = b""
    waiting = list(lines)
    with contextlib.suppress(OSError):  # the other end is closed
        while select.select([terminal], [], [], 20)[0]:
            seen += os.read(terminal, 4096)
            if waiting and seen.rstrip(b" ").endswith((b":", b"]")):
                os.write(terminal, waiting.pop(0).encode())
    os.close(terminal)  # hangs up on whoever still waits
    return seen.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_terminal_is_asked_twice_and_shows_nothing(operator, blogd):
    add = ("add", "ada", "ada@example.org")
    seen, code = at_terminal(operator, add, [GOOD + "\n", GOOD + "\n"])
    assert code == 0 and "added ada" in seen and GOOD not in seen
    seen, code = at_terminal(operator, ("set-password", "ada"), [GOOD + "\n", OTHER + "\n"])
    assert code == 1 and "not the same" in seen and OTHER not in seen
    seen, code = at_terminal(operator, ("set-password", "ada"), ["\x03"])
    assert code == 1 and "interrupted" in seen
    with served(operator, blogd) as server:
        assert log_in(server, "ada")[0] == 200


def test_a_terminal_is_asked_before_a_delete(operator):
    operator.add("ada")
    seen, code = at_terminal(operator, ("delete", "ada"), ["n\n"])
    assert code == 1 and "with 0 posts" in seen and "it stays" in seen
    assert len(operator.accounts()) == 1
    seen, code = at_terminal(operator, ("delete", "ada"), ["y\n"])
    assert code == 0 and "deleted ada" in seen
    assert operator.accounts() == []


# --- the socket


def test_the_socket_is_private_and_goes_with_the_server(running):
    place = socket_of(running.folder)
    mode = place.lstat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    assert running.server.stop() == 0
    assert not place.exists()


def test_a_socket_that_a_dead_server_left_is_in_nobodys_way(running):
    running.add("ada")
    running.server.kill()
    assert socket_of(running.folder).exists()
    assert running.states() == {"ada": "protected"}  # on the file itself
    running.server.start()
    assert running.states() == {"ada": "protected"}
    assert logs(running.server, "control socket: user list")


def test_what_is_no_socket_stays(binary, blogd, tmp_path):
    socket_of(tmp_path).write_text("mine\n")
    server = blogd(folder=tmp_path)
    assert logs(server, "blogd user works only while this server is stopped")
    assert "is in use by another blogd" in Operator(binary, tmp_path).fail("list")
    assert server.stop() == 0
    assert socket_of(tmp_path).read_text() == "mine\n"


@pytest.mark.parametrize("name", ["b.db", "n" * 200 + ".db"])
def test_long_paths(binary, blogd, tmp_path, name):
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    folder.mkdir(parents=True)
    operator = Operator(binary, tmp_path, blogd("--database", str(folder / name), folder=tmp_path))
    operator.do("add", "ada", "ada@example.org", "--link", "--database", str(folder / name))
    assert logs(operator.server, "control socket: user add")
    assert operator.server.stop() == 0
    assert not list(folder.glob("*.control"))


def nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_another_user_of_the_machine_is_refused(running, tmp_path_factory):
    reachable = [running.folder, *running.folder.parents]
    before = {folder: folder.stat().st_mode for folder in reachable}
    binary = pathlib.Path(running.binary)
    copy = running.folder / "blogd"
    copy.write_bytes(binary.read_bytes())
    copy.chmod(0o755)
    stranger = Operator(str(copy), running.folder)
    try:
        for folder in reachable:
            folder.chmod(before[folder] | 0o055)
        done = stranger.run("list", preexec_fn=nobody)
        assert done.returncode == 1 and "for the user whose blogd serves" in done.stderr, done
        # Even when somebody has opened the socket for everybody.
        socket_of(running.folder).chmod(0o666)
        done = stranger.run("list", preexec_fn=nobody)
        assert done.returncode == 1 and "only the server's own user and root" in done.stderr, done
        assert logs(running.server, "another user of this machine was refused")
    finally:
        for folder, mode in before.items():
            folder.chmod(stat.S_IMODE(mode))


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_root_makes_no_files_that_the_owner_cannot_use(binary, tmp_path):
    os.chown(tmp_path, 65534, 65534)
    before = tmp_path.parent.stat().st_mode, tmp_path.parent.parent.stat().st_mode
    tmp_path.parent.chmod(0o755), tmp_path.parent.parent.chmod(0o755)
    try:
        Operator(binary, tmp_path).add("ada")
        assert {file.stat().st_uid for file in tmp_path.rglob("*")} == {65534}
    finally:
        tmp_path.parent.chmod(stat.S_IMODE(before[0])), tmp_path.parent.parent.chmod(stat.S_IMODE(before[1]))


def connect(folder):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(os.path.relpath(socket_of(folder)))
    return client


def record(kind, text=b""):
    return kind + len(text).to_bytes(4, "big") + text


def test_nonsense_ends_the_conversation_and_nothing_else(running):
    for bytes_ in (b"GET / HTTP/1.1\r\n\r\n", record(b"o", b"x"), record(b"w", b"x" * 60000) * 2, b"w\xff\xff\xff\xff"):
        with connect(running.folder) as client:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.sendall(bytes_)
                assert client.recv(100) == b""
    assert running.accounts() == []


def test_words_are_checked_by_the_server_too(running):
    with connect(running.folder) as client:
        client.sendall(record(b"w", b"set-password") + record(b"w", b"1") + record(b"g"))
        answer = client.recv(1000)
        assert answer[:1] == b"m" and b"password is missing" in answer


def test_more_silent_ones_than_there_are_seats_end_with_the_server(running):
    silent = [connect(running.folder) for _ in range(8)]
    process = subprocess.Popen([running.binary, "user", "list"], cwd=running.folder, stdout=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    silent.pop().close()
    assert process.wait(20) == 0
    process.stdout.close()
    began = time.monotonic()
    assert running.server.stop() == 0
    assert time.monotonic() - began < 5
    for client in silent:
        client.close()


def test_commands_at_the_same_time(running):
    made = [subprocess.Popen([running.binary, "user", "add", f"u{i}", f"u{i}@example.org", "--link"],
                             cwd=running.folder, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            for i in range(20)]
    assert [p.wait(60) for p in made] == [0] * 20
    assert len(running.accounts()) == 20
    running.server.process.send_signal(signal.SIGTERM)
    running.server.process.wait(20)
