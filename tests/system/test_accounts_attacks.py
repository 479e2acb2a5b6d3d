"""Every write of the API and of the pages, sent by those who may not: nothing of the victim's changes."""

import pathlib
import re

import pytest

from accounts import (PASSWORD, Browser, Person, bearer, form, has_page, log_in, multipart, person, picture,
                      sha256, sql, write_routes)

PAGES = sorted((pathlib.Path(__file__).parents[2] / "src" / "handlers").glob("*_pages.cpp"))
# Writes that are for those who have not logged in.
PUBLIC = {("POST", "/api/users"), ("POST", "/api/users/token"), ("POST", "/api/users/forgot-password"),
          ("POST", "/api/users/reset-password")}
PUBLIC_PAGES = {"/register", "/login", "/logout", "/forgot-password", "/reset-password"}
JSON_BODY = {"title": "hacked", "content": "hacked", "username": "hacked", "email": "hacked@example.com",
             "current_password": PASSWORD, "new_password": "hacked hacked", "password": PASSWORD}
STRANGE_IDS = ["0", "-1", "-9223372036854775809", "9223372036854775807", "9223372036854775808", str(10**30)]


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off", "--logins-max", "10000")


class Victim(Person):
    """Has one of everything, and remembers it."""

    def __init__(self, server, name="ann"):
        super().__init__(server, name)
        self.log_in()
        self.post = self.write()
        assert self.upload(picture())[0] == 200
        self.session = max(s["id"] for s in self.ask("GET", "/api/users/me/sessions")[1])
        self.before = self.belongings()

    def belongings(self):
        rows = [sql(self.server, f"SELECT * FROM {table} WHERE {column} = ? ORDER BY 1", self.id)
                for table, column in (("users", "id"), ("posts", "user_id"), ("blogd_pictures", "user_id"),
                                      ("password_reset_tokens", "user_id"), ("blogd_outbox", "user_id"))]
        logins = sql(self.server, "SELECT id, token_hash FROM blogd_logins WHERE user_id = ? ORDER BY 1", self.id)
        files = sorted(str(p) for p in (self.server.folder / "media").rglob("*.jpg"))
        return rows, logins, files

    def is_unharmed(self):
        return self.belongings() == self.before


@pytest.fixture
def ann(server):
    return Victim(server)


def filled(pattern, victim, **ids):
    ids = {"user_id": victim.id, **ids} if ids else {
        "user_id": victim.id, "post_id": victim.post, "session_id": victim.session}
    return re.sub(r"\{(\w+)\}", lambda found: str(ids[found[1]]), pattern)


def body_for(pattern):
    if pattern.endswith("/picture"):
        return multipart([("file", "a.jpg", picture())])
    if pattern.endswith("/token"):
        return form(username="ann@example.com", password="wrong wrong")
    return JSON_BODY, {}


def send(server, method, pattern, victim, headers, **ids):
    body, fields = (None, {}) if method == "DELETE" else body_for(pattern)
    status, answered, content = server.request(method, filled(pattern, victim, **ids), body, {**fields, **headers})
    return status, answered, content


def private_routes(server):
    routes = [r for r in write_routes(server) if r not in PUBLIC]
    assert len(routes) >= 12
    return routes


def is_json_refusal(content):
    return content.startswith(b'{"detail":')


# --- tokens that are none

def test_nobody_writes(server, ann):
    for method, pattern in private_routes(server):
        status, headers, content = send(server, method, pattern, ann, {})
        assert (status, content) == (401, b'{"detail":"Not authenticated"}'), (method, pattern)
        assert headers["www-authenticate"] == "Bearer"
    assert ann.is_unharmed()


def bad_tokens(server, blogd, ann):
    """{what is wrong: token}"""
    revoked = log_in(server, ann.email)
    assert server.api("DELETE", "/api/users/token", headers=bearer(revoked))[0] == 204
    with_old_password = Person(server, "cay").log_in()
    assert with_old_password.ask("DELETE", f"/api/users/{with_old_password.id}")[0] == 204
    elsewhere = blogd("--accounts", "protected", "--rate-limit", "off")
    return {"revoked": revoked, "of a deleted account": with_old_password.token,
            "of another blog": person(elsewhere, "ann").token,
            "cut": ann.token[:-1], "longer": ann.token + "A", "its hash": sha256(ann.token), "an id": str(ann.id),
            "sql": "' OR 1=1 --", "a JWT": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "a wildcard": "%",
            "huge": "A" * 8000}


def test_bad_tokens_write_nothing(server, blogd, ann):
    for name, token in bad_tokens(server, blogd, ann).items():
        for method, pattern in private_routes(server):
            status, _, content = send(server, method, pattern, ann, bearer(token))
            assert (status, content) == (401, b'{"detail":"Invalid or expired token"}'), (name, method, pattern)
    assert ann.is_unharmed()


