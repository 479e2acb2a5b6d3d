"""Accounts on two instances that share a PostgreSQL: a log in, its end and its limits are those of all."""

import json
import subprocess
import time

import pytest

from accounts import (PASSWORD, Person, bearer, form, person, picture, reset_links, reset_password,
                      reset_token, try_log_in, wait_for)
from smtp import SmtpServer

NEW = "another good password"


@pytest.fixture
def pair(blogd, postgres, empty):
    def make(*options):
        words = ("--accounts", "protected", "--database", postgres.url(empty), *options)
        return blogd(*words), blogd(*words)
    return make


def status_at(server, token):
    return server.api("GET", "/api/users/me", headers=bearer(token))[0]


def test_a_session_is_known_and_ended_everywhere(pair):
    one, other = pair("--rate-limit", "off")
    ann = person(one, "ann")
    assert status_at(other, ann.token) == 200
    assert other.api("POST", "/api/posts", {"title": "t", "content": "c"}, bearer(ann.token))[0] == 201
    assert other.api("DELETE", "/api/users/token", headers=bearer(ann.token))[0] == 204
    assert status_at(one, ann.token) == 401


def test_a_link_of_one_instance_works_once_at_the_other(pair):
    one, other = pair("--rate-limit", "off")
    ann = person(one, "ann")
    assert one.api("POST", "/api/users/forgot-password", {"email": ann.email})[0] == 202
    link = wait_for(lambda: reset_links(one, ann.id) or reset_links(other, ann.id), 30)[-1]
    assert reset_password(other, reset_token(link), NEW)[0] == 200
    assert reset_password(one, reset_token(link), PASSWORD)[0] == 400
    assert status_at(one, ann.token) == status_at(other, ann.token) == 401


def test_each_mail_is_sent_once_by_any_of_three(blogd, postgres, empty):
    with SmtpServer() as mail_server:
        mail_server.answers["RCPT"] = ["451 4.7.1 greylisted, come back"]
        words = ("--accounts", "protected", "--rate-limit", "off", "--database", postgres.url(empty), "--workers", "1",
                 "--smtp-url", mail_server.url, "--smtp-tls", "off", "--smtp-from", "noreply@example.com",
                 "--base-url", "https://blog.example.com")
        servers = [blogd(*words) for _ in range(3)]
        people = [Person(servers[0], f"user{n}") for n in range(9)]
        for n, who in enumerate(people):
            assert servers[n % 3].api("POST", "/api/users/forgot-password", {"email": who.email})[0] == 202
        mails = [mail_server.wait_for_mail(60) for _ in people]
        assert sorted(r for m in mails for r in m.recipients) == sorted(who.email for who in people)
        time.sleep(1)
        assert len(mail_server.messages) == len(people)
        assert reset_password(servers[2], reset_token(mails[0].link), NEW)[0] == 200


def test_the_operators_commands(binary, blogd, postgres, empty, tmp_path):
    """The database is the meeting place, so they need no server and do not mind one."""
    def operator(*words, said=""):
        done = subprocess.run([binary, "user", *words, "--database", postgres.url(empty)], cwd=tmp_path, text=True,
                              input=said, capture_output=True, timeout=60)
        assert done.returncode == 0, done
        return done.stdout

    operator("add", "ada", "ada@example.com", "--password-stdin", said=PASSWORD + "\n")
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--database", postgres.url(empty))
    token = try_log_in(server, "ada@example.com")[2]["access_token"]
    assert len(json.loads(operator("sessions", "ada", "--json"))) == 1
    assert "ended 1 session" in operator("sessions", "ada", "--end-all")
    assert status_at(server, token) == 401
    operator("set-password", "ada", "--password-stdin", said=NEW + "\n")
    assert [try_log_in(server, "ada@example.com", p)[0] for p in (PASSWORD, NEW)] == [401, 200]
    link = operator("reset-link", "ada@example.com").split()[-1]
    assert reset_password(server, reset_token(link), PASSWORD)[0] == 200
    operator("disable", "ada")
    assert try_log_in(server, "ada@example.com")[0] == 401
    assert [a["state"] for a in json.loads(operator("list", "--json"))] == ["disabled"]
    operator("enable", "1")
    assert try_log_in(server, "ada@example.com")[0] == 200
    operator("delete", "ada", "--yes")
    assert json.loads(operator("list", "--json")) == [] and server.api("GET", "/api/users/1")[0] == 404


def test_a_picture_of_one_instance_is_served_by_the_other(pair):
    one, other = pair("--rate-limit", "off")
    user = person(one, "ann").upload(picture())[1]
    assert other.request("GET", user["image_path"])[0] == 200


def test_guesses_are_limited_over_all_instances(blogd, postgres, empty):
    """Each instance is strict by itself; together they let through four times as many at most."""
    servers = [blogd("--accounts", "protected", "--database", postgres.url(empty), "--login-rate", "2/1h",
                     "--login-rate-address", "1000/1h", "--workers", "1") for _ in range(6)]
    ann = Person(servers[0], "ann")
    codes = [try_log_in(server, ann.email, f"wrong {n}")[0] for n in range(3) for server in servers]
    assert set(codes) == {401, 429} and codes.count(401) == 8


def test_what_the_database_cannot_hold_is_no_error(pair):
    server, _ = pair("--rate-limit", "off")
    for text in ("\0", "a\0@example.com", "\ud7ff\uffff"):
        body, headers = form(username=text, password=text)
        assert server.api("POST", "/api/users/token", body, headers)[0] == 401
        assert reset_password(server, text, NEW) == (400, {"detail": "Invalid or expired reset token"})
    for raw in ("%ff%fe", "%ed%a0%80", "%00"):
        assert server.request("POST", "/api/users/token", f"username={raw}&password={raw}",
                              {"Content-Type": "application/x-www-form-urlencoded"})[0] == 401
