"""Standbys: reads go there while they are new enough, and nobody notices but by the load."""

import re
import threading
import time

import pytest

from postgres import Postgres, Standby, wait_until
from tutorial_database import make_tutorial_database
from versions import History, ask, follow, rename
from wire import Wire
from writers import Writers

NEW = {"title": "t", "content": "c", "user_id": 1}
CACHE_LAG = 0.1
QUICK = ("--query-timeout", "1s", "--connect-timeout", "1s")


@pytest.fixture(scope="module")
def standby_of_the_module(postgres_of_the_session):
    with Standby(postgres_of_the_session) as server:
        yield server


@pytest.fixture
def standby(standby_of_the_module, database):
    """It has the database of the test."""
    standby_of_the_module.wait_until_it_has_all()
    yield standby_of_the_module
    standby_of_the_module.recover()
    standby_of_the_module.psql("SELECT pg_wal_replay_resume()")


@pytest.fixture
def with_standby(postgres, standby, database, blogd):
    def start(*options, lag="60s"):
        server = blogd("--database", postgres.url(database), "--replica", standby.url(database), "--workers", "1",
                       "--replica-lag", lag, *QUICK, *options)
        assert wait_until(lambda: standbys_of(server) == 1, 10), "the standby is never asked"
        return server
    return start


def standbys_of(server):
    """How many it would ask."""
    text = server.request("GET", "/metrics")[2].decode()
    return int(re.search(r"^blogd_standbys (\d+)$", text, re.M)[1])


def title_at(server, path="/api/posts/1"):
    return server.api("GET", path)[1]["title"]


def test_reads_go_to_the_standby_but_for_those_who_have_seen_more(postgres, standby, database, with_standby):
    server = with_standby("--cache-size", "0")
    standby.psql("SELECT pg_wal_replay_pause()")
    # What the primary refuses by now, the standby, which stands still, answers.
    postgres.psql("REVOKE SELECT ON posts FROM blog", database=database)
    assert title_at(server) == "First post"
    postgres.psql("GRANT SELECT ON posts TO blog", database=database)
    with Wire(server) as wire:
        cookie = rename(wire, 1)
        assert cookie
        for path in ("/api/posts/1", "/api/posts?limit=9", "/posts/1"):
            assert ask(wire, path, cookie)[0] == 1
    assert standby.value("SELECT title FROM posts WHERE id = 1", database=database) == "First post"


def test_answers_are_never_older_than_the_lags_that_were_set(postgres, standby, database, with_standby):
    lag = 0.5
    server = with_standby("--cache-size", "0", lag="500ms")
    history, end, answers = History(), threading.Event(), []
    with postgres.session(database) as hand:
        def write(version):
            hand.rows(f"UPDATE posts SET title = 'v{version}' WHERE id = 1")
            history.add()

        write(0)
        time.sleep(lag)
        reader = threading.Thread(target=follow, args=(server, "/api/posts/1", end, answers))
        reader.start()
        try:
            for version in range(1, 60):
                if version % 20 == 5:
                    standby.psql("SELECT pg_wal_replay_pause()")
                if version % 20 == 0:
                    standby.psql("SELECT pg_wal_replay_resume()")
                write(version)
                time.sleep(0.06)
        finally:
            end.set()
            reader.join()
    worst = history.check("/api/posts/1", answers, lag + CACHE_LAG)
    print(f"oldest answer: {worst * 1000:.0f} ms after a newer version was acknowledged")


@pytest.mark.parametrize("cache", ["0", "16M"])
def test_who_keeps_cookies_never_goes_back_in_time(postgres, standby, database, with_standby, blogd, cache):
    first = with_standby("--cache-size", cache)
    # One that needs no cookies for itself gives them all the same.
    second = blogd("--database", postgres.url(database), "--workers", "1", "--cache-size", "0")
    end = threading.Event()

    def write():
        with Wire(second) as wire:
            version = 0
            while not end.is_set():
                rename(wire, version := version + 1)
                time.sleep(0.01)

    writer = threading.Thread(target=write)
    with Wire(first) as one, Wire(second) as two:
        rename(one, 0)
        standby.wait_until_it_has_all()
        writer.start()
        try:
            newest, cookie, turn = 0, None, 0
            while turn < 300 or newest < 10:
                assert writer.is_alive()
                turn += 1
                if turn == 100:
                    standby.psql("SELECT pg_wal_replay_pause()")
                wire, path = two if turn % 3 == 0 else one, ("/api/posts/1", "/posts/1")[turn % 2]
                version, cookie = ask(wire, path, cookie)
                assert version >= newest, f"from v{newest} back to v{version}"
                newest = version
        finally:
            end.set()
            writer.join()