@pytest.mark.parametrize("change", ["expires_at", "last_used_at"])
def test_expired_tokens_write_nothing(server, blogd, ann, change):
    server.stop()
    sql(server, f"UPDATE blogd_logins SET {change} = '2020-01-01 00:00:00.000000'")
    again = blogd("--accounts", "protected", "--rate-limit", "off", folder=server.folder)
    for method, pattern in private_routes(again):
        assert send(again, method, pattern, ann, bearer(ann.token))[0] == 401, (method, pattern)
    ann.before[1].clear()
    assert ann.belongings()[0] == ann.before[0]


def test_a_cookie_or_a_query_is_no_token_for_the_api(server, ann):
    for headers in ({"Cookie": f"blogd-login={ann.token}; __Host-blogd-login={ann.token}; access_token={ann.token}"},
                    {"Authorization": f"Basic {ann.token}"}, {"X-Access-Token": ann.token}):
        for method, pattern in private_routes(server):
            assert send(server, method, pattern, ann, headers)[0] == 401, (headers, method, pattern)
    assert server.api("GET", f"/api/users/me?access_token={ann.token}")[0] == 401
    assert ann.is_unharmed()


# --- another user

def test_another_user_changes_nothing(server, ann):
    bob = Person(server, "bob")
    for method, pattern in private_routes(server):
        bob.log_in()
        status, _, content = send(server, method, pattern, ann, bearer(bob.token))
        if "{user_id}" in pattern or "{post_id}" in pattern:
            assert status == 403 and b"Not authorized" in content, (method, pattern, status)
        if "{session_id}" in pattern:
            assert status == 404
        if pattern == "/api/users/me/password":
            bob.password = JSON_BODY["new_password"]
    assert ann.is_unharmed()


SPELLINGS = ["0{}", "+{}", "%20{}", "{}.0", "{}%20", "%3{}", "{}%00", "{}/", "{}/../{}", "{}%2f", "{};{}",
             "{}?user_id={}", "/{}", "./{}", "{}/."]


def test_another_spelling_of_an_id_is_still_somebody_elses(server, ann):
    bob = person(server, "bob")
    for spelling in SPELLINGS:
        for method, path in (("PATCH", "/api/posts/"), ("DELETE", "/api/posts/"), ("PATCH", "/api/users/"),
                             ("DELETE", "/api/users/")):
            number = ann.post if "posts" in path else ann.id
            target = path + spelling.format(number, bob.id)
            body = {"title": "hacked", "username": "hacked"} if method == "PATCH" else None
            status, _, _ = server.request(method, target, body, bearer(bob.token))
            assert status in (307, 400, 403, 404, 405, 422), (method, target, status)
    assert ann.is_unharmed()


def test_strange_ids_are_refused_and_never_an_error(server, ann):
    for number in STRANGE_IDS:
        for method, pattern in private_routes(server):
            if "{" in pattern:
                status, _, content = send(server, method, pattern, ann, bearer(ann.token), user_id=number,
                                          post_id=number, session_id=number)
                assert status in (403, 404) and is_json_refusal(content), (method, pattern, number, status)
        for author in (number, int(number)):
            status, answer = ann.ask("POST", "/api/posts", {"title": "t", "content": "c", "user_id": author})
            assert status in (403, 404), (author, status)
    assert ann.is_unharmed()


def test_extra_keys_reach_nobody_else(server, ann):
    bob = Person(server, "bob")
    extra = {"id": ann.id, "user_id": ann.id, "author": {"id": ann.id}, "author_id": ann.id, "sub": str(ann.id),
             "password_hash": "x", "is_admin": True, "image_file": "x.jpg", "disabled_at": None}
    bob.log_in()
    for method, pattern in private_routes(server):
        own = filled(pattern, bob, post_id=bob.write(), session_id=0)
        if method == "DELETE" or pattern.endswith("/picture"):
            continue
        body = {**JSON_BODY, "email": ann.email, **extra}
        status, answer = bob.ask(method, own, body)
        assert status in (200, 400, 403), (method, pattern, answer)
        if pattern == "/api/users/me/password":
            bob.password = JSON_BODY["new_password"]
            bob.log_in()
    assert sql(server, "SELECT image_file, disabled_at FROM users WHERE id = ?", bob.id) == [(None, None)]
    for query in (f"?user_id={ann.id}", f"?id={ann.id}"):
        assert bob.ask("PATCH", f"/api/users/{bob.id}{query}", {"username": "bobby"})[1]["id"] == bob.id
    assert ann.is_unharmed()


