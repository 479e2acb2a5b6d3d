"""Sessions and passwords over their lives, and what other programs do to blog.db meanwhile."""

import argon2
import pytest

from accounts import (PASSWORD, Person, ask_for_reset, bearer, log_in, open_user, person, reset_links,
                      reset_password, reset_token, sha256, sql, try_log_in)

NEW = "another good password"
INVALID = (400, {"detail": "Invalid or expired reset token"})


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


@pytest.fixture
def again(blogd):
    """Starts a stopped server's folder again."""
    def start(server, *options):
        return blogd(*(options or ("--accounts", "protected", "--rate-limit", "off")), folder=server.folder)
    return start


def is_valid(server, token):
    return server.api("GET", "/api/users/me", headers=bearer(token))[0] == 200


# --- sessions

def test_sessions_are_listed_and_ended(server):
    ann, bob = person(server, "ann"), person(server, "bob")
    first, second, third = ann.token, log_in(server, ann.email), log_in(server, ann.email)
    status, sessions = ann.ask("GET", "/api/users/me/sessions")
    assert status == 200 and len(sessions) == 3
    assert list(sessions[0]) == ["id", "kind", "device", "created_at", "last_used_at", "expires_at", "current"]
    assert [s["current"] for s in sessions].count(True) == 1
    [own] = [s["id"] for s in sessions if s["current"]]
    other = max(s["id"] for s in sessions)
    assert bob.ask("DELETE", f"/api/users/me/sessions/{other}") == (404, {"detail": "Session not found"})
    assert is_valid(server, third)
    assert ann.ask("DELETE", f"/api/users/me/sessions/{other}")[0] == 204
    assert [is_valid(server, t) for t in (first, second, third)] == [True, True, False]
    assert ann.ask("DELETE", "/api/users/me/sessions")[0] == 204
    assert [is_valid(server, t) for t in (first, second)] == [True, False]
    assert [s["id"] for s in ann.ask("GET", "/api/users/me/sessions")[1]] == [own]
    for missing in (other, 0, -1, 2**63):
        assert ann.ask("DELETE", f"/api/users/me/sessions/{missing}")[0] == 404
    assert is_valid(server, bob.token)


def test_a_token_is_logged_out(server):
    ann = person(server, "ann")
    other = log_in(server, ann.email)
    assert ann.ask("DELETE", "/api/users/token") == (204, None)
    assert not is_valid(server, ann.token) and is_valid(server, other)
    assert ann.ask("DELETE", "/api/users/token") == (401, {"detail": "Invalid or expired token"})


def test_there_are_only_so_many_sessions(blogd):
    server = blogd("--accounts", "protected", "--rate-limit", "off", "--logins-max", "3")
    ann = Person(server, "ann")
    tokens = [log_in(server, ann.email) for _ in range(5)]
    assert [is_valid(server, t) for t in tokens] == [False, False, True, True, True]


def test_sessions_end_by_themselves(server, again):
    ann = person(server, "ann")
    unused, old = log_in(server, ann.email), log_in(server, ann.email)
    server.stop()
    sql(server, "UPDATE blogd_logins SET last_used_at = '2020-01-01 00:00:00.000000' WHERE token_hash = ?",
        sha256(unused))
    sql(server, "UPDATE blogd_logins SET expires_at = '2020-01-01 00:00:00.000000' WHERE token_hash = ?", sha256(old))
    server = again(server)
    assert [is_valid(server, t) for t in (ann.token, unused, old)] == [True, False, False]
    assert len(server.api("GET", "/api/users/me/sessions", headers=bearer(ann.token))[1]) == 1


# --- passwords

def test_a_changed_password_ends_the_other_sessions_and_reset_links(server):
    ann = person(server, "ann")
    other, link = log_in(server, ann.email), reset_token(ask_for_reset(server, ann))
    assert ann.ask("PATCH", "/api/users/me/password", {"current_password": "wrong", "new_password": NEW})[0] == 400
    assert is_valid(server, other)
    assert ann.ask("PATCH", "/api/users/me/password", {"current_password": PASSWORD, "new_password": NEW})[0] == 200
    assert is_valid(server, ann.token) and not is_valid(server, other)
    assert reset_password(server, link, PASSWORD) == INVALID
    assert try_log_in(server, ann.email, PASSWORD)[0] == 401 and log_in(server, ann.email, NEW)


