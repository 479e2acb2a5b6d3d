"""What PostgreSQL holds of every text, instant and id: blogd's view and psql's are the same."""

import pytest

from tutorial_database import from_stored, make_tutorial_database, posts_by_api, posts_by_psql


@pytest.fixture
def server(postgres, database, blogd):
    return blogd("--database", postgres.url(database))


def new_post(server, **fields):
    status, post = server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1, **fields})
    return (status, post["id"]) if status == 201 else (status, None)


def new_user(server, name):
    email = f"user{name.encode().hex()[:50]}.{len(name)}@example.com"
    return server.api("POST", "/api/users", {"username": name, "email": email})


def test_lengths_count_characters(postgres, database, server):
    status, number = new_post(server, title="\U0001f600" * 100)
    assert status == 201 and server.api("GET", f"/api/posts/{number}")[1]["title"] == "\U0001f600" * 100
    assert new_post(server, title="\U0001f600" * 101)[0] == 422
    status, user = new_user(server, "\U00010348" * 50)
    assert status == 201 and user["username"] == "\U00010348" * 50
    assert posts_by_api(server) == posts_by_psql(postgres, database)


TEXTS = ["a\0b", "\0", "\ufdd0", "\ufdd1", "\ufdd0\0\ufdd1", "\ufdd1\ufdd0", "\ufdd1\0", "\uffff\ufffe", "\U0010ffff",
         "\ufeffbom", "a\u0301 \u00e1", "\u202e\u2028\u2029\x7f\x85", "'; DROP TABLE posts; --",
         "\\N \\. \\x00 $1 :a %s", "tab\tline\r\nend\n"]


def test_every_character_comes_back(postgres, database, server):
    for text in TEXTS:
        status, user = new_user(server, text)
        assert status == 201 and user["username"] == text
        status, number = new_post(server, title=text, content=text * 3, user_id=user["id"])
        post = server.api("GET", f"/api/posts/{number}")[1]
        assert (post["title"], post["content"], post["author"]["username"]) == (text, text * 3, text)
    assert posts_by_api(server) == posts_by_psql(postgres, database)
    # Taken means: this very text.
    for text in TEXTS:
        assert new_user(server, text)[0] == 400, text
        assert new_user(server, text + "x")[0] == 201, text


def test_a_text_of_full_length_whose_stored_form_is_longer(server):
    status, number = new_post(server, title="\0" * 100)
    assert status == 201 and server.api("GET", f"/api/posts/{number}")[1]["title"] == "\0" * 100
    # The two characters that need a second one do not fit the column a hundred times: said, not broken.
    for character in "\ufdd0\ufdd1":
        assert new_post(server, title=character * 50)[0] == 201
        status, answer = server.api("POST", "/api/posts", {"title": character * 51, "content": "c", "user_id": 1})
        assert status == 422 and "too long" in answer["detail"]
        assert new_user(server, character * 26)[0] == 422


def test_what_stands_for_nul_is_what_the_manual_says(postgres, database, server):
    assert from_stored("\ufdd1\ufdd0\ufdd0\ufdd1\ufdd1\ufdd1") == "\ufdd0\0\ufdd1\ufdd1"
    number = new_post(server, content="\0\ufdd0\ufdd1")[1]
    stored = postgres.value(f"SELECT content FROM posts WHERE id = {number}", database=database)
    assert stored == "\ufdd0\ufdd1\ufdd0\ufdd1\ufdd1"


def test_a_long_text(postgres, database, server):
    content = "".join(chr(33 + n % 90) for n in range(200_000)) + "\U0001f600"
    number = new_post(server, content=content)[1]
    assert server.api("GET", f"/api/posts/{number}")[1]["content"] == content
    assert posts_by_psql(postgres, database)[number][1] == content


# --- instants -----------------------------------------------------------------------------------

def test_instants_do_not_depend_on_the_servers_zone(postgres, database, blogd):
    postgres.set(timezone="America/New_York", datestyle="German, DMY", intervalstyle="sql_standard")
    server = blogd("--database", postgres.url(database))
    new_post(server)
    assert posts_by_api(server) == posts_by_psql(postgres, database)
    # The hour before the clocks change, and the one that does not exist, as somebody there writes it.
    number = postgres.value("INSERT INTO posts (title, content, user_id, date_posted) VALUES"
                            " ('t', 'c', 1, '2026-03-08 03:30:00.25') RETURNING id", database=database)
    blogd_again = blogd("--database", postgres.url(database))
    assert blogd_again.api("GET", f"/api/posts/{number}")[1]["date_posted"] == "2026-03-08T07:30:00.250000Z"
    # What blogd has just written is of now.
    assert postgres.value("SELECT now() - date_posted < '2 minutes' FROM posts WHERE id = 7", database=database) == "t"


