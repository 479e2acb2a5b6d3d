"""Which plots a run gives."""

import plots
from cases import CASES
from contestants import label

FIXED_BYTES = ("blogd", "blogd-nocache", "floor", "nginx-best", "nginx-default", "nginx-return")
APPLICATIONS = ("blogd", "blogd-nocache", "fastapi", "fastapi-default", "node", "bun")
BARS = (
    ("fixed-bytes", "One post as JSON: CPU microseconds a request", "post-json", "cpu_us",
     FIXED_BYTES),
    ("applications", "One post as JSON: requests a second", "post-json", "rps", APPLICATIONS),
    ("home", "Home page: requests a second", "home", "rps", APPLICATIONS),
)


def bar_rows(measured, case, value, only):
    rows = [(label(key), *(values[value][name] for name in ("median", "min", "max")))
            for key, values in measured.get(case, {}).items() if value in values and key in only]
    return sorted(rows, key=lambda row: row[1], reverse=value == "rps")


def line_series(measured, cases, value, keys):
    """`cases`: (x, case name)."""
    series = []
    for key in keys:
        points = [(x, measured[case][key][value]["median"]) for x, case in cases
                  if value in measured.get(case, {}).get(key, {})]
        if points:
            series.append((label(key), points))
    return series


def growth_series(bench, measured):
    series = []
    for case in (c for c in CASES if c.group == "growth" and c.name in measured):
        for value in ("p50_us", "p99_us"):
            points = [(size, measured[case.name][f"blogd@{size}"][value]["median"])
                      for size in bench.sizes if f"blogd@{size}" in measured[case.name]]
            series.append((f"{case.name.removeprefix('growth-')}, {value[:3]}", points))
    return [s for s in series if s[1]]


def of_run(bench, measured):
    """{name: SVG} of what was measured."""
    out = {}
    for name, title, case, value, only in BARS:
        if rows := bar_rows(measured, case, value, only):
            out[name] = plots.bars(title, rows)
    connections = [(n, f"post-{n}") for n in (1, 8, 64, 256)]
    if series := line_series(measured, connections, "rps", APPLICATIONS):
        out["writes"] = plots.lines("Durable POST", "connections", "requests/s", series, log_y=True)
    if series := growth_series(bench, measured):
        out["growth"] = plots.lines("Latency by size of the blog", "posts", "microseconds", series,
                                    log_y=True)
    shares = [(n, f"open-{n}") for n in (10, 50, 80)]
    if series := line_series(measured, shares, "p99_us", APPLICATIONS + ("nginx-best",)):
        out["open-loop"] = plots.lines("p99 of one post as JSON, open loop", "% of capacity",
                                       "microseconds", series, log_y=True)
    return out
