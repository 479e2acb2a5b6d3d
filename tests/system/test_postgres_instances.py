"""Several instances on one PostgreSQL: what each keeps is never older than was promised."""

import re
import signal
import threading
import time

import pytest

from postgres import wait_until
from tutorial_database import posts_by_api, posts_by_psql
from versions import History, ask, follow, rename
from wire import Wire

LAG = 0.100  # seconds: --cache-lag


@pytest.fixture
def pair(postgres, database, blogd):
    url = postgres.url(database)
    return [blogd("--database", url, "--workers", "1", "--cache-lag", "100ms") for _ in range(2)]


def hits(server):
    text = server.request("GET", "/metrics")[2].decode()
    return int(re.search(r'^blogd_cache_lookups_total\{outcome="hit"\} (\d+)$', text, re.M)[1])


@pytest.mark.parametrize("writes_by", ["the other instance", "psql"])
def test_an_answer_is_never_older_than_the_lag_that_was_set(postgres, database, pair, writes_by):
    a, b = pair
    history, end = History(), threading.Event()
    seen = {path: [] for path in ("/api/posts/1", "/api/posts?limit=10", "/posts/1")}
    with Wire(a) as wire, postgres.session(database) as hand:
        def write(version):
            if writes_by == "psql":
                hand.rows(f"UPDATE posts SET title = 'v{version}' WHERE id = 1")
            else:
                rename(wire, version)
            history.add()

        write(0)
        time.sleep(3 * LAG)
        before = hits(b)
        threads = [threading.Thread(target=follow, args=(b, path, end, out)) for path, out in seen.items()]
        for thread in threads:
            thread.start()
        try:
            for version in range(1, 60):
                write(version)
                time.sleep(0.02 + version % 7 * 0.01)
        finally:
            end.set()
            for thread in threads:
                thread.join()
    for path, answers in seen.items():
        worst = history.check(path, answers, LAG)
        print(f"{path}: oldest answer {worst * 1000:.0f} ms after a newer version was acknowledged")
    assert hits(b) - before > 100, "nothing was kept, so nothing was tested"


def test_an_instances_own_writes_show_at_once(postgres, pair):
    a, _ = pair
    with Wire(a) as wire, Wire(a) as other:
        for version in range(200):
            rename(wire, version)
            for path in ("/api/posts/1", "/api/posts?limit=10", "/posts/1"):
                assert ask(other, path)[0] == version
                assert ask(other, path)[0] == version


def test_who_keeps_cookies_reads_its_own_writes_on_every_instance(postgres, pair):
    a, b = pair
    stale = 0
    with Wire(a) as at_a, Wire(b) as at_b, Wire(b) as without:
        cookie = None
        for version in range(200):
            ask(without) if version else None  # b keeps the version before
            cookie = rename(at_a, version, cookie)
            assert cookie, "a write says how new it is"
            # Another client of b may be behind; this one must not be.
            stale += ask(without)[0] < version
            for path in ("/api/posts/1", "/api/posts?limit=10", "/posts/1"):
                assert ask(at_b, path, cookie)[0] == version
    print(f"{stale} of 200 reads without the cookie were of before the write")
    assert stale > 0, "b never kept anything, so nothing was tested"