def test_no_instant_breaks_an_answer(postgres, database, blogd):
    server = blogd("--database", postgres.url(database), "--cache-size", "0")
    for count, instant in enumerate([
            "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00", "1969-12-31 23:59:59.999999+00",
            "0044-03-15 12:00:00+00 BC", "20000-01-01 00:00:00+00", "infinity", "-infinity"], 7):
        number = postgres.value("INSERT INTO posts (title, content, user_id, date_posted)"
                                f" VALUES ('t', 'c', 1, '{instant}') RETURNING id", database=database)
        status, post = server.api("GET", f"/api/posts/{number}")
        assert status == 200, instant
        if instant[:4] in ("0001", "9999", "1969"):
            assert post["date_posted"].rstrip("Z")[:19] == instant[:19].replace(" ", "T")
        for path in ("/", f"/posts/{number}", "/api/posts"):
            assert server.request("GET", path)[0] == 200, (instant, path)
        # And the list can be followed past it.
        pages = [server.api("GET", f"/api/posts?limit=3&skip={skip}")[1] for skip in range(0, count, 3)]
        assert sorted(p["id"] for page in pages for p in page["posts"]) == list(range(1, count + 1)), instant


# --- ids ----------------------------------------------------------------------------------------

def test_ids_beyond_the_column_do_not_exist(server):
    for number in (2**31 - 1, 2**31, 3_000_000_000, 2**63 - 1, -1, -(2**31) - 1):
        for method, path, body in [
                ("GET", f"/api/posts/{number}", None), ("DELETE", f"/api/posts/{number}", None),
                ("PATCH", f"/api/posts/{number}", {"title": "x"}), ("GET", f"/posts/{number}", None),
                ("GET", f"/api/users/{number}", None), ("GET", f"/api/users/{number}/posts", None),
                ("PATCH", f"/api/users/{number}", {"username": "x"}), ("DELETE", f"/api/users/{number}", None),
                ("POST", "/api/posts", {"title": "t", "content": "c", "user_id": number}),
                ("PUT", "/api/posts/1", {"title": "t", "content": "c", "user_id": number}),
                ("GET", f"/api/users/{number}/posts?skip={2**62}", None)]:
            assert server.request(method, path, body)[0] == 404, (method, path, body)
    assert server.request("GET", f"/api/posts?limit=100&skip={2**63 - 1}")[0] == 200


# --- order and comparison -----------------------------------------------------------------------

@pytest.mark.parametrize("options", [
    "", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'", "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'"])
def test_names_are_equal_when_they_are_the_same_text(postgres, blogd, options):
    database = make_tutorial_database(postgres, options)
    server = blogd("--database", postgres.url(database))
    names = ["Straße", "STRASSE", "strasse", "caf\u00e9", "cafe\u0301", "CAFÉ", "I", "i", "İ", "ı", "a b", "a  b",
             "a b ", "ａ", "a", "resume", "re-sume", "ﬁ", "fi", "Ω", "\u2126"]
    for name in names:
        status, user = new_user(server, name)
        assert status == 201, (name, user)
        assert server.api("GET", f"/api/users/{user['id']}")[1]["username"] == name
    for name in names:
        assert new_user(server, name) == (400, {"detail": "Username already exists"})


def test_posts_of_one_instant_are_in_the_order_of_their_ids(postgres, database, server):
    postgres.psql("INSERT INTO posts (title, content, user_id, date_posted)"
                  " SELECT chr(122 - n), 'c', 1 + n % 2, '2030-01-01 00:00:00+00' FROM generate_series(1, 20) n",
                  database=database)
    pages = [server.api("GET", f"/api/posts?limit=3&skip={skip}")[1] for skip in range(0, 26, 3)]
    ids = [p["id"] for page in pages for p in page["posts"]]
    assert ids == list(range(26, 6, -1)) + [6, 5, 3, 1, 2, 4]
    assert {page["total"] for page in pages} == {26}
