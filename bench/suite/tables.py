"""Markdown tables of what was measured."""

import statistics

import plots
from contestants import LABELS, label

LOAD = (("rps", "requests/s"), ("cpu_us", "CPU us/request"), ("p50_us", "p50 us"),
        ("p99_us", "p99 us"))
MEMORY = (("anon_mib", "anonymous MiB"), ("file_mib", "of files MiB"))
BUSY = (("busy", "server busy"),)
WITH_EXTREMES = ("rps", "cpu_us", "db_cpu_us", "blogd_cpu_us", "ms", "seconds")
BESIDE_DATABASE = (("rps", "requests/s"), ("cpu_us", "CPU us/request"),
                   ("db_cpu_us", "PostgreSQL's CPU us/request"), ("mean_us", "mean us"),
                   ("p50_us", "p50 us"), ("p99_us", "p99 us"), ("fdatasync_us", "fdatasync us")
                   ) + BUSY + (("wrong_status", "failed"), ("lost", "lost")) + MEMORY
# Columns of each group's table; a name that no round has is left out.
COLUMNS = {
    "reads": LOAD + BUSY + (("bytes", "bytes"),) + MEMORY,
    "streaming": (("seconds", "seconds"), ("mib_per_s", "MiB/s"),
                  ("cpu_us_per_post", "CPU us/post"))
    + LOAD + (("p50_alone_us", "p50 alone us"), ("p99_alone_us", "p99 alone us"),
              ("p99_ratio", "p99 ratio"), ("extra_anon_mib", "extra anonymous MiB")),
    "writes": LOAD + (("p99_to_p50", "p99/p50"), ("fdatasync_us", "fdatasync us")) + BUSY
    + (("wrong_status", "failed"), ("lost", "lost")) + MEMORY,
    "mixed": LOAD + (("p999_us", "p99.9 us"), ("wrong_status", "failed")) + BUSY + MEMORY,
    "SQLite in process": LOAD,
    "PostgreSQL": BESIDE_DATABASE, "sizing": BESIDE_DATABASE,
    "behind nginx": (("rps", "requests/s"), ("cpu_us", "nginx's CPU us/request"),
                     ("blogd_cpu_us", "blogd's CPU us/request"), ("p50_us", "p50 us"),
                     ("p99_us", "p99 us"), ("bytes", "bytes"), ("wrong_status", "failed")) + BUSY,
    "two instances": (("kept", "answered from what is kept"), ("writes_per_s", "writes/s"),
                      ("p50_us", "p50 us"), ("p99_us", "p99 us"), ("max_us", "max us"),
                      ("seen_p50_us", "seen after, p50 us"), ("seen_max_us", "seen after, max us"),
                      ("blogd_ms_per_s", "blogd's CPU ms/s"),
                      ("database_ms_per_s", "PostgreSQL's CPU ms/s, an instance")),
    "growth": LOAD + (("p999_us", "p99.9 us"), ("max_us", "max us")) + MEMORY,
    "open loop": (("rate", "asked/s"),) + LOAD
    + (("p999_us", "p99.9 us"), ("max_us", "max us")) + BUSY,
    "memory": (("connections", "connections"), ("bytes_each", "bytes each")) + MEMORY,
    "start-up": (("ms", "ms"),) + MEMORY,
}


def cell(name, value):
    if value is None:
        return "-"
    if name in ("busy", "kept"):
        return f"{value['median']:.0%}"
    show = plots.number if name not in ("wrong_status", "lost", "connections") else "{:.0f}".format
    if name in WITH_EXTREMES and value["min"] != value["max"]:
        return f"{show(value['median'])} ({show(value['min'])} to {show(value['max'])})"
    return show(value["median"])


def table(headings, rows, words=1):
    """The first `words` columns are words, the others numbers."""
    out = ["| " + " | ".join(headings) + " |",
           "|---" * words + "|--:" * (len(headings) - words) + "|"]
    return "\n".join(out + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def of_case(case, measured):
    columns = [column for column in COLUMNS[case.group]
               if any(column[0] in values for values in measured.values())]
    rows = [[label(key)] + [cell(name, values.get(name)) for name, _ in columns]
            for key, values in measured.items()]
    return table([""] + [heading for _, heading in columns], rows)


def of_parts(_, measured):
    values = measured["micro"]
    return table(["", "CPU ns"], [[name.removesuffix("_ns"), plots.number(value["median"])]
                                  for name, value in values.items()])


def of_goals(rows):
    def shown(row):
        if row["reached"] is None:
            return "-", "-", "not measured"
        return (f"{plots.number(max(row['reached'], 0))} {row['unit']}", f"{row['ratio']:.2f}",
                "yes" if row["met"] else "**no**")

    lines = []
    for row in rows:
        bound = "at most" if row["at_most"] else "at least"
        lines.append([row["goal"], f"{bound} {row['limit']:g} {row['unit']}", *shown(row)])
    return table(["what, compared with what", "goal", "reached", "reached / goal", "met"], lines)


def flag_lines(bench):
    lines = [f"- {f['case']}, {f['contestant']}, round {f['round'] + 1}: FAILED: {f['why']}"
             for f in bench.failures]
    for row in bench.results:
        if row["flags"]:
            lines.append(f"- {row['case']}, {row['contestant']}, round {row['round'] + 1}:"
                         f" {'; '.join(row['flags'])}")
    return "\n".join(lines) + "\n" if lines else "None.\n"


def disturbances(bench):
    if not bench.results:
        return "No round was run.\n"
    stolen = sum(r["stolen_s"] for r in bench.results)
    loads = [r["load_before"] for r in bench.results]
    return (f"Load average before a round: {min(loads):.2f} to {max(loads):.2f}, median"
            f" {statistics.median(loads):.2f} (a run alone stays near 2: a server and a generator)."
            f" Time stolen by the host during all rounds: {stolen:.2f} s.\n")


def of_checks(bench):
    rows = [[c["case"], label(c["contestant"]), c["result"], "yes" if c["good"] else "**no**"]
            for c in bench.checks]
    return table(["case", "contestant", "its answer", "as it should be"], rows, words=4)


def of_facts(facts):
    return table(["", ""], [[name, value] for name, value in facts.items()], words=2)


def left_out(bench):
    lines = [f"- {LABELS[name]}: {why}" for name, why in bench.missing.items()]
    lines += [f"- case {name}: {why}" for name, why in bench.impossible.items()]
    return "\n".join(lines) + "\n" if lines else "Nobody and nothing.\n"
