"""What other sites, forged headers and chosen cookies make a browser do: nothing."""

import pytest

from accounts import (PASSWORD, Browser, Person, ask_for_reset, bearer, form, has_page, log_in, person, reset_links,
                      sql, try_log_in, wait_for, write_routes)
from smtp import SmtpServer

FOREIGN = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
           {"Origin": "null"}, {"Origin": "http://127.0.0.1.evil.example"}, {"Origin": "http://127.0.0.1"},
           {"Origin": "http://evil.example", "Host": "127.0.0.1"}, {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
           {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}]
FORMS = ("/login", "/logout", "/register", "/forgot-password", "/reset-password", "/account", "/account/password",
         "/account/picture", "/account/picture/delete", "/account/delete", "/account/sessions/end-others",
         "/account/sessions/1/end", "/posts/new", "/posts/1/edit", "/posts/1/delete")


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


@pytest.fixture
def pages(server):
    assert has_page(server, "/login"), "no pages to log in with"


def own_origin(server, headers):
    own = f"http://{server.host}:{server.port}"
    return {k: own if v == "OWN" else v for k, v in headers.items()}


# --- writes of other sites

def test_every_write_of_another_site_is_refused(server):
    ann = person(server, "ann")
    ann.write()
    before = list(server_rows(server))
    for foreign in FOREIGN:
        for method, pattern in write_routes(server):
            path = pattern.replace("{user_id}", str(ann.id)).replace("{post_id}", "1").replace("{session_id}", "1")
            status, answer = server.api(method, path, {"title": "x", "content": "x"} if method != "DELETE" else None,
                                        {**bearer(ann.token), **own_origin(server, foreign)})
            assert status == 403 and "another site" in answer["detail"], (method, path, foreign, status)
    assert list(server_rows(server)) == before


def server_rows(server):
    for table in ("users", "posts", "blogd_logins", "blogd_outbox", "blogd_pictures", "password_reset_tokens"):
        yield sql(server, f"SELECT * FROM {table} ORDER BY 1")


def test_every_form_of_another_site_is_refused(server, pages):
    ann = person(server, "ann")
    ann.write()
    browser = Browser(server)
    assert browser.log_in(ann.email)[0] == 303
    before, cookies = list(server_rows(server)), dict(browser.cookies)
    fields = {"email": ann.email, "username": "x", "password": PASSWORD, "current_password": PASSWORD,
              "new_password": "hacked hacked", "title": "x", "content": "x", "token": "x"}
    for foreign in FOREIGN:
        for path in FORMS:
            status, headers, _ = browser.go(path, fields, own_origin(server, foreign))
            assert status == 403 and "set-cookie" not in headers, (path, foreign, status)
    assert list(server_rows(server)) == before and browser.cookies == cookies


def test_forms_of_our_own_pages_are_taken(server, pages):
    own = f"http://{server.host}:{server.port}"
    for number, headers in enumerate(({"Sec-Fetch-Site": "same-origin", "Origin": own}, {"Origin": own},
                                      {"Sec-Fetch-Site": "none"}, {})):
        who = Person(server, f"ann{number}")
        browser = Browser(server, headers)
        assert browser.log_in(who.email)[0] == 303
        assert browser.go("/posts/new", {"title": "t", "content": "c"})[0] == 303
        assert browser.go("/logout", {})[0] == 303


