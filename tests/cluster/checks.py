"""What must hold. Nothing here asks a server: records go in, sentences about faults come out."""

import collections

Edit = collections.namedtuple("Edit", "acknowledged sent")  # versions of one post


class Ledger:
    """What the clients sent, and what they were told was stored."""

    def __init__(self):
        self.sent = set()        # titles
        self.acknowledged = {}   # title -> id
        self.edits = {}          # id -> Edit

    def edited(self, post, acknowledged=None, sent=None):
        was = self.edits.get(post, Edit(0, 0))
        self.edits[post] = Edit(max(was.acknowledged, acknowledged or 0), max(was.sent, sent or 0))


def content_of(version):
    return f"version {version}"


def version_of(content):
    """-1: no content of ours."""
    word, _, number = content.partition(" ")
    return int(number) if word == "version" and number.isdigit() else -1


def stored_faults(ledger, rows):
    """`rows`: (id, title, content) of every post in the database at the end."""
    found = collections.defaultdict(list)
    for post, title, content in rows:
        found[title].append((post, content))
    for title, post in sorted(ledger.acknowledged.items()):
        if title not in found:
            yield f"lost: {title} was acknowledged as post {post}"
        elif post not in [p for p, _ in found[title]]:
            yield f"moved: {title} was acknowledged as post {post}, is {found[title][0][0]}"
    for title, posts in sorted(found.items()):
        if title not in ledger.sent:
            yield f"unknown: nobody sent {title}"
        if len(posts) > 1:
            yield f"twice: {title} is {len(posts)} posts"
        for post, content in posts:
            edit = ledger.edits.get(post, Edit(0, 0))
            if not edit.acknowledged <= version_of(content) <= edit.sent:
                yield (f"wrong: post {post} has {content[:40]!r}; version {edit.acknowledged} was "
                       f"acknowledged and {edit.sent} sent")


class View:
    """What one client has seen. Answers are held against what it had seen when it asked, so that
    requests may run side by side. Nobody deletes, so nothing may become less."""

    def __init__(self):
        self.total, self.newest = 0, ("", 0)
        self.versions = {}  # own posts: id -> highest version seen or acknowledged

    def floor(self, post=None):
        return self.total, self.newest, self.versions.get(post, 0)

    def listed(self, floor, total, newest):
        """`newest`: (date, id) of the first post. A fault, or None."""
        fault = None
        if total < floor[0]:
            fault = f"back in time: the total was {floor[0]}, then {total}"
        elif newest < floor[1]:
            fault = f"back in time: the newest post was {floor[1]}, then {newest}"
        self.total, self.newest = max(self.total, total), max(self.newest, newest)
        return fault

    def own_post(self, floor, post, status, version):
        """An answer to a look at an own post. A fault, or None; failures (5xx) are none."""
        if status == 404:
            return f"not seen: own post {post}"
        if status != 200:
            return None
        fault = None
        if version < floor[2]:
            fault = f"back in time: own post {post} had version {floor[2]}, then {version}"
        self.acknowledge(post, version)
        return fault

    def acknowledge(self, post, version):
        self.versions[post] = max(self.versions.get(post, 0), version)


Window = collections.namedtuple("Window", "requests failed gap client_gap slowest")


def window(samples, begin, end):
    """How `samples` of one kind went between two times: failed requests; the longest time in which
    nothing succeeded for anybody, and for one client from its first failure to its next success;
    the slowest success. In seconds."""
    samples = [s for s in samples if begin <= s.at < end]
    good = sorted(s.end for s in samples if s.ok)
    times = [begin, *good, max([end, *good])]
    gap = max(b - a for a, b in zip(times, times[1:]))
    clients = collections.defaultdict(list)
    for s in samples:
        clients[s.client].append(s)
    client_gap = max([client_outage(own) for own in clients.values()], default=0.0)
    slowest = max([s.end - s.at for s in samples if s.ok], default=0.0)
    return Window(len(samples), sum(not s.ok for s in samples), gap, client_gap, slowest)


def client_outage(samples):
    longest, since = 0.0, None
    for s in sorted(samples, key=lambda s: s.end):
        if not s.ok and since is None:
            since = s.at
        elif s.ok and since is not None:
            longest, since = max(longest, s.end - since), None
    return max(longest, samples[-1].end - since) if since is not None else longest
