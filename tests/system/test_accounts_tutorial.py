"""What the tests of the tutorial's part 17 check, over HTTP; and that mails arrive."""

import pytest

from accounts import (RESET_SAID, Person, ask_for_reset, bearer, log_in, person, picture, reset_password,
                      reset_token, try_log_in, wait_for)
from smtp import SmtpServer


@pytest.fixture
def server(blogd):
    return blogd("--accounts", "protected", "--rate-limit", "off")


@pytest.fixture
def ann(server):
    return person(server, "testuser", email="test@example.com", password="testpassword123")


# --- posts

def test_no_posts(server):
    status, page = server.api("GET", "/api/posts")
    assert status == 200
    assert (page["total"], page["posts"], page["has_more"]) == (0, [], False)


def test_no_such_post(server):
    assert server.api("GET", "/api/posts/999") == (404, {"detail": "Post not found"})


def test_a_post_is_written(ann):
    status, post = ann.ask("POST", "/api/posts", {"title": "My First Post", "content": "This is the content"})
    assert status == 201
    assert (post["title"], post["content"], post["user_id"]) == ("My First Post", "This is the content", ann.id)
    assert post["id"] and post["date_posted"].endswith("Z")
    assert post["author"]["username"] == "testuser" and "email" not in post["author"]


def test_a_post_needs_a_login(server):
    status, headers, body = server.request("POST", "/api/posts", {"title": "Test Post", "content": "Test content"})
    assert (status, body) == (401, b'{"detail":"Not authenticated"}')
    assert headers["www-authenticate"] == "Bearer"


def test_a_title_changes_alone(ann):
    post = ann.write("Original Title", "Original content")
    status, changed = ann.ask("PATCH", f"/api/posts/{post}", {"title": "Updated Title"})
    assert status == 200
    assert (changed["title"], changed["content"]) == ("Updated Title", "Original content")


def test_a_post_of_another_user(server, ann):
    post = ann.write("User 1's Post")
    other = person(server, "user2")
    for method, body, what in (("PATCH", {"title": "Hacked"}, "update"), ("DELETE", None, "delete"),
                               ("PUT", {"title": "Hacked", "content": "x"}, "update")):
        assert other.ask(method, f"/api/posts/{post}", body) == \
            (403, {"detail": f"Not authorized to {what} this post"})
    assert server.api("GET", f"/api/posts/{post}")[1]["title"] == "User 1's Post"


def test_posts_come_in_pages(server, ann):
    posts = [ann.write(f"Post {i}") for i in range(5)]

    def page(query):
        status, found = server.api("GET", "/api/posts" + query)
        assert status == 200 and found["total"] == 5
        return [p["id"] for p in found["posts"]], found["skip"], found["limit"], found["has_more"]

    posts.reverse()
    assert page("") == (posts, 0, 10, False)
    assert page("?limit=2") == (posts[:2], 0, 2, True)
    assert page("?skip=2&limit=2") == (posts[2:4], 2, 2, True)
    assert page("?skip=4&limit=2") == (posts[4:], 4, 2, False)


def test_the_posts_of_a_user(server, ann):
    path = f"/api/users/{ann.id}/posts"
    assert server.api("GET", path)[1] == {"posts": [], "total": 0, "skip": 0, "limit": 10, "has_more": False}
    ann.write("User Post")
    status, page = server.api("GET", path)
    assert (status, page["total"], [p["title"] for p in page["posts"]]) == (200, 1, ["User Post"])
    assert server.api("GET", "/api/users/99999/posts") == (404, {"detail": "User not found"})


# --- users

def test_what_is_missing_is_named(server):
    status, answer = server.api("POST", "/api/users", {"username": "testuser"})
    assert status == 422
    assert [(e["type"], e["loc"]) for e in answer["detail"]] == \
        [("missing", ["body", "email"]), ("missing", ["body", "password"])]


def test_an_address_is_taken(server, ann):
    assert server.api("POST", "/api/users", {"username": "different_user", "email": ann.email,
                                             "password": "password123"}) == \
        (400, {"detail": "Email already registered"})


def test_a_user_registers(server):
    status, user = server.api("POST", "/api/users", {"username": "newuser", "email": "newuser@example.com",
                                                     "password": "securepassword123"})
    assert status == 201
    assert list(user) == ["id", "username", "image_file", "image_path", "email"]
    assert (user["username"], user["email"]) == ("newuser", "newuser@example.com")


def test_the_one_who_is_logged_in(ann):
    status, me = ann.ask("GET", "/api/users/me")
    assert status == 200 and me == ann.user


def test_a_user_as_others_see_it(server, ann):
    status, user = server.api("GET", f"/api/users/{ann.id}")
    assert status == 200 and list(user) == ["id", "username", "image_file", "image_path"]
    assert (user["id"], user["username"]) == (ann.id, "testuser")
    assert server.api("GET", "/api/users/99999") == (404, {"detail": "User not found"})


