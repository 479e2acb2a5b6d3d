"""Brute force: what is tried too often is refused, by account and by address, and nobody else notices."""

import time

import pytest

from accounts import (PASSWORD, RESET_SAID, Browser, Person, bearer, has_page, log_in, person, try_log_in)


@pytest.fixture
def start(blogd):
    def make(*options):
        return blogd("--accounts", "protected", *options)
    return make


def guesses(server, count, email, address=None):
    """The statuses of so many wrong passwords; `address`: as a trusted proxy says it, of the number."""
    return [try_log_in(server, email(i) if callable(email) else email, f"wrong {i} wrong",
                       {"X-Forwarded-For": address(i)} if address else None)[0] for i in range(count)]


def elsewhere(number):
    return f"203.0.113.{number}"


def test_an_account_is_guessed_at_only_so_often_from_however_many_addresses(start):
    server = start("--login-rate", "5/1h", "--login-rate-address", "1000/1h")
    ann, bob = Person(server, "ann"), Person(server, "bob")
    assert guesses(server, 8, ann.email, elsewhere) == [401] * 5 + [429] * 3
    # Not even the right password now, from anywhere, in any spelling of the address.
    for email in (ann.email, "ANN@Example.com"):
        status, headers, answer = try_log_in(server, email, headers={"X-Forwarded-For": "198.51.100.9"})
        assert status == 429 and "Too many" in answer["detail"]
        assert 1 <= int(headers["retry-after"]) <= 3600
    assert log_in(server, bob.email)


def test_the_page_and_the_api_count_together(start):
    server = start("--login-rate", "5/1h", "--login-rate-address", "1000/1h")
    assert has_page(server, "/login"), "no pages to log in with"
    ann = person(server, "ann")
    assert guesses(server, 3, ann.email) == [401] * 3
    assert [Browser(server).log_in(ann.email, f"wrong {i}")[0] for i in range(3)] == [422, 422, 429]
    status, headers, page = Browser(server).log_in(ann.email)
    assert status == 429 and int(headers["retry-after"]) > 0 and "Too many attempts" in page
    assert "set-cookie" not in headers


def test_an_unknown_account_is_refused_in_the_same_way(start):
    server = start("--login-rate", "3/1h", "--login-rate-address", "1000/1h")
    ann = Person(server, "ann")
    assert guesses(server, 5, "nobody@example.com") == guesses(server, 5, ann.email) == [401] * 3 + [429] * 2


def test_an_address_guesses_only_so_often_at_however_many_accounts(start):
    server = start("--login-rate", "1000/1h", "--login-rate-address", "5/1h")
    ann = Person(server, "ann")
    spray = guesses(server, 8, lambda i: f"user{i}@example.com", lambda i: "203.0.113.1")
    assert spray == [401] * 5 + [429] * 3
    assert try_log_in(server, ann.email, headers={"X-Forwarded-For": "203.0.113.1"})[0] == 429
    assert try_log_in(server, ann.email, headers={"X-Forwarded-For": "203.0.113.2"})[0] == 200


def test_a_network_of_ipv6_is_one_address(start):
    server = start("--login-rate", "1000/1h", "--login-rate-address", "5/1h")
    spray = guesses(server, 8, lambda i: f"user{i}@example.com", lambda i: f"2001:db8:1:2:{i}::{i}")
    assert spray == [401] * 5 + [429] * 3
    assert guesses(server, 1, "x@example.com", lambda i: "2001:db8:1:3::1") == [401]


def test_only_what_the_trusted_proxy_added_counts(start):
    """Whoever writes X-Forwarded-For before the proxy does gets nothing by that."""
    server = start("--login-rate", "1000/1h", "--login-rate-address", "4/1h")
    spray = guesses(server, 6, lambda i: f"user{i}@example.com", lambda i: f"198.51.100.{i}, 203.0.113.1")
    assert spray == [401] * 4 + [429] * 2