def test_cookies_are_for_this_site_and_no_script(server, pages):
    Person(server, "ann")
    browser = Browser(server)
    browser.log_in("ann@example.com")
    said = browser.said["blogd-login"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(said) and not any(a.startswith("Domain") for a in said)
    behind = Browser(server, {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})
    behind.log_in("ann@example.com")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(behind.said["__Host-blogd-login"])
    assert behind.go("/account")[0] == 200
    # The name without __Host- can be set by a subdomain, so it is nothing to somebody who speaks https.
    behind.cookies = {"blogd-login": behind.cookies["__Host-blogd-login"]}
    assert behind.go("/account")[0] == 303


def test_answers_to_scripts_of_other_sites(server):
    token = person(server, "ann").token
    for method, path in (("GET", "/api/users/me"), ("OPTIONS", "/api/users/me"), ("POST", "/api/users/token")):
        headers = server.request(method, path, headers={
            **bearer(token), "Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})[1]
        assert not any(name.startswith("access-control-") for name in headers)


# --- session fixation

def test_a_cookie_that_somebody_chose_is_never_adopted(server, pages):
    ann, chosen = Person(server, "ann"), "A" * 43
    mallory = person(server, "mallory")
    for planted in (chosen, mallory.token):
        browser = Browser(server)
        browser.cookies["blogd-login"] = planted
        assert browser.log_in(ann.email)[0] == 303
        assert browser.cookies["blogd-login"] != planted
        assert browser.go("/account")[0] == 200
        stranger = Browser(server)
        stranger.cookies["blogd-login"] = chosen
        assert stranger.go("/account")[0] == 303
    assert server.api("GET", "/api/users/me", headers=bearer(chosen))[0] == 401


def test_every_log_in_has_a_new_token_and_ends_the_browsers_old_one(server, pages):
    ann = Person(server, "ann")
    browser, seen = Browser(server), []
    for _ in range(3):
        assert browser.log_in(ann.email)[0] == 303
        seen.append(browser.cookies["blogd-login"])
    assert len(set(seen)) == 3
    old = Browser(server)
    for token in seen[:-1]:
        old.cookies["blogd-login"] = token
        assert old.go("/account")[0] == 303
    assert len({log_in(server, ann.email) for _ in range(3)}) == 3


def test_a_cookie_in_a_path_or_a_field_is_none(server, pages):
    ann = Person(server, "ann")
    browser = Browser(server)
    browser.log_in(ann.email)
    token = browser.cookies["blogd-login"]
    for path in (f"/account?blogd-login={token}", f"/account;blogd-login={token}"):
        status, headers, _ = Browser(server).go(path)
        assert status in (303, 404) and "set-cookie" not in headers


# --- where a log in leads

@pytest.mark.parametrize("start", ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example",
                                   "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
                                   "evil.example", "///evil.example", "/%0d%0aSet-Cookie:x=y\r\nX: y",
                                   "http:evil.example",
                                   "/\x00/evil.example", "/é", ""])
def test_a_log_in_leads_to_no_other_site(server, pages, start):
    ann = Person(server, "ann")
    browser = Browser(server)
    status, headers, _ = browser.log_in(ann.email, next=start)
    assert (status, headers["location"]) == (303, "/")
    query = form(next=start)[0]
    status, headers, _ = browser.go(f"/login?{query}")  # is logged in already
    assert (status, headers["location"]) == (303, "/")
    status, _, page = Browser(server).go(f"/login?{query}")
    assert status == 200 and 'name="next" value="/"' in page
    status, headers, _ = Browser(server).go("/register", {
        "username": "bob", "email": "bob@example.com", "password": PASSWORD, "next": start})
    assert (status, headers["location"]) == (303, "/")


def test_a_log_in_leads_back(server, pages):
    ann = Person(server, "ann")
    status, headers, _ = Browser(server).go("/posts/new?a=b&c=%2F")
    assert status == 303 and headers["location"].startswith("/login?next=")
    page = Browser(server).go(headers["location"])[2]
    assert 'name="next" value="/posts/new?a=b&amp;c=%2F"' in page
    assert Browser(server).log_in(ann.email, next="/posts/new?a=b")[1]["location"] == "/posts/new?a=b"


# --- the host of a request

HOSTS = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example",
         "X-Original-Host": "evil.example", "X-Forwarded-Port": "666", "Forwarded": "host=evil.example"}


def test_links_in_mails_come_from_the_settings(blogd):
    with SmtpServer() as mail_server:
        server = blogd("--accounts", "protected", "--rate-limit", "off", "--smtp-url", mail_server.url,
                       "--smtp-tls", "off", "--smtp-from", "noreply@example.com",
                       "--base-url", "https://blog.example.org")
        ann = Person(server, "ann")
        assert server.api("POST", "/api/users/forgot-password", {"email": ann.email}, HOSTS)[0] == 202
        mail = mail_server.wait_for_mail()
        assert mail.link.startswith("https://blog.example.org/reset-password?token=")
        assert b"evil.example" not in mail.raw


def test_links_in_the_log_and_redirects_do_not_repeat_the_host(server):
    ann = person(server, "ann")
    assert server.api("POST", "/api/users/forgot-password", {"email": ann.email}, HOSTS)[0] == 202
    wait_for(lambda: reset_links(server, ann.id))
    ask_for_reset(server, ann)
    assert "evil" not in server.log_text()
    for path in ("/api/posts/", "/", "/login", "/account", "/api/users/me"):
        status, headers, body = server.request("GET", path, headers=HOSTS)
        assert b"evil" not in body and "evil" not in str(headers), path


def test_a_forged_proxy_changes_nothing(blogd):
    """Without trusted proxies nobody can say that they come from elsewhere, or by https."""
    server = blogd("--accounts", "protected", "--trusted-proxies", "none", "--login-rate-address", "3/1h",
                   "--login-rate", "100/1h")
    codes = [try_log_in(server, f"x{i}@example.com", "wrong wrong", {"X-Forwarded-For": f"192.0.2.{i}"})[0]
             for i in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    headers = server.request("GET", "/", headers={"X-Forwarded-Proto": "https"})[1]
    assert "strict-transport-security" not in headers
