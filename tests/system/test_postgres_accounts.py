"""Accounts on two instances that share a PostgreSQL: a log in, its end and its limits are those of all."""

import pytest

from accounts import (PASSWORD, Person, bearer, form, person, picture, reset_links, reset_password,
                      reset_token, try_log_in, wait_for)

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