def test_a_reset_ends_all_sessions_and_works_once(server):
    ann, bob = person(server, "ann"), person(server, "bob")
    token = reset_token(ask_for_reset(server, ann))
    assert reset_password(server, token, "short")[0] == 422
    assert reset_password(server, token, "12345678")[0] == 422
    assert is_valid(server, ann.token)
    assert reset_password(server, token, NEW)[0] == 200
    assert not is_valid(server, ann.token) and is_valid(server, bob.token)
    assert reset_password(server, token, PASSWORD) == INVALID
    assert try_log_in(server, ann.email, PASSWORD)[0] == 401 and log_in(server, ann.email, NEW)


def test_a_newer_link_ends_the_older_one(server):
    ann = Person(server, "ann")
    first, second = (reset_token(ask_for_reset(server, ann)) for _ in range(2))
    assert first != second and reset_password(server, first, NEW) == INVALID
    assert reset_password(server, second, NEW)[0] == 200


def test_an_open_account_gets_a_password_by_a_link_only(blogd):
    server = blogd("--rate-limit", "off")
    user = open_user(server, "Open", "Open@example.com")
    assert server.api("POST", "/api/users/forgot-password", {"email": user["email"]})[0] == 202


# --- what the tutorial's app left

def test_a_reset_token_of_the_tutorial(server, again):
    ann = Person(server, "ann")
    server.stop()
    for token, expires in (("tutorial-token-1", "2999-01-01 00:00:00.000000"), ("late", "2020-01-01 00:00:00.000000")):
        sql(server, "INSERT INTO password_reset_tokens (user_id, token_hash, expires_at, created_at)"
            " VALUES (?, ?, ?, '2020-01-01 00:00:00.000000')", ann.id, sha256(token), expires)
    server = again(server)
    assert reset_password(server, "late", NEW) == INVALID
    assert reset_password(server, "tutorial-token-1", NEW)[0] == 200
    assert reset_password(server, "tutorial-token-1", NEW) == INVALID
    assert log_in(server, ann.email, NEW)


def test_a_hash_of_the_tutorial_is_verified_and_made_anew(server, again):
    ann, theirs = Person(server, "ann"), argon2.PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
    made = theirs.hash(NEW)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    server.stop()
    sql(server, "UPDATE users SET password_hash = ? WHERE id = ?", made, ann.id)
    server = again(server)
    assert try_log_in(server, ann.email, PASSWORD)[0] == 401
    assert sql(server, "SELECT password_hash FROM users") == [(made,)]
    assert log_in(server, ann.email, NEW)
    [(upgraded,)] = sql(server, "SELECT password_hash FROM users")
    assert upgraded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert theirs.verify(upgraded, NEW)  # the tutorial's app can still
    assert log_in(server, ann.email, NEW) and sql(server, "SELECT password_hash FROM users") == [(upgraded,)]


@pytest.mark.parametrize("garbage", ["x", "$argon2id$", "$argon2id$v=19$m=4294967295,t=99999,p=1$c2FsdHNhbHQ$aGFzaA",
                                     "$2b$12$abcdefghijklmnopqrstuv", "A" * 200])
def test_a_hash_that_is_none_lets_nobody_in(server, again, garbage):
    ann = Person(server, "ann")
    server.stop()
    sql(server, "UPDATE users SET password_hash = ? WHERE id = ?", garbage, ann.id)
    server = again(server)
    for password in (PASSWORD, garbage):
        assert try_log_in(server, ann.email, password)[0] == 401
    assert server.api("POST", "/api/users", {"username": "eve", "email": "ann@example.com",
                                             "password": PASSWORD})[0] == 400


