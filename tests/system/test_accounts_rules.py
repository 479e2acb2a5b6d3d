"""Who sees what of an account and who may write as it; the texts of refusals and their order."""

import pytest

from accounts import (PASSWORD, Person, bearer, form, log_in, multipart, open_user, person, sql, try_log_in)

PUBLIC = ["id", "username", "image_file", "image_path"]
PRIVATE = PUBLIC + ["email"]
OPEN = ["username", "email", "id", "image_file", "image_path"]
NOT_AUTHENTICATED = (401, {"detail": "Not authenticated"})
POST = {"title": "t", "content": "c"}


@pytest.fixture
def protected(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


@pytest.fixture
def both(blogd):
    """Open and protected accounts side by side."""
    return blogd("--rate-limit", "off")


# --- shapes

def test_an_open_account_shows_its_address_and_a_protected_one_does_not(both):
    opened, ann = open_user(both, "Open", "Open@Example.com"), person(both, "Ann", email="Ann@Example.COM")
    assert list(opened) == OPEN and opened["email"] == "Open@example.com"
    assert list(ann.user) == PRIVATE and ann.user["email"] == "ann@example.com"
    assert both.api("GET", f"/api/users/{opened['id']}")[1] == opened
    assert list(both.api("GET", f"/api/users/{ann.id}")[1]) == PUBLIC
    assert list(ann.ask("GET", f"/api/users/{ann.id}")[1]) == PUBLIC  # the same for everybody, so it is kept
    assert ann.ask("GET", "/api/users/me")[1] == ann.user
    assert list(ann.ask("PATCH", f"/api/users/{ann.id}", {})[1]) == PRIVATE
    assert list(both.api("PATCH", f"/api/users/{opened['id']}", {})[1]) == OPEN


def test_authors_are_shown_in_the_same_way(both):
    opened, ann = open_user(both, "open"), person(both, "ann")
    theirs = both.api("POST", "/api/posts", {**POST, "user_id": opened["id"]})[1]
    hers = ann.ask("POST", "/api/posts", POST)[1]
    assert list(theirs["author"]) == OPEN and list(hers["author"]) == PUBLIC
    for path in ("/api/posts", "/api/posts?limit=10"):
        found = both.api("GET", path)[1]
        posts = found if isinstance(found, list) else found["posts"]
        assert sorted(list(p["author"]) for p in posts) == sorted([OPEN, PUBLIC])
    assert "ann@example.com" not in both.request("GET", "/")[2].decode()


def test_lists_without_a_query_are_arrays_where_accounts_may_be_open(both):
    user = open_user(both, "open")["id"]
    posts = [both.api("POST", "/api/posts", {**POST, "user_id": user})[1]["id"] for _ in range(3)]
    for path in ("/api/posts", f"/api/users/{user}/posts"):
        assert [p["id"] for p in both.api("GET", path)[1]] == posts
        page = both.api("GET", path + "?skip=0")[1]
        assert [p["id"] for p in page["posts"]] == posts[::-1] and page["total"] == 3


def test_lists_without_a_query_are_pages_where_accounts_are_protected(protected):
    ann = person(protected, "ann")
    posts = [ann.write() for _ in range(11)]
    for path in ("/api/posts", f"/api/users/{ann.id}/posts"):
        page = protected.api("GET", path)[1]
        assert list(page) == ["posts", "total", "skip", "limit", "has_more"]
        assert [p["id"] for p in page["posts"]] == posts[:0:-1]
        assert (page["total"], page["skip"], page["limit"], page["has_more"]) == (11, 0, 10, True)


# --- who may write

def test_anybody_writes_as_an_open_account_and_nobody_as_a_protected_one(both):
    opened, ann, bob = open_user(both, "open")["id"], person(both, "ann"), person(both, "bob")
    theirs = both.api("POST", "/api/posts", {**POST, "user_id": opened})[1]["id"]
    hers = ann.write()
    assert both.api("POST", "/api/posts", {**POST, "user_id": ann.id}) == NOT_AUTHENTICATED
    assert bob.ask("POST", "/api/posts", {**POST, "user_id": ann.id}) == \
        (403, {"detail": "Not authorized to write as this user"})
    assert bob.ask("POST", "/api/posts", {**POST, "user_id": opened})[1]["user_id"] == opened
    assert bob.ask("POST", "/api/posts", {**POST, "user_id": bob.id})[1]["user_id"] == bob.id
    for method, body in (("PATCH", {"title": "new"}), ("PUT", {**POST, "user_id": opened}), ("DELETE", None)):
        assert both.api(method, f"/api/posts/{hers}", body) == NOT_AUTHENTICATED
        assert both.api(method, f"/api/posts/{theirs}", body)[0] in (200, 204)
    for method in ("PATCH", "DELETE"):
        assert both.api(method, f"/api/users/{ann.id}", {}) == NOT_AUTHENTICATED
    assert both.api("DELETE", f"/api/users/{opened}")[0] == 204


def test_a_post_is_not_moved_to_a_protected_account(both):
    opened, ann, bob = open_user(both, "open")["id"], person(both, "ann"), person(both, "bob")
    post = both.api("POST", "/api/posts", {**POST, "user_id": opened})[1]["id"]
    assert both.api("PUT", f"/api/posts/{post}", {**POST, "user_id": ann.id}) == NOT_AUTHENTICATED
    assert bob.ask("PUT", f"/api/posts/{post}", {**POST, "user_id": ann.id})[0] == 403
    assert both.api("GET", f"/api/posts/{post}")[1]["user_id"] == opened


def test_protected_mode_writes_nothing_without_a_login(blogd, protected):
    ann = person(protected, "ann")
    post = ann.write()
    for method, path, body in (("POST", "/api/posts", {**POST, "user_id": ann.id}),
                               ("PUT", f"/api/posts/{post}", {**POST, "user_id": ann.id}),
                               ("PATCH", f"/api/posts/{post}", {}), ("DELETE", f"/api/posts/{post}", None),
                               ("PATCH", f"/api/users/{ann.id}", {}), ("DELETE", f"/api/users/{ann.id}", None),
                               ("DELETE", f"/api/users/{ann.id}/picture", None)):
        assert protected.api(method, path, body) == NOT_AUTHENTICATED, (method, path)
    status, answer = protected.api("POST", "/api/users", {"username": "x", "email": "x@example.com"})
    assert status == 422 and [(e["type"], e["loc"]) for e in answer["detail"]] == [("missing", ["body", "password"])]


@pytest.mark.usefixtures("blog_file")
def test_protected_mode_lets_nobody_write_as_an_account_that_is_open_still(blogd, both):
    opened = open_user(both, "open")["id"]
    post = both.api("POST", "/api/posts", {**POST, "user_id": opened})[1]["id"]
    assert both.stop() == 0
    server = blogd("--accounts", "protected", "--rate-limit", "off", folder=both.folder)
    bob = person(server, "bob")
    assert server.api("POST", "/api/posts", {**POST, "user_id": opened}) == NOT_AUTHENTICATED
    assert bob.ask("POST", "/api/posts", {**POST, "user_id": opened})[0] == 403
    assert bob.ask("PATCH", f"/api/posts/{post}", {"title": "x"}) == \
        (403, {"detail": "Not authorized to update this post"})
    assert bob.ask("PATCH", f"/api/users/{opened}", {"username": "x"}) == \
        (403, {"detail": "Not authorized to update this user"})
    assert try_log_in(server, "open@example.com", "")[0] == 422
    assert try_log_in(server, "open@example.com", "x")[0] == 401


# --- the order of refusals

def test_users_403_before_404_and_posts_404_before_403(protected):
    ann, bob = person(protected, "ann"), person(protected, "bob")
    post = ann.write()
    for user in (ann.id, 99999, 0, -1, 2**63, -2**63 - 1):
        assert bob.ask("PATCH", f"/api/users/{user}", {}) == (403, {"detail": "Not authorized to update this user"})
        assert bob.ask("DELETE", f"/api/users/{user}") == (403, {"detail": "Not authorized to delete this user"})
        assert bob.ask("DELETE", f"/api/users/{user}/picture") == \
            (403, {"detail": "Not authorized to delete this user's picture"})
    for method, body in (("PUT", POST), ("PATCH", {}), ("DELETE", None)):
        for missing in (99999, 0, -1, 2**63, -2**63 - 1):
            assert bob.ask(method, f"/api/posts/{missing}", body) == (404, {"detail": "Post not found"})
        assert bob.ask(method, f"/api/posts/{post}", body)[0] == 403


def test_whoever_is_gone_is_not_logged_in(protected):
    ann = person(protected, "ann")
    assert ann.ask("DELETE", f"/api/users/{ann.id}")[0] == 204
    for method, path in (("GET", "/api/users/me"), ("DELETE", f"/api/users/{ann.id}"), ("POST", "/api/posts")):
        status, answer = ann.ask(method, path, POST if method == "POST" else None)
        assert (status, answer["detail"]) == (401, "Invalid or expired token")


JSON = {"Content-Type": "application/json"}


def test_broken_json_is_told_before_401_and_401_before_faults(protected):
    ann = person(protected, "ann")
    for method, path in (("POST", "/api/posts"), ("PATCH", "/api/posts/x"), ("PATCH", "/api/users/x"),
                         ("PATCH", "/api/users/me/password")):
        status, answer = protected.api(method, path, b'{"title": ', JSON)
        assert status == 422 and [e["type"] for e in answer["detail"]] == ["json_invalid"], (method, path)
        assert protected.api(method, path, b'{"title": 1, "current_password": 2}', JSON) == NOT_AUTHENTICATED
        assert protected.api(method, path, b'[1]', JSON) == NOT_AUTHENTICATED
        status, answer = ann.ask(method, path, b'{"title": 1, "username": 1, "current_password": 2}', JSON)
        assert status == 422 and all(e["type"] in ("string_type", "missing", "int_parsing") for e in answer["detail"])
    status, answer = ann.ask("PATCH", "/api/posts/x", {"title": ""})
    assert [(e["type"], e["loc"]) for e in answer["detail"]] == \
        [("int_parsing", ["path", "post_id"]), ("string_too_short", ["body", "title"])]


def test_faults_are_told_before_403_and_404(protected):
    ann, bob = person(protected, "ann"), person(protected, "bob")
    post = ann.write()
    for path in (f"/api/posts/{post}", "/api/posts/99999"):
        assert bob.ask("PUT", path, {"title": ""})[0] == 422
    assert bob.ask("PATCH", f"/api/users/{ann.id}", {"email": "x"})[0] == 422


# --- names

def test_names_and_addresses_are_compared_without_case(protected):
    Person(protected, "Ann")
    bob = person(protected, "bob")
    register = {"username": "new", "email": "new@example.com", "password": PASSWORD}
    assert protected.api("POST", "/api/users", {**register, "username": "aNN"}) == \
        (400, {"detail": "Username already exists"})
    assert protected.api("POST", "/api/users", {**register, "email": "ANN@EXAMPLE.com"}) == \
        (400, {"detail": "Email already registered"})
    assert bob.ask("PATCH", f"/api/users/{bob.id}", {"username": "ANN"})[0] == 400
    assert bob.ask("PATCH", f"/api/users/{bob.id}", {"email": "ANN@example.com"})[0] == 400
    status, user = bob.ask("PATCH", f"/api/users/{bob.id}", {"username": "BOB", "email": "BOB@example.com"})
    assert (status, user["username"], user["email"]) == (200, "BOB", "bob@example.com")
    assert log_in(protected, "bOb@eXample.com")


def test_nobody_poses_as_a_protected_account(both):
    ann, opened = person(both, "Ann"), open_user(both, "Open")
    # Open accounts compare exactly with each other, and without case with protected ones.
    assert open_user(both, "OPEN", "open2@example.com")["username"] == "OPEN"
    for names in ({"username": "ann", "email": "x@example.com"}, {"username": "x", "email": "ANN@example.com"}):
        assert both.api("POST", "/api/users", names)[0] == 400
        assert both.api("PATCH", f"/api/users/{opened['id']}", names)[0] == 400
    # A protected one compares with everybody without case.
    for names in ({"username": "open", "email": "x@example.com"}, {"username": "x", "email": "OPEN@example.com"}):
        assert both.api("POST", "/api/users", {**names, "password": PASSWORD})[0] == 400
        assert ann.ask("PATCH", f"/api/users/{ann.id}", names)[0] == 400


def test_only_listed_keys_are_taken(protected):
    ann, bob = person(protected, "ann"), person(protected, "bob")
    more = {"id": 77, "user_id": 77, "image_file": "../../etc/passwd", "password_hash": "x", "is_admin": True,
            "disabled_at": "now", "has_password": False, "password": "another password"}
    status, user = ann.ask("PATCH", f"/api/users/{ann.id}", {**more, "username": "anna"})
    assert (status, user) == (200, {**ann.user, "username": "anna"})
    assert log_in(protected, ann.email) and try_log_in(protected, ann.email, "another password")[0] == 401
    status, user = protected.api("POST", "/api/users", {
        **more, "username": "eve", "email": "eve@example.com", "password": PASSWORD})
    assert status == 201 and user["id"] == bob.id + 1 and user["image_file"] is None
    post = ann.write()
    more = {"id": 9, "date_posted": "2001-01-01T00:00:00Z", "author": {"id": bob.id}}
    before = protected.api("GET", f"/api/posts/{post}")[1]
    for method, body in (("PATCH", {**more, "user_id": bob.id}), ("PUT", {**more, **POST})):
        status, after = ann.ask(method, f"/api/posts/{post}", body)
        assert status == 200
        assert (after["id"], after["user_id"], after["date_posted"]) == (post, ann.id, before["date_posted"])


def test_the_picture_of_an_open_account_is_a_field_of_its_own(both):
    opened, ann = open_user(both, "open")["id"], person(both, "ann")
    assert both.api("PATCH", f"/api/users/{opened}", {"image_file": "me.jpg"})[1]["image_file"] == "me.jpg"
    assert ann.ask("PATCH", f"/api/users/{ann.id}", {"image_file": "me.jpg"})[1]["image_file"] is None


# --- log in

def test_a_user_called_token_is_no_number(protected):
    status, answer = protected.api("GET", "/api/users/token")
    assert status == 422 and [(e["type"], e["loc"]) for e in answer["detail"]] == [("int_parsing", ["path", "user_id"])]


def test_the_scheme_is_compared_without_case(protected):
    token = person(protected, "ann").token
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert protected.api("GET", "/api/users/me", headers={"Authorization": f"{scheme} {token}"})[0] == 200
    for value in ("", "Bearer", token, f"Basic {token}", f"Bearer{token}", f"Token {token}"):
        status, headers, _ = protected.request("GET", "/api/users/me", headers={"Authorization": value})
        assert status == 401 and headers["www-authenticate"] == "Bearer", value


def test_bad_tokens_have_one_text(protected):
    token = person(protected, "ann").token
    for bad in (token[:-1], token + "A", token[::-1], "x", "null", "é".encode(), token.swapcase()):
        headers = {"Authorization": b"Bearer " + (bad if isinstance(bad, bytes) else bad.encode())}
        assert protected.api("GET", "/api/users/me", headers=headers) == (401, {"detail": "Invalid or expired token"})


def test_the_form_of_a_log_in(protected):
    person(protected, "ann")
    fields = {"username": "ann@example.com", "password": PASSWORD}

    def ask(body, headers):
        status, answer = protected.api("POST", "/api/users/token", body, headers)
        return status, [(e["type"], e["loc"][-1]) for e in answer["detail"]] if status == 422 else None

    assert ask(*multipart([(k, None, v.encode()) for k, v in fields.items()])) == (200, None)
    assert ask(*form(**fields, grant_type="password", scope="a b", client_id="x", client_secret="y")) == (200, None)
    assert ask(*form(**fields, grant_type="refresh_token")) == (422, [("string_pattern_mismatch", "grant_type")])
    assert ask(*form(username="", password="")) == (422, [("missing", "username"), ("missing", "password")])
    assert ask(*form(username="a")) == (422, [("missing", "password")])
    assert ask(fields, {}) == (422, [("missing", "username"), ("missing", "password")])
    assert ask(b"", {}) == (422, [("missing", "username"), ("missing", "password")])


def test_a_long_password_counts_to_its_end(protected):
    long = "x" * 200 + "é" * 1000
    ann = Person(protected, "ann", password=long)
    ann.log_in()
    for near in (long[:-1], long + "x", long[:72], long[:64]):
        assert try_log_in(protected, ann.email, near)[0] == 401


def test_weak_passwords(protected):
    def register(password):
        status, answer = protected.api("POST", "/api/users", {
            "username": "ann", "email": "ann@example.com", "password": password})
        assert status == 422
        return [(e["type"], e["loc"]) for e in answer["detail"]]

    assert register("1234567") == [("string_too_short", ["body", "password"])]
    for common in ("password", "12345678", "iloveyou", "qwertyuiop"):
        assert register(common) == [("value_error", ["body", "password"])], common
    ann = person(protected, "ann")
    status, answer = ann.ask("PATCH", "/api/users/me/password",
                             {"current_password": PASSWORD, "new_password": "sunshine"})
    assert status == 422 and [e["loc"] for e in answer["detail"]] == [["body", "new_password"]]


@pytest.mark.parametrize("common", ["password1", "password123", "qwerty123", "abcd1234", "Welcome1", "aa123456"])
def test_common_passwords_with_digits(protected, common):
    status, _ = protected.api("POST", "/api/users", {"username": "ann", "email": "a@example.com", "password": common})
    assert status == 422


@pytest.mark.parametrize("used", ["testpassword123", "securepassword123", "newpassword123", "brandnewpassword123",
                                  "originalpassword123", "correctpassword123"])
def test_what_the_tutorials_tests_use_is_not_too_common(protected, used):
    person(protected, "ann", password=used)


def test_where_open_is_only_by_default_proxied_writes_are_refused(both):
    token = person(both, "ann").token
    for method, path in (("POST", "/api/posts"), ("POST", "/api/users/token"), ("DELETE", "/api/users/me/sessions")):
        for field in ("X-Forwarded-For", "Forwarded"):
            status, answer = both.api(method, path, POST if method == "POST" else None,
                                      {**bearer(token), field: "for=192.0.2.1"})
            assert status == 403 and "accounts = " in answer["detail"]
    assert both.api("GET", "/api/users/me", headers={**bearer(token), "X-Forwarded-For": "192.0.2.1"})[0] == 200


def test_registration_can_be_closed(blogd):
    server = blogd("--accounts", "protected", "--registration", "closed")
    status, answer = server.api("POST", "/api/users", {"username": "a", "email": "a@example.com", "password": PASSWORD})
    assert status == 403 and "closed" in answer["detail"]
    assert sql(server, "SELECT count(*) FROM users") == [(0,)]
