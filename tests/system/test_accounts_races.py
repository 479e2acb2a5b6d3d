"""Two requests that know nothing of each other: the later one does not undo what the earlier one was for."""

import threading
import time

import pytest

from accounts import (PASSWORD, Person, ask_for_reset, bearer, log_in, person, reset_password, reset_token, sql,
                      try_log_in)

NEW = "another good password"


@pytest.fixture
def server(blogd):
    # One thread hashes, and slowly: what is sent together is surely under way together.
    return blogd("--accounts", "protected", "--rate-limit", "off", "--password-passes", "4",
                 "--password-queue-max", "200")


def together(*jobs):
    """What each job returned."""
    results = [None] * len(jobs)

    def run(number, job):
        results[number] = job()
    threads = [threading.Thread(target=run, args=(n, j)) for n, j in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def tokens_of(server, answers):
    return [a[2]["access_token"] for a in answers if a[0] == 200]


def valid(server, tokens):
    return [t for t in tokens if server.api("GET", "/api/users/me", headers=bearer(t))[0] == 200]


def test_a_name_is_given_to_one_only(server):
    def register(number):
        names = [{"username": "ann"}, {"username": "ANN"}, {"username": f"n{number}", "email": "ANN@example.com"}]
        return server.api("POST", "/api/users", {
            "email": f"n{number}@example.com", "password": PASSWORD, **names[number % 3]})
    answers = together(*(lambda n=n: register(n) for n in range(12)))
    assert {status for status, _ in answers} <= {201, 400}
    rows = sql(server, "SELECT lower(username), lower(email) FROM users")
    assert len({name for name, _ in rows}) == len({email for _, email in rows}) == len(rows) <= 2


def test_a_reset_link_works_once_also_at_the_same_time(server):
    ann = Person(server, "ann")
    token = reset_token(ask_for_reset(server, ann))
    passwords = [f"password number {n}" for n in range(6)]
    answers = together(*(lambda p=p: reset_password(server, token, p)[0] for p in passwords))
    assert sorted(answers) == [200] + [400] * 5
    assert log_in(server, ann.email, passwords[answers.index(200)])


def old_log_ins_during(server, who, change):
    """The tokens of log ins with the old password, of which some are always under way."""
    tokens, done = [], threading.Event()

    def go_on():
        while not done.is_set():
            tokens.extend(tokens_of(server, [try_log_in(server, who.email, PASSWORD)]))

    def change_once():
        time.sleep(0.5)
        status = change()[0]
        done.set()
        return status
    assert together(*[go_on] * 10, change_once)[-1] == 200
    return tokens


def test_a_log_in_with_the_old_password_does_not_outlive_its_change(server):
    ann = person(server, "ann")
    tokens = old_log_ins_during(server, ann, lambda: ann.ask(
        "PATCH", "/api/users/me/password", {"current_password": PASSWORD, "new_password": NEW}))
    assert tokens and not valid(server, tokens)
    assert valid(server, [ann.token])


def test_a_log_in_with_the_old_password_does_not_outlive_a_reset(server):
    ann = Person(server, "ann")
    link = reset_token(ask_for_reset(server, ann))
    tokens = old_log_ins_during(server, ann, lambda: reset_password(server, link, NEW))
    assert tokens and not valid(server, tokens)


def test_a_change_of_the_password_does_not_undo_a_reset(server):
    """Whoever stole a session and the password is out once the owner has reset it."""
    for number in range(4):
        owner_and_thief(server, person(server, f"ann{number}"))


def owner_and_thief(server, ann):
    token = reset_token(ask_for_reset(server, ann))

    def change():
        return ann.ask("PATCH", "/api/users/me/password",
                       {"current_password": PASSWORD, "new_password": "of the thief"})[0]

    def reset():
        return reset_password(server, token, NEW)[0]
    changed, was_reset = together(change, reset)
    if was_reset == 200:
        assert log_in(server, ann.email, NEW)
        assert try_log_in(server, ann.email, "of the thief")[0] == 401
    else:
        assert changed == 200 and was_reset == 400


def test_a_deleted_account_gets_no_session(server):
    ann = person(server, "ann")
    log_ins = [lambda: try_log_in(server, ann.email) for _ in range(10)]
    answers = together(*log_ins, lambda: ann.ask("DELETE", f"/api/users/{ann.id}"))
    assert answers.pop()[0] == 204
    assert {a[0] for a in answers} <= {200, 401}
    assert not valid(server, tokens_of(server, answers))
    assert sql(server, "SELECT count(*) FROM blogd_logins") == [(0,)]
