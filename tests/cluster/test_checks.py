"""The checks must see what they are for: each is fed a fault and must say so."""

from checks import Ledger, View, stored_faults, window
from load import Sample


def ledger():
    made = Ledger()
    made.sent |= {"a", "b", "c"}
    made.acknowledged |= {"a": 1, "b": 2}
    made.edited(2, sent=1)
    made.edited(2, acknowledged=1, sent=2)
    return made


def faults(*rows):
    return list(stored_faults(ledger(), rows))


def test_what_was_acknowledged_and_nothing_else_passes():
    assert faults((1, "a", "version 0"), (2, "b", "version 1")) == []
    # Neither c nor the second edit was acknowledged: both may be there.
    assert faults((1, "a", "version 0"), (2, "b", "version 2"), (9, "c", "version 0")) == []


def test_a_lost_post():
    assert faults((1, "a", "version 0")) == ["lost: b was acknowledged as post 2"]


def test_a_post_under_another_id():
    assert faults((7, "a", "version 0"), (2, "b", "version 1")) == [
        "moved: a was acknowledged as post 1, is 7"]


def test_a_post_that_is_there_twice():
    assert faults((1, "a", "version 0"), (2, "b", "version 1"), (3, "a", "version 0")) == [
        "twice: a is 2 posts"]
    assert faults((1, "a", "version 0"), (2, "b", "version 1"), (3, "c", "version 0"),
                  (4, "c", "version 0")) == ["twice: c is 2 posts"]


def test_a_post_that_nobody_sent():
    assert faults((1, "a", "version 0"), (2, "b", "version 1"), (3, "d", "version 0")) == [
        "unknown: nobody sent d"]


def test_a_lost_edit_and_one_that_nobody_sent():
    for content in ("version 0", "version 3", "rubbish"):
        assert len(faults((1, "a", "version 0"), (2, "b", content))) == 1


def test_steps_back_in_time():
    view = View()
    assert view.listed(view.floor(), 5, ("2026-01-01", 5)) is None
    assert "total was 5, then 4" in view.listed(view.floor(), 4, ("2026-01-01", 5))
    assert "newest post was" in view.listed(view.floor(), 5, ("2026-01-01", 4))
    # The answer to a request that was sent before the other answer came may be older.
    early = view.floor()
    assert view.listed(view.floor(), 6, ("2026-01-02", 6)) is None
    assert view.listed(early, 5, ("2026-01-01", 5)) is None


def test_own_posts():
    view = View()
    view.acknowledge(3, 0)
    assert view.own_post(view.floor(3), 3, 200, 0) is None
    assert "not seen" in view.own_post(view.floor(3), 3, 404, -1)
    assert view.own_post(view.floor(3), 3, 503, -1) is None  # a failure, not a lie
    assert view.own_post(view.floor(3), 3, 200, 2) is None
    assert "had version 2, then 1" in view.own_post(view.floor(3), 3, 200, 1)


def test_windows():
    samples = [Sample(at, at + 0.1, client, "read", 200 if ok else 503, ok)
               for at, client, ok in [(0, 1, True), (1, 1, False), (2, 2, True), (5, 1, True),
                                      (6, 2, True)]]
    seen = window(samples, 0, 7)
    assert (seen.requests, seen.failed) == (5, 1)
    assert abs(seen.gap - 3.0) < 0.01          # from 2.1 to 5.1 nothing succeeded
    assert abs(seen.client_gap - 4.1) < 0.01   # client 1, from 1 to 5.1
    assert window([], 0, 7).gap == 7
