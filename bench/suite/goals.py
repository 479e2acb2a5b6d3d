"""The figures to reach, as data: what each is computed from, and its limit."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Goal:
    title: str
    reached: typing.Callable  # of a Figures; None: not measured
    limit: float
    at_most: bool = True
    unit: str = "x"

    def judge(self, figures):
        """(reached, ratio to the limit, met) or (None, None, None)."""
        value = self.reached(figures)
        if value is None:
            return None, None, None
        met = value <= self.limit if self.at_most else value >= self.limit
        return value, value / self.limit, met


class Figures:
    """Medians of a run, with None for what was not measured."""

    def __init__(self, bench):
        self.bench = bench
        self.smallest, self.largest = min(bench.sizes), bench.big

    def of(self, case, key, name):
        return self.bench.median(case, key, name)

    def worst_ms(self, case, key, name):
        found = self.bench.values(case, key, name)
        return max(found) / 1e3 if found else None

    def ratio(self, above, below):
        above, below = self.of(*above), self.of(*below)
        return None if above is None or not below else above / below


def ratio(case, name, above, below, below_case=None):
    return lambda f: f.ratio((case, above, name), (below_case or case, below, name))


def extra_over_raw_read(f):
    """What an uncached answer costs more than a cached one, in raw prepared reads."""
    uncached = f.of("post-json", "blogd-nocache", "cpu_us")
    cached = f.of("post-json", "blogd", "cpu_us")
    raw = f.of("raw-read", "raw", "cpu_us")
    return None if None in (uncached, cached, raw) else (uncached - cached) / raw


def growth(case, key, name):
    return lambda f: f.ratio((f"growth-{case}", f"{key}@{f.largest}", name),
                             (f"growth-{case}", f"{key}@{f.smallest}", name))


def of_big(case, name):
    return lambda f: f.of(case, f"blogd@{f.largest}", name)


def cached_goals(case, title):
    for peer, name, limit in (("nginx-best", "nginx's best setting", 0.80),
                              ("nginx-default", "nginx's defaults", 0.45),
                              ("floor", "bare Asio loop", 1.10)):
        yield Goal(f"{title}, cached: CPU, {name}", ratio(case, "cpu_us", "blogd", peer), limit)


def growth_goals():
    for case, title in (("post-json", "any post as JSON"), ("post-page", "any post page"),
                        ("home", "home page"), ("list-first", "first list page"),
                        ("list-deep", "deep list page")):
        for key, cache in (("blogd", ""), ("blogd-nocache", ", cache off")):
            for name in ("p50_us", "p99_us"):
                yield Goal(f"growth to the most posts, {title}{cache}: {name[:3]}",
                           growth(case, key, name), 1.3)


def faster(title, case, above, below, limit):
    """So many times the requests a second."""
    return Goal(title, ratio(case, "rps", above, below), limit, at_most=False)


def before_goals():
    """With --before: what has a change cost the cases without PostgreSQL?"""
    for case, title in (("post-json", "post as JSON"), ("home", "home page")):
        for suffix, cache in (("", ""), ("-nocache", ", cache off")):
            yield Goal(f"{title}{cache}: CPU, before", ratio(
                case, "cpu_us", f"blogd{suffix}", f"blogd-before{suffix}"), 1.03)
    yield Goal("POST, 64 connections: CPU, before",
               ratio("post-64", "cpu_us", "blogd", "blogd-before"), 1.03)
    yield faster("POST, 64 connections: before", "post-64", "blogd", "blogd-before", 0.97)


GOALS = (
    *cached_goals("post-json", "post as JSON"),
    *cached_goals("post-page", "post page"),
    *cached_goals("home", "home page"),
    Goal("post as JSON, uncached: extra CPU in raw prepared reads", extra_over_raw_read, 1.0),
    faster("post as JSON, uncached: FastAPI", "post-json", "blogd-nocache", "fastapi", 90),
    faster("post as JSON, uncached: Bun", "post-json", "blogd-nocache", "bun", 1.9),
    faster("home page, uncached: FastAPI", "home", "blogd-nocache", "fastapi", 90),
    faster("home page, uncached: Bun", "home", "blogd-nocache", "bun", 1.5),
    Goal("home page, uncached: CPU, a cached one",
         ratio("home", "cpu_us", "blogd-nocache", "blogd"), 4),
    faster("POST, 64 connections: one commit a request", "post-64", "blogd", "blogd-single", 6),
    faster("POST, 64 connections, 1 ms more each sync: one commit a request", "post-64-slow",
           "blogd+slow", "blogd-single+slow", 20),
    faster("POST, 64 connections: FastAPI", "post-64", "blogd", "fastapi", 80),
    faster("POST, 64 connections: FastAPI, defaults", "post-64", "blogd", "fastapi-default", 80),
    faster("POST, 64 connections: Bun", "post-64", "blogd", "bun", 8),
    faster("POST, 64 connections: Node", "post-64", "blogd", "node", 8),
    Goal("POST, 64 connections: p99, its median",
         lambda f: f.of("post-64", "blogd", "p99_to_p50"), 5),
    faster("PostgreSQL, one post, cache off: pgbench", "pg-read", "blogd-pg-nocache", "pgbench",
           0.80),
    faster("PostgreSQL, durable POST: pgbench", "pg-write", "blogd-pg", "pgbench", 0.70),
    Goal("PostgreSQL, cached post: CPU, SQLite",
         ratio("pg-cached", "cpu_us", "blogd-pg", "blogd"), 1.05),
    Goal("another instance's edit, seen without cookies: worst",
         lambda f: f.worst_ms("seen-by-other", "blogd-pg", "max_us"), 100, unit="ms"),
    *before_goals(),
    *growth_goals(),
    Goal("all posts streamed: extra memory", of_big("beside-stream", "extra_anon_mib"), 8,
         unit="MiB"),
    Goal("all posts streamed: p99 of others, p99 alone", of_big("beside-stream", "p99_ratio"), 3),
    Goal("memory at idle, defaults",
         lambda f: f.of("idle-memory", "blogd-defaults", "anon_mib"), 12, unit="MiB"),
    Goal("an idle connection",
         lambda f: f.of("idle-connections", "blogd", "bytes_each"), 1024, unit="B"),
    Goal("start with the most posts to the first answer", of_big("start-up", "ms"), 100, unit="ms"),
)


def judged(bench):
    """Rows for the report: {"goal", "unit", "at_most", "limit", "reached", "ratio", "met"}."""
    figures = Figures(bench)
    rows = []
    for goal in GOALS:
        reached, ratio_to_limit, met = goal.judge(figures)
        rows.append({"goal": goal.title, "unit": goal.unit, "at_most": goal.at_most,
                     "limit": goal.limit, "reached": reached, "ratio": ratio_to_limit, "met": met})
    return rows