def test_a_part_of_an_upload_names_nobody_else(server, ann):
    bob = person(server, "bob")
    body, headers = multipart([("user_id", None, str(ann.id).encode()), ("file", "a.jpg", picture())])
    status, user = bob.ask("PATCH", f"/api/users/{bob.id}/picture", body, headers)
    assert (status, user["id"]) == (200, bob.id)
    assert ann.belongings()[0] == ann.before[0]


def test_the_first_method_that_a_client_says_counts(server, ann):
    """No method in a header or a field turns a harmless request into another."""
    headers = {**bearer(ann.token), "X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE"}
    assert server.api("GET", f"/api/posts/{ann.post}?_method=DELETE", headers=headers)[0] == 200
    assert server.request("POST", f"/api/posts/{ann.post}", {"_method": "DELETE"}, headers)[0] == 405
    assert ann.is_unharmed()


# --- pages

def page_routes():
    """Every path that a form is sent to."""
    text = "".join(p.read_text(encoding="utf-8") for p in PAGES)
    return sorted(set(re.findall(r'post<"(/[^"]*)"', text)))


@pytest.fixture
def pages(server):
    assert has_page(server, "/login"), "no pages to log in with"
    return page_routes()


def test_forms_need_a_login(server, ann, pages):
    assert len(pages) >= 12 and PUBLIC_PAGES < set(pages)
    visitor = Browser(server)
    for pattern in pages:
        if pattern not in PUBLIC_PAGES:
            status, headers, text = visitor.go(filled(pattern, ann), JSON_BODY)
            # Whoever has been logged out while writing keeps the text, with a word about that.
            kept = status in (403, 422) and "hacked" in text and "not stored" in text and pattern.startswith("/posts")
            assert kept or status == 303 and headers["location"].startswith("/login"), (pattern, status)
    assert ann.is_unharmed()


def test_forms_of_another_user_change_nothing(server, ann, pages):
    bob = Person(server, "bob")
    for pattern in pages:
        if "{" in pattern:
            browser = Browser(server)
            assert browser.log_in(bob.email)[0] == 303
            for path in (filled(pattern, ann), filled(pattern, ann, user_id=0, post_id=0, session_id=0)):
                assert browser.go(path, JSON_BODY)[0] in (303, 403, 404), path
            if pattern.startswith("/posts"):
                assert browser.go(filled(pattern, ann), JSON_BODY)[0] == 403
                assert browser.go(filled(pattern, ann))[0] == 403
    assert ann.is_unharmed()


def test_an_old_cookie_opens_nothing(server, ann, pages):
    browser = Browser(server)
    browser.log_in(ann.email)
    old = dict(browser.cookies)
    assert browser.go("/account")[0] == 200
    assert browser.go("/logout", {})[0] == 303
    assert "blogd-login" not in browser.cookies
    browser.cookies = old
    status, headers, _ = browser.go("/account")
    assert status == 303 and headers["location"].startswith("/login")
    for token in (ann.token[:-1], "x", ""):
        browser.cookies = {"blogd-login": token}
        assert browser.go("/account")[0] == 303


def test_no_page_changes_anything_by_get(server, ann, pages):
    browser = Browser(server)
    browser.log_in(ann.email)
    ann.before = ann.belongings()
    for pattern in pages:
        browser.go(filled(pattern, ann) + "?" + form(**JSON_BODY, _method="POST")[0])
    assert browser.go("/account")[0] == 200
    assert ann.is_unharmed()


MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


def test_nothing_that_is_sent_becomes_markup(server, pages):
    ann = Person(server, MARKUP[:50], email="ann@example.com")
    browser = Browser(server)
    browser.log_in(ann.email)
    status, headers, _ = browser.go("/posts/new", {"title": MARKUP, "content": MARKUP + "\n</textarea>" + MARKUP})
    assert status == 303
    post = headers["location"]
    seen = [browser.go(path)[2] for path in (post, post + "/edit", post + "/delete", "/account", "/account/delete", "/",
                                             f"/users/{ann.id}/posts")]
    everything = {name: "a typed secret" if "password" in name else MARKUP for name in (*JSON_BODY, "next", "token")}
    for path in page_routes():
        path = filled(path, ann, post_id=post.rsplit("/", 1)[1], session_id=0)
        if path not in ("/logout", "/account/sessions/end-others"):
            seen.append(Browser(server).go(path, everything)[2])
        if path in ("/account", "/account/password", "/posts/new"):
            seen.append(browser.go(path, {**everything, "title": MARKUP * 9})[2])
    browser.cookies.update({"blogd-notice": MARKUP.replace(";", ""), "blogd-said": "<script>"})
    query = form(next=MARKUP, token=MARKUP, page=MARKUP)[0]
    seen += [browser.go(path + "?" + query)[2] for path in ("/", "/account", "/reset-password", "/forgot-password")]
    for page in seen:
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "a typed secret" not in page  # what else was typed is kept