def test_who_keeps_cookies_never_goes_back_in_time(postgres, pair):
    a, b = pair
    end = threading.Event()

    def write():
        with Wire(a) as wire:
            version = 0
            while not end.is_set():
                rename(wire, version := version + 1)
                time.sleep(0.01)

    writer = threading.Thread(target=write)
    with Wire(a) as first, Wire(b) as second:
        rename(first, 0)
        writer.start()
        try:
            newest, cookie, turn = 0, None, 0
            while turn < 400 or newest < 10:
                assert writer.is_alive()
                turn += 1
                wire = first if turn % 2 else second
                version, cookie = ask(wire, ("/api/posts/1", "/api/posts?limit=10")[turn // 2 % 2], cookie)
                assert version >= newest, f"from v{newest} back to v{version}"
                newest = version
        finally:
            end.set()
            writer.join()


def test_the_cookie_is_short_lived_and_for_nobody_else(pair):
    status, fields, _ = pair[0].request("PATCH", "/api/posts/1", {"title": "v1"})
    cookie = fields["set-cookie"]
    value, *attributes = [part.strip() for part in cookie.split(";")]
    assert re.fullmatch(r"blogd-seen=[0-9A-Fa-f]{1,16}", value)
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3"} <= set(attributes)


def test_no_cookie_can_break_an_answer_or_slow_it_down(pair):
    for cookie in ("blogd-seen=", "blogd-seen=zz", "blogd-seen=ffffffffffffffff", "blogd-seen=" + "f" * 100,
                   "blogd-seen=0", "blogd-seen=-1", "blogd-seen=1; blogd-seen=ffffffffffffffff"):
        for server in pair:
            for path in ("/api/posts/1", "/", "/api/posts?limit=3"):
                began = time.monotonic()
                assert server.request("GET", path, headers={"Cookie": cookie})[0] == 200, (cookie, path)
                assert time.monotonic() - began < 1, (cookie, path)


def test_kept_answers_are_not_used_while_changes_are_not_heard_of(postgres, database, pair):
    _, b = pair
    assert b.api("GET", "/api/posts/1")[1]["title"] == "First post"
    postgres.psql("REVOKE SELECT ON blogd_changes FROM blog", database=database)
    for version in range(8):
        postgres.psql(f"UPDATE posts SET title = 'v{version}' WHERE id = 1", database=database)
        time.sleep(LAG)
        # It cannot have heard of it.
        assert b.api("GET", "/api/posts/1")[1]["title"] == f"v{version}"
    postgres.psql("GRANT SELECT ON blogd_changes TO blog", database=database)

    def kept_again():
        first = hits(b)
        b.api("GET", "/api/posts/1")
        b.api("GET", "/api/posts/1")
        return hits(b) > first

    assert wait_until(kept_again, 10), "heard of again, but nothing is kept"
    postgres.psql("UPDATE posts SET title = 'later' WHERE id = 1", database=database)
    time.sleep(3 * LAG)
    assert b.api("GET", "/api/posts/1")[1]["title"] == "later"


def test_what_changed_while_an_instance_slept_is_not_served_from_memory(postgres, database, pair):
    _, b = pair
    for _ in range(3):
        assert b.api("GET", "/api/posts/1")[0] == 200
    b.process.send_signal(signal.SIGSTOP)
    try:
        postgres.psql("UPDATE posts SET title = 'while it slept' WHERE id = 1", database=database)
        time.sleep(2 * LAG)
    finally:
        b.process.send_signal(signal.SIGCONT)
    assert b.api("GET", "/api/posts/1")[1]["title"] == "while it slept"


def test_kept_answers_are_not_used_while_the_server_hangs(postgres, database, blogd):
    server = blogd("--database", postgres.url(database), "--query-timeout", "1s", "--connect-timeout", "1s")
    for _ in range(3):
        assert server.api("GET", "/api/posts/1")[0] == 200
    postgres.pause()
    try:
        time.sleep(3 * LAG)
        assert server.api("GET", "/api/posts/1")[0] == 503
    finally:
        postgres.resume()


def test_a_transaction_that_is_long_under_way_shows_when_it_commits(postgres, database, pair):
    """Changes become visible in the order of the commits, not of the writes."""
    _, b = pair
    with postgres.session(database) as slow, postgres.session(database) as quick:
        slow.rows("BEGIN; UPDATE posts SET title = 'slow' WHERE id = 1")
        for version in range(10):
            quick.rows(f"UPDATE posts SET title = 'v{version}' WHERE id = 2")
            time.sleep(LAG / 2)
            b.api("GET", "/api/posts/1")
        assert b.api("GET", "/api/posts/1")[1]["title"] == "First post"
        slow.rows("COMMIT")
        time.sleep(2 * LAG)
    assert b.api("GET", "/api/posts/1")[1]["title"] == "slow"


BY_HAND = ["INSERT INTO posts (title, content, user_id, date_posted) VALUES ('new', 'c', 2, now())",
           "UPDATE posts SET user_id = 4 WHERE id = 1", "UPDATE users SET username = 'Ada L.' WHERE id = 1",
           "DELETE FROM posts WHERE id = 6", "UPDATE posts SET id = 100 WHERE id = 1",
           "DELETE FROM posts WHERE user_id = 2; DELETE FROM users WHERE id = 2",
           "UPDATE users SET id = 50 WHERE id = 3", "TRUNCATE posts"]


def test_every_change_by_hand_shows_within_the_lag(postgres, database, blogd):
    b = blogd("--database", postgres.url(database), "--workers", "1")
    fresh = blogd("--database", postgres.url(database), "--workers", "1", "--cache-size", "0")
    paths = ["/", "/api/posts", "/api/posts?limit=10"]
    paths += [f"/api/posts/{n}" for n in (1, 6, 7, 100)] + [f"/posts/{n}" for n in (1, 6)]
    paths += [f"/api/users/{n}{rest}" for n in (1, 2, 3, 4, 50) for rest in ("", "/posts?limit=9")]
    for statement in BY_HAND:
        before = [b.request("GET", path)[2] for path in paths * 2]
        postgres.psql(statement, database=database)
        time.sleep(2 * LAG)
        after = [b.request("GET", path)[2] for path in paths]
        for path, kept in zip(paths, after):
            assert kept == fresh.request("GET", path)[2], (statement, path)
        assert after != before[:len(paths)], statement
    assert hits(b) > 50
    assert posts_by_api(b) == posts_by_psql(postgres, database) == {}
