"""What an attacker learns from times, logs and files: nothing."""

import itertools
import statistics
import time

import pytest

from accounts import (PASSWORD, Browser, Person, ask_for_reset, bearer, has_page, log_in, person, reset_password,
                      reset_token, sql, try_log_in, wait_for)
from smtp import SmtpServer

NEAR = 0.010  # seconds; and of a sanitizer's build or a busy machine nothing is asked


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


def medians(kinds, ask, rounds=30):
    """The median time of each kind, taken in turns."""
    times = {kind: [] for kind in kinds}
    for number in range(rounds):
        for kind in kinds:
            began = time.perf_counter()
            ask(kind, number)
            times[kind].append(time.perf_counter() - began)
    return {kind: statistics.median(t) for kind, t in times.items()}


def assert_near(found, request):
    if not request.config.getoption("--sanitized"):
        assert max(found.values()) - min(found.values()) < NEAR, found


def test_a_log_in_takes_equally_long_whoever_it_is(server, request):
    Person(server, "ann")

    def ask(email, number):
        assert try_log_in(server, email, f"wrong {number} wrong")[0] == 401
    assert_near(medians(["ann@example.com", "nobody@example.com"], ask), request)


def test_a_forgotten_password_takes_equally_long_whoever_it_is(server, request):
    Person(server, "ann")

    def ask(email, _):
        assert server.api("POST", "/api/users/forgot-password", {"email": email})[0] == 202
    assert_near(medians(["ann@example.com", "nobody@example.com"], ask), request)


def test_answers_do_not_tell_whether_there_is_an_account(server):
    Person(server, "ann")

    def shape(answer):
        status, headers, body = answer
        return status, body, sorted((k, v) for k, v in headers.items() if k != "date")
    for path, body in (("/api/users/forgot-password", {"email": "{}"}),):
        found = [shape(server.request("POST", path, {k: v.format(email) for k, v in body.items()}))
                 for email in ("ann@example.com", "nobody@example.com")]
        assert found[0] == found[1]
    found = [shape(server.request("POST", "/api/users/token", f"username={email}&password=wrong",
                                  {"Content-Type": "application/x-www-form-urlencoded"}))
             for email in ("ann@example.com", "nobody@example.com")]
    assert found[0] == found[1]


# --- logs

@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_has_a_secret(blogd, tmp_path, form):
    access = tmp_path / "access.log"
    with SmtpServer() as mail_server:
        server = blogd("--accounts", "protected", "--rate-limit", "off", "--smtp-url", mail_server.url,
                       "--smtp-tls", "off", "--smtp-from", "noreply@example.com", "--base-url", "http://127.0.0.1",
                       "--access-log", str(access), "--log-level", "debug", "--log-format", form)
        mail_server.answers["RCPT"] = ["550 5.1.1 <secretive@example.com> is unknown"]
        secrets = use_everything(server, mail_server)
        server.stop()
    text = server.log_text() + access.read_text()
    assert "/api/users/token" in text
    for secret in secrets:
        assert secret not in text, (secret, [line for line in text.splitlines() if secret in line])


def use_everything(server, mail_server):
    """Passwords, tokens, addresses and names that went through the server."""
    ann = person(server, "secretive", password="the-secret-password")
    wrong = "a-wrong-secret-password"
    assert try_log_in(server, ann.email, wrong)[0] == 401
    assert try_log_in(server, "stranger@example.com", wrong)[0] == 401
    server.api("GET", f"/api/users/me?token={ann.token}&password={wrong}", headers=bearer(ann.token))
    server.api("GET", "/api/users/me", headers=bearer("a-garbled-token-of-somebody"))
    server.api("PATCH", "/api/users/me/password", {"current_password": wrong, "new_password": "x"}, bearer(ann.token))
    for _ in range(2):  # the first one is refused by the mail server
        assert server.api("POST", "/api/users/forgot-password", {"email": ann.email})[0] == 202
        wait_for(lambda: server.log_text().count("reset mail") >= 1)
        time.sleep(0.2)
    token = reset_token(mail_server.wait_for_mail().link)
    server.request("GET", f"/reset-password?token={token}")
    assert reset_password(server, token, "the-new-secret-password")[0] == 200
    assert reset_password(server, token, "the-new-secret-password")[0] == 400
    browser = Browser(server, {"Referer": f"http://x/reset-password?token={token}", "User-Agent": "agent-of-ann"})
    if has_page(server, "/login"):
        browser.log_in(ann.email, "the-new-secret-password", next="/?a-secret-next")
        browser.log_in(ann.email, wrong)
    server.request("POST", "/api/posts", b'{"title": "a-broken-secret', {"Content-Type": "application/json"})
    return ["the-secret-password", "the-new-secret-password", wrong, ann.token, token, "secretive", "stranger",
            "a-garbled-token", "a-secret-next", "a-broken-secret", "agent-of-ann", "argon2", *browser.cookies.values()]


