"""How the faults went: a table for people, JSON for programs, and what was worse than allowed."""

import collections
import json

from checks import window
from faults import FAILOVER

# Seconds for which nothing at all may succeed. An instance's failure costs what nginx waits for it;
# reads always find somebody.
BOUNDS = {
    "none": {"write": 3, "read": 3},
    "instance": {"write": 5, "read": 3},
    "writes": {"write": FAILOVER, "read": 3},
}


def windows(runs, samples):
    """[(run, {kind: Window})]; a run is (fault's name, away, begin, end)."""
    by_kind = {kind: [s for s in samples if s.kind == kind] for kind in ("write", "read")}
    return [(run, {kind: window(own, run.begin, run.end) for kind, own in by_kind.items()})
            for run in runs]


def broken_bounds(measured):
    for run, kinds in measured:
        for kind, seen in kinds.items():
            if seen.gap > BOUNDS[run.away][kind]:
                yield (f"{run.name}: no {kind} succeeded for {seen.gap:.1f} s; "
                       f"at most {BOUNDS[run.away][kind]} s are allowed")
            if run.away == "none" and seen.failed:
                yield f"{run.name}: {seen.failed} {kind} requests failed; none may"


def table(measured):
    words = f"{'failed':>6} {'away':>6} {'client':>6} {'slowest':>7}"
    lines = ["seconds; away: nothing succeeded for anybody; client: for one of them",
             f"{'':27}   {'writes':>8} {words}   {'reads':>7} {words}"]
    for run, kinds in measured:
        words = f"{run.name:20} {run.end - run.begin:6.1f}"
        for kind, width in (("write", 8), ("read", 7)):
            w = kinds[kind]
            words += (f"   {w.requests:{width}} {w.failed:6} {w.gap:6.1f} {w.client_gap:6.1f} "
                      f"{w.slowest:7.2f}")
        lines.append(words)
    return "\n".join(lines)


def counts(load):
    return {"sent": len(load.ledger.sent), "acknowledged": len(load.ledger.acknowledged),
            "edits": sum(e.acknowledged for e in load.ledger.edits.values()),
            "requests": len(load.samples), "cookieless faults": len(load.cookieless_faults)}


def tell(measured, load, problems):
    print(table(measured))
    print(", ".join(f"{name} {n}" for name, n in counts(load).items()))
    failures = collections.Counter((s.kind, str(s.status)) for s in load.samples if not s.ok)
    for (kind, status), n in failures.most_common():
        print(f"failed: {n} {kind} requests: {status}")
    for fault in load.cookieless_faults[:3]:
        print(f"measured, not promised: {fault}")
    for problem in problems[:40]:
        print(f"FAILED {problem}")


def write(file, options, measured, load, problems):
    document = {
        "seed": options.seed, "short": options.short, "counts": counts(load),
        "faults": [{"name": run.name, "seconds": round(run.end - run.begin, 1),
                    **{kind: {k: round(v, 3) for k, v in seen._asdict().items()}
                       for kind, seen in kinds.items()}} for run, kinds in measured],
        "problems": problems,
    }
    file.write_text(json.dumps(document, indent=1) + "\n")