def test_a_user_changes_names(server, ann):
    Person(server, "user2")
    path = f"/api/users/{ann.id}"
    status, user = ann.ask("PATCH", path, {"username": "updated", "email": "updated1@example.com"})
    assert (status, user["username"], user["email"]) == (200, "updated", "updated1@example.com")
    assert ann.ask("PATCH", path, {"username": "user2"}) == (400, {"detail": "Username already exists"})
    assert ann.ask("PATCH", path, {"email": "user2@example.com"}) == (400, {"detail": "Email already registered"})
    assert ann.ask("PATCH", "/api/users/99999", {"username": "hacked"}) == \
        (403, {"detail": "Not authorized to update this user"})


def test_a_user_leaves(server, ann):
    post = ann.write()
    assert ann.ask("DELETE", "/api/users/99999") == (403, {"detail": "Not authorized to delete this user"})
    assert ann.ask("DELETE", f"/api/users/{ann.id}") == (204, None)
    assert server.api("GET", f"/api/users/{ann.id}")[0] == 404
    assert server.api("GET", f"/api/posts/{post}")[0] == 404


def test_wrong_passwords_and_unknown_addresses_are_the_same(server, ann):
    for email, password in ((ann.email, "wrongpassword"), ("nonexistent@example.com", "anypassword")):
        status, headers, answer = try_log_in(server, email, password)
        assert (status, answer) == (401, {"detail": "Incorrect email or password"})
        assert headers["www-authenticate"] == "Bearer"


def test_the_documents_authorize_button_knows_where_to_log_in(server, ann):
    document = server.api("GET", "/openapi.json")[1]
    [(name, scheme)] = document["components"]["securitySchemes"].items()
    assert scheme["type"] == "oauth2" and scheme["flows"]["password"]["tokenUrl"] == "api/users/token"
    assert document["paths"]["/api/users/me"]["get"]["security"] == [{name: []}]
    assert "security" not in document["paths"]["/api/users/token"]["post"]


# --- pictures

def test_a_picture(server, ann):
    status, user = ann.upload(picture(), filename="profile.jpg")
    assert status == 200
    assert user["image_file"].endswith(".jpg")
    assert user["image_path"] == "/media/profile_pics/" + user["image_file"]
    status, headers, body = server.request("GET", user["image_path"])
    assert (status, headers["content-type"]) == (200, "image/jpeg") and body.startswith(b"\xff\xd8")


def test_a_picture_goes(server, ann):
    path = f"/api/users/{ann.id}/picture"
    assert ann.ask("DELETE", path) == (400, {"detail": "No profile picture to delete"})
    user = ann.upload(picture())[1]
    assert ann.ask("DELETE", "/api/users/99999/picture") == \
        (403, {"detail": "Not authorized to delete this user's picture"})
    status, without = ann.ask("DELETE", path)
    assert (status, without["image_file"]) == (200, None)
    assert without["image_path"] == "/static/profile_pics/default.jpg"
    assert server.request("GET", user["image_path"])[0] == 404


# --- passwords

def test_a_forgotten_password_and_a_changed_one(server, ann):
    link = ask_for_reset(server, ann)
    assert "/reset-password?token=" in link
    token = reset_token(link)
    assert len(token) == 43
    assert reset_password(server, "invalid-token", "newpassword123") == \
        (400, {"detail": "Invalid or expired reset token"})
    assert reset_password(server, token, "newpassword123") == \
        (200, {"message": "Password reset successfully. You can now log in with your new password."})
    new = log_in(server, ann.email, "newpassword123")

    def change(current):
        return server.api("PATCH", "/api/users/me/password",
                          {"current_password": current, "new_password": "brandnewpassword123"}, bearer(new))
    assert change("wrongpassword") == (400, {"detail": "Current password is incorrect"})
    assert change("newpassword123") == (200, {"message": "Password changed successfully"})
    log_in(server, ann.email, "brandnewpassword123")
    assert try_log_in(server, ann.email, "newpassword123")[0] == 401


def test_nobody_is_told_whether_there_is_an_account(server):
    assert server.api("POST", "/api/users/forgot-password", {"email": "nobody@example.com"}) == (202, RESET_SAID)


def test_a_forgotten_password_by_mail(blogd):
    with SmtpServer() as mail_server:
        server = blogd("--accounts", "protected", "--rate-limit", "off", "--smtp-url", mail_server.url,
                       "--smtp-tls", "off", "--smtp-from", "noreply@example.com",
                       "--base-url", "http://blog.example.org")
        ann = person(server, "testuser")
        assert server.api("POST", "/api/users/forgot-password", {"email": ann.email})[0] == 202
        mail = mail_server.wait_for_mail()
        assert mail.recipients == [ann.email] and "Reset Your Password" in mail.subject
        assert "testuser" in mail.text and "testuser" in mail.html
        assert mail.link.startswith("http://blog.example.org/reset-password?token=")
        token = reset_token(mail.link)
        assert token in mail.html and token not in server.log_text()
        assert reset_password(server, token, "newpassword123")[0] == 200
        log_in(server, ann.email, "newpassword123")
        assert wait_for(lambda: "was taken by the mail server" in server.log_text())