def test_those_who_know_their_password_are_not_limited(start):
    server = start("--login-rate", "3/1h", "--login-rate-address", "3/1h")
    ann = Person(server, "ann")
    for _ in range(8):
        log_in(server, ann.email)


def test_the_block_ends(start):
    server = start("--login-rate", "2/10s", "--login-rate-address", "1000/1h")
    ann = Person(server, "ann")
    assert guesses(server, 3, ann.email) == [401, 401, 429]
    wait = int(try_log_in(server, ann.email)[1]["retry-after"])
    assert wait <= 5
    time.sleep(wait)
    assert log_in(server, ann.email)


def test_the_current_password_is_guessed_at_only_so_often(start):
    server = start("--login-rate", "4/1h")
    ann = person(server, "ann")

    def change(current):
        return ann.ask("PATCH", "/api/users/me/password",
                       {"current_password": current, "new_password": "another good password"})[0]
    assert [change(f"wrong {i}") for i in range(6)] == [400] * 4 + [429] * 2
    assert change(PASSWORD) == 429
    assert try_log_in(server, ann.email)[0] == 429


def test_an_address_registers_only_so_often(start):
    server = start("--registration-rate", "3/1h")

    def register(i, address):
        return server.api("POST", "/api/users", {"username": f"n{i}", "email": f"n{i}@example.com",
                                                 "password": PASSWORD}, {"X-Forwarded-For": address})
    assert [register(i, "203.0.113.1")[0] for i in range(5)] == [201] * 3 + [429] * 2
    assert register(9, "203.0.113.2")[0] == 201
    # Also those who only want to know which addresses are taken.
    assert [register(0, "203.0.113.3")[0] for i in range(5)] == [400] * 3 + [429] * 2


def test_mails_are_asked_for_only_so_often(start):
    server = start("--reset-rate", "3/1h", "--reset-rate-address", "5/1h")
    ann = Person(server, "ann")

    def ask(email, address):
        return server.request("POST", "/api/users/forgot-password", {"email": email}, {"X-Forwarded-For": address})
    for email in (ann.email, "nobody@example.com"):
        assert [ask(email, elsewhere(i))[0] for i in range(5)] == [202] * 3 + [429] * 2
    assert [ask(f"user{i}@example.com", "198.51.100.1")[0] for i in range(7)] == [202] * 5 + [429] * 2
    status, headers, _ = ask("ANN@example.com", "198.51.100.2")
    assert status == 429 and 1 <= int(headers["retry-after"]) <= 3600
    assert ask("other@example.com", "198.51.100.2")[2].decode().find(RESET_SAID["message"]) >= 0


def test_reset_tokens_are_guessed_at_only_so_often(start):
    server = start("--login-rate-address", "4/1h")
    codes = [server.api("POST", "/api/users/reset-password", {"token": f"{i}" * 43, "new_password": PASSWORD})[0]
             for i in range(6)]
    assert codes == [400] * 4 + [429] * 2


def test_writes_are_limited_by_account_and_by_address(start):
    server = start("--write-rate", "4/1h", "--write-rate-address", "6/1h")
    ann, bob = person(server, "ann"), person(server, "bob")

    def write(who, address):
        return server.request("POST", "/api/posts", {"title": "t", "content": "c"},
                              {**bearer(who.token), "X-Forwarded-For": address})
    assert [write(ann, elsewhere(i))[0] for i in range(6)] == [201] * 4 + [429] * 2
    status, headers, _ = write(ann, "198.51.100.1")
    assert status == 429 and 1 <= int(headers["retry-after"]) <= 3600
    assert write(bob, elsewhere(9))[0] == 201
    assert server.api("GET", "/api/users/me", headers=bearer(ann.token))[0] == 200  # reads go on
    strangers = [server.request("DELETE", "/api/posts/1", headers={"X-Forwarded-For": "198.51.100.7"})[0]
                 for _ in range(3)]
    assert strangers == [401] * 3
