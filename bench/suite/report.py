"""Saves a run: results.json with everything, results.md with tables, plots. And publishes it."""

import json
import re
import statistics

import drawings
import goals
import machine
import tables
from cases import CASES

BEGIN, END = "<!-- results: begin (bench/run --publish) -->", "<!-- results: end -->"
# What docs/scaling.md shows; docs/performance.md shows the rest.
SCALING_GROUPS = {"PostgreSQL", "sizing", "behind nginx", "two instances"}
SCALING_GOALS = ("PostgreSQL", "another instance")


def summary(bench):
    """{case: {contestant: {value: {"median", "min", "max"}}}}"""
    out = {}
    for row in bench.results:
        names = out.setdefault(row["case"], {}).setdefault(row["contestant"], {})
        for name, value in row["values"].items():
            names.setdefault(name, []).append(value)
    for names in (n for case in out.values() for n in case.values()):
        for name, values in names.items():
            names[name] = {"median": statistics.median(values), "min": min(values),
                           "max": max(values)}
    return out


def is_shown(case, page):
    """page "": everything."""
    return not page or (case.group in SCALING_GROUPS) == (page == "scaling")


def cases_markdown(measured, page=""):
    """A section a group, a table a case."""
    out, group = "", None
    for case in CASES:
        if case.name not in measured or not is_shown(case, page):
            continue
        if case.group != group:
            group = case.group
            out += f"\n### {sentence(group)}\n"
        if case.name == "disk":
            took = tables.cell("ms", measured["disk"]["disk"]["fdatasync_us"])
            out += f"\nThe disk's own fdatasync of 4 KiB: {took} us.\n"
            continue
        make = tables.of_parts if group == "micro" else tables.of_case
        out += f"\n{sentence(case.title)} (`{case.name}`)\n\n{make(case, measured[case.name])}"
    return out


def sentence(words):
    return words[0].upper() + words[1:]


def markdown(bench, run, page=""):
    rows = [row for row in run["goals"]
            if not page or row["goal"].startswith(SCALING_GOALS) == (page == "scaling")]
    pictures = "" if page == "scaling" else "\n\n".join(
        f"![{name}](PLOTS/{name}.svg)" for name in run["plots"])
    return (
        f"Measured on {run['date']} with `{run['command']}`: {run['rounds']} interleaved rounds of"
        f" {run['seconds']} s, {run['posts']:,} posts unless said otherwise.\n"
        f"\n### Goals\n\n{tables.of_goals(rows)}\n{pictures}\n"
        + cases_markdown(run["summary"], page)
        + f"\n### Rounds to look at twice\n\n{tables.flag_lines(bench)}"
        f"\n### Answers compared\n\n{tables.of_checks(bench)}"
        f"\n### Left out\n\n{tables.left_out(bench)}"
        f"\n### Machine\n\n{tables.of_facts(run['machine'])}\n{tables.disturbances(bench)}"
        f"\n### Versions\n\n{tables.of_facts(run['versions'])}")


def save(bench, command, date):
    """Writes everything to bench.out. Returns the run as data."""
    measured = summary(bench)
    plotted = drawings.of_run(bench, measured)
    run = {
        "date": date, "command": command, "quick": bench.quick, "rounds": bench.rounds,
        "seconds": bench.seconds, "posts": bench.posts, "sizes": bench.sizes,
        "machine": machine.facts(bench.repository),
        "versions": machine.versions(bench.repository, bench.blogd, bench.modules),
        "goals": goals.judged(bench), "summary": measured, "checks": bench.checks,
        "failures": bench.failures, "missing": bench.missing, "impossible": bench.impossible,
        "plots": list(plotted), "rounds_run": bench.results,
    }
    (bench.out / "results.json").write_text(json.dumps(run, indent=1) + "\n")
    run["markdown"] = markdown(bench, run)
    (bench.out / "results.md").write_text("# Results\n\n" + run["markdown"].replace("PLOTS/", ""))
    for name, svg in plotted.items():
        (bench.out / f"{name}.svg").write_text(svg)
    return run


def publish(bench, run):
    """The results into docs/performance.md and docs/scaling.md, between their markers, and the
    plots beside them; a page of which nothing was measured stays as it is."""
    docs = bench.repository / "docs"
    for page in ("performance", "scaling"):
        if not any(case.name in run["summary"] and is_shown(case, page) for case in CASES):
            continue
        put_between(docs / f"{page}.md", markdown(bench, run, page).replace("PLOTS/", f"{page}/"))
        if page == "performance":
            (docs / page).mkdir(exist_ok=True)
            for name in run["plots"]:
                (docs / page / f"{name}.svg").write_text((bench.out / f"{name}.svg").read_text())


def put_between(page, results):
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise RuntimeError(f"{page} has no markers for the results")
    marked = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.S)
    page.write_text(marked.sub(lambda _: f"{BEGIN}\n\n{results}\n{END}", text))