PART_14 = """
CREATE TABLE users (
    id INTEGER NOT NULL, username VARCHAR(50) NOT NULL, email VARCHAR(120) NOT NULL,
    password_hash VARCHAR(200) NOT NULL, image_file VARCHAR(200), PRIMARY KEY (id), UNIQUE (username), UNIQUE (email));
CREATE INDEX ix_users_id ON users (id);
CREATE TABLE posts (
    id INTEGER NOT NULL, title VARCHAR(100) NOT NULL, content TEXT NOT NULL, user_id INTEGER NOT NULL,
    date_posted DATETIME NOT NULL, PRIMARY KEY (id), FOREIGN KEY(user_id) REFERENCES users (id));
CREATE INDEX ix_posts_id ON posts (id);
CREATE INDEX ix_posts_user_id ON posts (user_id);
CREATE TABLE password_reset_tokens (
    id INTEGER NOT NULL, user_id INTEGER NOT NULL, token_hash VARCHAR(64) NOT NULL, expires_at DATETIME NOT NULL,
    created_at DATETIME NOT NULL, PRIMARY KEY (id), FOREIGN KEY(user_id) REFERENCES users (id), UNIQUE (token_hash));
INSERT INTO users VALUES (1, 'Corey', 'corey@example.com', '{hash}', NULL);
INSERT INTO posts VALUES (1, 'A post', 'Its text', 1, '2026-03-09 08:45:56.412726');
"""


def test_a_database_of_part_14_opens_and_takes_every_kind_of_account(blogd, tmp_path):
    script = tmp_path / "part14.sql"
    script.write_text(PART_14.format(hash=argon2.PasswordHasher().hash(PASSWORD)))
    server = blogd("--rate-limit", "off", seed=script)
    assert "email" not in server.api("GET", "/api/posts/1")[1]["author"]
    token = log_in(server, "Corey@example.com")
    assert server.api("PATCH", "/api/posts/1", {"title": "x"})[0] == 401
    assert server.api("PATCH", "/api/posts/1", {"title": "x"}, bearer(token))[0] == 200
    opened, ann = open_user(server, "open"), person(server, "ann")
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": opened["id"]})[0] == 201
    ann.write()
    assert server.api("POST", "/api/users/forgot-password", {"email": "corey@example.com"})[0] == 202
    assert server.api("DELETE", "/api/users/1", headers=bearer(token))[0] == 204
    assert server.stop() == 0
    assert sql(server, "PRAGMA integrity_check") == [("ok",)]
    assert sql(server, "PRAGMA foreign_key_check") == []
    # As the tutorial's app inserts: it names its columns.
    sql(server, "INSERT INTO users (username, email, password_hash) VALUES ('n', 'n@example.com', 'x')")


# --- ids

def test_ids_are_never_given_out_again(server, again):
    ann = person(server, "ann")
    token, post = ann.token, ann.write()
    assert ann.ask("DELETE", f"/api/users/{ann.id}")[0] == 204
    bob = person(server, "bob")
    assert bob.id > ann.id and bob.write() > post
    assert not is_valid(server, token)
    server.stop()
    sql(server, "DELETE FROM posts")
    sql(server, "DELETE FROM users")
    server = again(server)
    assert person(server, "cay").id > bob.id
    assert not is_valid(server, bob.token)


def test_whoever_is_deleted_while_the_server_is_down_is_logged_out(server, again):
    ann, bob = person(server, "ann"), person(server, "bob")
    link = reset_token(ask_for_reset(server, ann))
    server.stop()
    sql(server, "DELETE FROM users WHERE id = ?", ann.id)
    server = again(server)
    assert not is_valid(server, ann.token) and is_valid(server, bob.token)
    assert reset_password(server, link, NEW)[0] in (400, 404)
    assert sql(server, "SELECT count(*) FROM blogd_logins WHERE user_id = ?", ann.id) == [(0,)]
    # Not even the next one with that name and address inherits anything.
    again_ann = Person(server, "ann")
    assert again_ann.id != ann.id and not is_valid(server, ann.token)
    assert reset_password(server, link, NEW)[0] == 400 and log_in(server, "ann@example.com")


def test_a_deleted_account_leaves_nothing_behind(server):
    ann = person(server, "ann")
    ann.write()
    ask_for_reset(server, ann)
    assert ann.ask("DELETE", f"/api/users/{ann.id}")[0] == 204
    for table in ("posts", "password_reset_tokens", "blogd_logins", "blogd_outbox", "blogd_pictures"):
        assert sql(server, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert len(reset_links(server, ann.id)) == 1