def test_a_standby_that_may_be_ahead_of_its_primary_is_told_of(standby, with_standby):
    told = "recovery_min_apply_delay is 0"
    assert told not in with_standby().log_text()
    standby.set(recovery_min_apply_delay="0")
    try:
        assert wait_until(lambda: standby.value("SHOW recovery_min_apply_delay") == "0", 5)
        server = with_standby()
        assert wait_until(lambda: told in server.log_text(), 5)
    finally:
        standby.set(recovery_min_apply_delay=None)


@pytest.mark.parametrize("fault, seconds", [("stop", 1), ("kill", 1), ("pause", 2.5)])
def test_a_standby_that_goes_costs_no_read(standby, with_standby, fault, seconds):
    # Who waits as long as that for a standby asks the primary, and has time left for it.
    server = with_standby("--cache-size", "0", lag="400ms")
    statuses, slowest, end = [], [0.0], threading.Event()

    def read():
        while not end.is_set():
            began = time.monotonic()
            statuses.append(server.api("GET", f"/api/posts/{1 + len(statuses) % 6}")[0])
            slowest[0] = max(slowest[0], time.monotonic() - began)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        time.sleep(0.2)
        getattr(standby, fault)()
        time.sleep(seconds)
    finally:
        end.set()
        reader.join()
        standby.recover()
    print(f"{len(statuses)} reads, slowest {slowest[0]:.2f} s")
    assert set(statuses) == {200} and len(statuses) > 50
    assert slowest[0] < 3
    assert wait_until(lambda: standbys_of(server) == 1, 10), "it is not asked again"


def test_the_standby_answers_reads_while_the_primary_is_away(postgres, standby, with_standby):
    server = with_standby("--cache-size", "0")
    standby.wait_until_it_has_all()
    postgres.kill()
    time.sleep(0.5)
    for _ in range(20):
        assert title_at(server) == "First post"
    assert server.api("POST", "/api/posts", NEW)[0] == 503
    postgres.start()
    assert wait_until(lambda: server.api("POST", "/api/posts", NEW)[0] == 201, 10)


def test_a_promoted_standby_is_found_without_a_restart(blogd):
    """Two hosts in the URL; the standby is synchronous, so that what was acknowledged is on both."""
    with Postgres() as primary, Standby(primary) as other:
        name = make_tutorial_database(primary)
        primary.set(synchronous_standby_names="*")
        other.wait_until_it_has_all()
        there = f"127.0.0.1:{primary.port}"
        url = primary.tcp_url(name).replace(there, f"{there},127.0.0.1:{other.port}")
        server = blogd("--database", url, *QUICK)
        with Writers(server) as writers:
            writers.wait_for(30)
            primary.kill()
            began = time.monotonic()
            other.promote()
            writers.wait_for(30)
            print(f"written again {time.monotonic() - began:.2f} s after the end of the primary")
        assert set(writers.answers) <= {201, 503}, writers.answers
        writers.check(other, name)
        server.kill()
        primary.start()  # and ends as it should: a kill leaves shared memory behind


def test_a_commit_that_the_standbys_did_not_confirm_is_no_success(blogd):
    """Who cancels the wait for a synchronous standby leaves the commit on one machine alone."""
    with Postgres() as primary:
        name = make_tutorial_database(primary)
        server = blogd("--database", primary.url(name), *QUICK)
        assert server.api("GET", "/api/posts/1")[0] == 200
        primary.set(synchronous_standby_names="nobody")
        status, _, body = server.request("POST", "/api/posts", {**NEW, "title": "alone"})
        assert status == 503 and b"Nothing was stored" not in body, (status, body)
        primary.set(synchronous_standby_names=None)
        assert wait_until(lambda: server.api("POST", "/api/posts", NEW)[0] == 201, 10)
        server.kill()
