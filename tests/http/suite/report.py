"""How results are told: each failure with what was sent and what came back, then the counts."""

import json

SHOWN_BYTES = 300


def shortened(data, limit=SHOWN_BYTES):
    text = repr(data[:limit])[1:]
    return text if len(data) <= limit else f"{text} ... {len(data)} bytes"


def failure(result):
    case = result.case
    lines = [f"FAIL {case.name} [{case.level}] {case.why}"]
    lines += [f"     {problem}" for problem in result.problems]
    lines += [f"     sent {shortened(result.sent)}", f"     got  {result.got[:1200]}"]
    return "\n".join(lines)


def levels(results):
    """'MUST 700/715, ...' in the order of weight."""
    told = []
    for level in ("MUST", "SHOULD", "HARDEN", "CONTRACT"):
        of = [r for r in results if r.case.level == level]
        if of:
            told.append(f"{level} {sum(not r.problems for r in of)}/{len(of)}")
    return ", ".join(told)


def write_json(path, results):
    rows = [
        {
            "name": r.case.name,
            "level": r.case.level,
            "why": r.case.why,
            "passed": not r.problems,
            "problems": r.problems,
            "sent": r.sent[:2000].decode("latin-1"),
            "got": r.got,
            "seconds": round(r.seconds, 3),
        }
        for r in results
    ]
    with open(path, "w", encoding="utf-8") as f:
        json.dump(rows, f, indent=1, ensure_ascii=False)


def closing_line(passed, failed):
    return f"{passed} passed, {failed} failed"
