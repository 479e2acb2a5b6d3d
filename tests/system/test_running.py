"""Signals, logs, sockets, templates: the program while it runs."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import time

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_sigterm_ends_with_success_and_frees_idle_connections(server):
    idle = server.connect()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    assert idle.recv(1) == b""
    idle.close()


def test_a_request_under_way_is_answered_while_draining(server):
    body = b'{"username": "late", "email": "late@example.com"}'
    with server.connect() as s:
        s.sendall(b"POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        s.sendall(body[10:])
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 201 ") and b"\r\nConnection: close\r\n" in answer
    assert server.process.wait(10) == 0


def test_the_second_signal_ends_at_once(blogd):
    server = blogd("--drain-timeout", "60s")
    with server.connect() as s:
        s.sendall(b"POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(3) == 1


def test_the_drain_limit_cuts_what_does_not_end(blogd):
    server = blogd("--drain-timeout", "1s")
    with server.connect() as s:
        s.sendall(b"POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
        time.sleep(0.2)
        assert server.stop() == 3


def test_sighup_opens_the_logs_again(blogd, tmp_path):
    log = tmp_path / "access.log"
    server = blogd("--access-log", str(log))
    server.request("GET", "/api/posts/7")
    assert wait_until(lambda: "GET /api/posts/{post_id} 404 " in log.read_text())
    log.rename(tmp_path / "access.log.1")
    server.process.send_signal(signal.SIGHUP)
    assert wait_until(log.exists)
    server.request("GET", "/health")
    assert wait_until(lambda: "/health" in log.read_text())


def test_the_access_log_in_json_names_the_route_and_no_person(blogd, tmp_path):
    log = tmp_path / "access.log"
    server = blogd("--access-log", str(log), "--log-format", "json")
    server.request("GET", "/users/12345/posts?secret=token")
    assert wait_until(lambda: log.exists() and log.read_text())
    line = json.loads(log.read_text().splitlines()[0])
    assert line["route"] == "/users/{user_id}/posts" and line["status"] == 404 and line["us"] >= 0
    assert "12345" not in log.read_text() and "token" not in log.read_text()


def test_a_unix_socket_serves_and_is_removed(binary, tmp_path):
    path = tmp_path / "blogd.sock"
    with open(tmp_path / "err", "wb") as err:
        process = subprocess.Popen([binary, "serve", "--listen", f"unix:{path}", "--access-log", "off"],
                                   cwd=tmp_path, stderr=err)
    try:
        assert wait_until(path.exists)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(path))
            s.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := s.recv(4096):
                answer += piece
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b'{"status":"healthy"}')
        process.terminate()
        assert process.wait(10) == 0
        assert not path.exists()
    finally:
        process.kill()
        process.wait()


def test_writes_through_a_proxy_are_refused_by_default(server, blogd):
    user = {"username": "eve", "email": "eve@example.com"}
    for field in ("X-Forwarded-For", "Forwarded"):
        status, answer = server.api("POST", "/api/users", user, {field: "for=1.2.3.4"})
        assert status == 403 and "accounts = open" in answer["detail"]
    assert server.api("GET", "/api/posts", headers={"X-Forwarded-For": "1.2.3.4"})[0] == 200
    told = blogd("--accounts", "open")
    assert told.api("POST", "/api/users", user, {"X-Forwarded-For": "1.2.3.4"})[0] == 201


def test_https_is_believed_from_a_trusted_proxy_only(server, blogd):
    through_https = {"X-Forwarded-Proto": "https"}
    assert "strict-transport-security" in server.request("GET", "/", headers=through_https)[1]
    assert "strict-transport-security" not in server.request("GET", "/")[1]
    careful = blogd("--trusted-proxies", "none")
    assert "strict-transport-security" not in careful.request("GET", "/", headers=through_https)[1]


def copy_of_www(tmp_path):
    www = tmp_path / "www"
    for folder in ("templates", "static"):
        shutil.copytree(ROOT / "www" / folder, www / folder)
    return www


def test_a_template_fault_stops_the_start_with_its_place(binary, tmp_path):
    www = copy_of_www(tmp_path)
    home = www / "templates" / "home.html"
    lines = home.read_text().splitlines()
    home.write_text("\n".join(lines[:3] + ["<p>{{ titel }}</p>"] + lines[3:]) + "\n")
    for text in ("<p>{{ titel }}</p>", "<p>{% if %}</p>"):
        lines_now = home.read_text().splitlines()
        lines_now[3] = text
        home.write_text("\n".join(lines_now) + "\n")
        done = subprocess.run([binary, "serve", "--listen", "127.0.0.1:0", "--www", str(www)],
                              cwd=tmp_path, text=True, capture_output=True, timeout=30)
        assert done.returncode == 1 and "home.html:4:" in done.stderr, done.stderr


def test_an_edited_template_is_read_again_and_a_fault_changes_nothing(blogd, tmp_path):
    www = copy_of_www(tmp_path)
    server = blogd("--www", str(www))
    error = www / "templates" / "error.html"
    good = error.read_text()
    error.write_text(good.replace("{{ message }}", "{{ message }} (edited)"))
    assert wait_until(lambda: b"(edited)" in server.request("GET", "/nope")[2])
    error.write_text("{{ nothing_like_it }}")
    assert wait_until(lambda: "error.html:1:" in server.log_text())
    assert b"(edited)" in server.request("GET", "/nope")[2]


def test_static_files_come_from_the_folder_too(blogd, tmp_path):
    www = copy_of_www(tmp_path)
    (www / "static" / "hello.txt").write_text("hello")
    server = blogd("--www", str(www))
    status, headers, body = server.request("GET", "/static/hello.txt")
    assert (status, body) == (200, b"hello") and headers["content-type"] == "text/plain; charset=utf-8"


def test_the_interface_and_its_pages_need_no_network(server):
    status, headers, body = server.request("GET", "/openapi.json")
    assert status == 200 and json.loads(body)["openapi"].startswith("3.1")
    for page in ("/docs", "/redoc"):
        status, headers, body = server.request("GET", page)
        assert status == 200
        assert b"http://" not in body and b"https://" not in body


def test_health_tells_when_the_database_answers(server):
    assert server.request("GET", "/health")[2] == b'{"status":"healthy"}'