def test_a_new_line_in_an_input_makes_no_line_in_a_log(blogd, tmp_path):
    access = tmp_path / "access.log"
    server = blogd("--accounts", "protected", "--access-log", str(access))
    for path in ("/api/users/1%0aforged", "/forged%0d%0aline"):
        server.request("GET", path)
    try_log_in(server, "a@example.com\nforged line", "x\r\nforged line")
    wait_for(lambda: access.exists() and access.read_text().count("\n") >= 3)
    assert "forged" not in access.read_text() + server.log_text()


# --- files

def stored(server):
    return b"".join(p.read_bytes() for p in server.folder.glob("blog.db*") if p.is_file())


@pytest.mark.usefixtures("blog_file")
def test_tokens_and_passwords_are_stored_as_hashes_alone(server):
    ann = person(server, "ann", password="the-secret-password")
    link = reset_token(ask_for_reset(server, ann))
    other = log_in(server, ann.email, ann.password)
    everything = stored(server)
    for secret in (ann.token, other, link, ann.password):
        assert secret.encode() not in everything and secret.encode().hex().encode() not in everything
    assert server.stop() == 0
    everything = stored(server)
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in everything
    for secret in (ann.token, other, link, ann.password):
        assert secret.encode() not in everything


def test_tokens_are_long_and_differ(server):
    ann = Person(server, "ann")
    tokens = [log_in(server, ann.email) for _ in range(20)]
    assert all(len(t) == 43 for t in tokens) and len(set(tokens)) == 20
    for a, b in itertools.combinations(tokens, 2):
        assert sum(x == y for x, y in zip(a, b)) < 12


def test_the_same_password_has_different_hashes(server):
    for name in ("ann", "bob"):
        Person(server, name)
    hashes = [row[0] for row in sql(server, "SELECT password_hash FROM users")]
    assert len(set(hashes)) == 2


def test_what_is_personal_is_not_kept_by_anybody(server):
    ann = person(server, "ann")
    assert server.request("GET", "/api/users/me", headers=bearer(ann.token))[1]["cache-control"] == "no-store"
    assert server.request("GET", "/api/users/me/sessions", headers=bearer(ann.token))[1]["cache-control"] == "no-store"
    assert try_log_in(server, ann.email)[1]["cache-control"] == "no-store"
    status, headers, body = server.request("GET", f"/api/users/{ann.id}", headers=bearer(ann.token))
    assert ann.email.encode() not in body


def test_pages_of_somebody_are_nobody_elses(server):
    assert has_page(server, "/login"), "no pages to log in with"
    ann = person(server, "annabella")
    post = ann.write("A title of hers")
    browser, reader = Browser(server), Browser(server)
    browser.log_in(ann.email)
    paths = ["/", "/posts", f"/posts/{post}", f"/users/{ann.id}/posts", "/account", "/posts/new", "/login"]
    for path in paths * 2:
        before = reader.go(path)
        status, headers, _ = browser.go(path)
        assert "no-store" in headers.get("cache-control", "") or status == 303, path
        after = reader.go(path)
        assert ann.email not in after[2]
        assert before[2] == after[2], path
    for path in ("/reset-password?token=x", "/reset-password"):
        assert reader.go(path)[1]["referrer-policy"] == "no-referrer"
    assert PASSWORD not in browser.log_in(ann.email, "wrong " + PASSWORD)[2]
