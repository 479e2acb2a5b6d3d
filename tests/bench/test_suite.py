"""The parts of bench/suite that judge: a wrong verdict would be believed."""

import pathlib
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "suite"))
import checks  # noqa: E402
import database  # noqa: E402
import goals  # noqa: E402
import nginx  # noqa: E402
import pgbench  # noqa: E402
import plots  # noqa: E402
import report  # noqa: E402
import tables  # noqa: E402
from answers import Answer  # noqa: E402
from cases import CASES  # noqa: E402
from contestants import LABELS, Key, label  # noqa: E402

CASE = {case.name: case for case in CASES}


def row(case, contestant, number, **values):
    return {"case": case, "contestant": contestant, "round": number, "values": values, "flags": []}


def bench_of(*rows):
    """As much of a Bench as goals and tables look at."""
    def median(case, key, name):
        found = sorted(r["values"][name] for r in rows
                       if (r["case"], r["contestant"]) == (case, key))
        return found[len(found) // 2] if found else None

    def values(case, key, name):
        return [r["values"][name] for r in rows
                if (r["case"], r["contestant"]) == (case, key) and name in r["values"]]
    return types.SimpleNamespace(results=list(rows), failures=[], sizes=(1000, 1_000_000),
                                 big=1_000_000, median=median, values=values)


def answer(body, kind="application/json", status=200):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nX-Frame-Options: DENY\r\n\r\n"
    return Answer(status, head.encode(), body)


def test_keys_say_who_and_what_is_special():
    assert Key.parse("blogd", 7) == Key("blogd", 7)
    assert Key.parse("node+slow", 7) == Key("node", 7, slow=True)
    assert Key.parse("blogd-nocache@1000000", 7) == Key("blogd-nocache", 1_000_000)
    assert Key.parse("floor:home", 7) == Key("floor", 7, case="home")
    assert label("blogd@1000") == "blogd, 1,000 posts"
    assert Key.parse("blogd-pg+writers=16", 7) == Key("blogd-pg", 7, kind="writers", count=16)
    assert label("pgbench+clients=2") == "pgbench, the same statement, 2 clients"
    assert Key.parse("blogd-pg-nocache", 7).on_postgres
    assert not Key.parse("pgbench", 7).on_postgres


def test_names_of_cases_and_contestants_are_known_and_single():
    assert len(CASE) == len(CASES)
    for case in CASES:
        assert case.group == "micro" or case.group in tables.COLUMNS
        for key in case.contestants:
            assert Key.parse(key.partition("@")[0], 0).name in LABELS
        assert not case.same_as or case.same_as in CASE


@pytest.mark.parametrize("values, words", [
    ({"busy": 0.95, "waiting": 0.0, "generator_busy": 0.9}, []),
    ({"busy": 0.50, "waiting": 0.1, "generator_busy": 1.0}, ["waited for requests"]),
    ({"busy": 0.50, "waiting": 7.0, "generator_busy": 0.3}, ["others had its core"]),
    ({"busy": 0.95, "errors": 3, "wrong_status": 2, "lost": 1}, ["3 errors", "2 answers", "LOST"]),
    ({"busy": 0.95, "rps": 0}, ["no answer"]),
])
def test_rounds_that_mislead_are_flagged(values, words):
    found = checks.flags(CASE["post-json"], values)
    assert len(found) == len(words)
    assert all(word in flag for word, flag in zip(words, found))


def test_a_rate_that_was_not_kept_is_flagged():
    assert checks.flags(CASE["growth-home"], {"rps": 1999.0}) == []
    assert "only 1500 of 2000" in checks.flags(CASE["growth-home"], {"rps": 1500.0})[0]


def test_a_round_of_pgbench_says_nothing_of_a_generator():
    found = checks.flags(CASE["pg-read"], {"busy": 0.4, "rps": 9.0})
    assert len(found) == 1 and "generator" not in found[0]


@pytest.mark.parametrize("contestant, theirs, good", [
    ("nginx-best", answer(b'{"a":1}'), True),
    ("nginx-best", answer(b'{"a":2}'), False),
    ("nginx-best", answer(b'{"a":1}', kind="text/plain"), False),
    ("node", answer(b'{"a": 1}'), True),
    ("node", answer(b'{"a":2}'), False),
    ("bun", answer(b'{"a":1}', status=500), False),
    ("floor", answer(b'{"a":1}'), True),
    ("floor", answer(b'{"a":1} '), False),
])
def test_answers_are_compared_with_those_of_blogd(contestant, theirs, good):
    bench = types.SimpleNamespace(pages={"post-json": answer(b'{"a":1}')}, say=lambda _: None)
    assert checks.of_answer(bench, CASE["post-json"], contestant, theirs)["good"] is good


def test_goals_compare_medians_and_know_what_was_not_measured():
    bench = bench_of(row("post-json", "blogd", 0, cpu_us=6.0),
                     row("post-json", "blogd", 1, cpu_us=8.0),
                     row("post-json", "blogd", 2, cpu_us=7.0),
                     row("post-json", "nginx-best", 0, cpu_us=10.0),
                     row("post-json", "floor", 0, cpu_us=5.0))
    judged = {row["goal"]: row for row in goals.judged(bench)}
    best = judged["post as JSON, cached: CPU, nginx's best setting"]
    assert (best["reached"], best["met"]) == (pytest.approx(0.7), True)
    assert judged["post as JSON, cached: CPU, bare Asio loop"]["met"] is False
    assert judged["home page, uncached: Bun"]["met"] is None


def test_answers_from_postgresql_are_held_against_those_from_sqlite():
    bench = types.SimpleNamespace(pages={"post-json": answer(b'{"a":1}')}, say=lambda _: None)
    for body, good in ((b'{"a":1}', True), (b'{"a":2}', False)):
        judged = checks.of_answer(bench, CASE["pg-read"], "blogd-pg-nocache", answer(body))
        assert judged["good"] is good


def test_goals_of_postgresql():
    bench = bench_of(row("pg-read", "blogd-pg-nocache", 0, rps=79.0),
                     row("pg-read", "pgbench", 0, rps=100.0),
                     row("pg-write", "blogd-pg", 0, rps=71.0),
                     row("pg-write", "pgbench", 0, rps=100.0),
                     row("seen-by-other", "blogd-pg", 0, max_us=20_000.0),
                     row("seen-by-other", "blogd-pg", 1, max_us=101_000.0),
                     row("seen-by-other", "blogd-pg", 2, max_us=20_000.0))
    judged = {row["goal"]: row["met"] for row in goals.judged(bench) if row["met"] is not None}
    assert judged == {"PostgreSQL, one post, cache off: pgbench": False,
                      "PostgreSQL, durable POST: pgbench": True,
                      "another instance's edit, seen without cookies: worst": False}


def test_pgbench_is_given_blogds_statements_with_names_for_numbers():
    sql = "SELECT $1::int8, $12 WHERE id = $2::int8"
    named = "SELECT :id::int8, $12 WHERE id = :x::int8;"
    assert pgbench.with_names(sql, ("id", "x")) == named
    assert database.escaped("ISO, MDY\\") == "ISO,\\ MDY\\\\"


SAID = """transaction type: read.sql
number of transactions actually processed: 2
number of failed transactions: {failed} (0.000%)
latency average = 0.079 ms
initial connection time = 12.159 ms
tps = 12556.512338 (without initial connection time)
"""


def test_what_pgbench_says_is_read():
    assert pgbench.parse(SAID.format(failed=0)) == (12556.512338, pytest.approx(79.0))
    for wrong in (SAID.format(failed=1), "pgbench: error: connection failed"):
        with pytest.raises(RuntimeError):
            pgbench.parse(wrong)


def test_the_summary_keeps_the_extremes():
    bench = bench_of(*(row("home", "bun", i, rps=value) for i, value in enumerate((5.0, 1.0, 3.0))))
    assert report.summary(bench)["home"]["bun"]["rps"] == {"median": 3.0, "min": 1.0, "max": 5.0}


def test_heads_of_nginx_grow_and_shrink_by_what_is_asked():
    ours = answer(b"")
    plain = nginx.copied_fields(ours, 0)
    assert plain == 'add_header X-Frame-Options "DENY" always;'
    assert len(nginx.copied_fields(ours, 5)) == len(plain) + 5
    assert len(nginx.copied_fields(ours, -2)) == len(plain) - 2


@pytest.mark.parametrize("values, marks", [
    ((3, 97), [1, 10, 100]),
    ((8, 1200), [1, 10, 100, 1000, 10000]),
])
def test_logarithmic_axes_hold_all_values(values, marks):
    assert plots.ticks(min(values), max(values), True) == marks


def test_plots_are_well_formed():
    from xml.etree import ElementTree
    bars = plots.bars("A & B", [("blogd", 7.0, 6.0, 8.0), ("other <one>", 9.0, 9.0, 9.0)])
    lines = plots.lines("L", "x", "y", [("a", [(1, 5.0), (64, 50.0)])], log_y=True)
    for svg in (bars, lines):
        assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_each_case_is_published_on_one_page(tmp_path):
    for case in CASES:
        assert report.is_shown(case, "")
        assert report.is_shown(case, "scaling") != report.is_shown(case, "performance")
    assert report.is_shown(CASE["pg-read"], "scaling")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.put_between(page, "new \\1")
    assert page.read_text() == f"before\n{report.BEGIN}\n\nnew \\1\n{report.END}\nafter\n"
    page.write_text("no markers")
    with pytest.raises(RuntimeError):
        report.put_between(page, "new")
