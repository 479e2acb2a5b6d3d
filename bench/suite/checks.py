"""What must hold for the figures to mean something: equal answers, busy servers, no errors."""

from answers import same_json
from contestants import Key

HEAD_APART_MAX = 32  # bytes, in an answer of several thousand
BUSY_MIN = 0.85  # of its core; below it a server waited for the generator


def of_answer(bench, case, text, answer):
    """Compares one answer with blogd's. Returns {"case", "contestant", "result", "good"}."""
    name = Key.parse(text, 0).name
    result, good = _compare(bench.pages.get(case.same_as or case.name), case, name, answer)
    if not good:
        bench.say(f"  {text}: {result}")
    return {"case": case.name, "contestant": text, "result": result, "good": good}


def _compare(ours, case, name, answer):
    if answer.status != case.status and name != "floor":
        return f"status {answer.status} instead of {case.status}", False
    if ours is None:
        return "nothing to compare with", True
    size = f"head {len(answer.head)} bytes, body {len(answer.body)}"
    if name == "floor":
        return f"{answer.size} bytes in all, as blogd's {ours.size}", answer.size == ours.size
    if name.startswith("nginx"):
        if case.status == 304:
            return f"{answer.size} bytes, blogd's {ours.size}", True
        dynamic_gzip = name == "nginx-default" and answer.field("Content-Encoding") == "gzip"
        if dynamic_gzip:
            return f"{size}: compressed anew for each request; blogd's {ours.size} in all", True
        same = (answer.body == ours.body
                and answer.field("Content-Type") == ours.field("Content-Type"))
        # One location serves the page and its .gz, with heads made equal for the page.
        apart_max = HEAD_APART_MAX if ours.field("Content-Encoding") else 0
        return (f"body and type as blogd's, heads {len(answer.head)} and {len(ours.head)} bytes",
                same and abs(len(answer.head) - len(ours.head)) <= apart_max)
    if name.startswith("blogd"):
        if ours.field("Content-Encoding") and not answer.field("Content-Encoding"):
            return f"{size}: NOT COMPRESSED, since nothing is kept", True
        return size, answer.body == ours.body
    if case.name == "post-json" or case.name.startswith("list"):
        same = same_json(ours.body, answer.body)
        return {"bytes": "the same bytes as blogd's", "content": "the same JSON, other bytes",
                "no": "ANOTHER ANSWER than blogd's"}[same], same != "no"
    return f"{size}; blogd's head {len(ours.head)}, body {len(ours.body)}", True


def why_idle(values, busy):
    if "waiting" not in values:
        return "so others had its core, or the disk was slow"
    # Threads also wait for their sisters, so all of them together for more than the round.
    ready = min(values["waiting"], 1 - busy)
    why = "others had its core" if busy + ready >= BUSY_MIN else "it waited for requests"
    return (f"ready without its core {ready:.0%}, generator busy"
            f" {values['generator_busy']:.0%}: {why}")


def flags(case, values):
    """What a reader must know about a round."""
    found = []
    busy = values.get("busy")
    if case.saturates and busy is not None and busy < BUSY_MIN:
        found.append(f"server busy {busy:.0%}, {why_idle(values, busy)}")
    if values.get("rps") == 0:
        found.append("no answer at all")
    if values.get("errors"):
        found.append(f"{values['errors']} errors")
    if values.get("wrong_status"):
        found.append(f"{values['wrong_status']} answers of another status")
    if values.get("lost"):
        found.append(f"{values['lost']} ACKNOWLEDGED POSTS LOST")
    if case.rate > 1 and values.get("rps", case.rate) < 0.98 * case.rate:
        found.append(f"only {values['rps']:.0f} of {case.rate:.0f} requests/s")
    return found
