"""What a run has at hand: folders, seeds, servers, blogd's answers and all rounds so far."""

import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import time

import checks
import contestants
import database
import machine
import nginx
import pgbench
from answers import exchange
from contestants import Key
from generators import wrk
from seed import Seeds
from servers import GENERATOR_CORE, Fleet

QUICK_SKIPS = {"growth", "open loop", "memory"}  # --quick measures blogd and nginx-best alone there
PEERS = ("floor", "nginx-best", "nginx-default", "nginx-return", "fastapi", "fastapi-default",
         "node", "bun", "pgbench", "pgbench-piped")


class Bench:
    def __init__(self, options):
        self.repository = pathlib.Path(__file__).resolve().parents[2]
        self.tree, self.modules = options.tree.resolve(), options.modules.resolve()
        self.out = options.out.resolve()
        self.work = self.repository / "build" / "bench" / f"work-{os.getpid()}"
        self.quick, self.rounds, self.seconds = options.quick, options.rounds, options.seconds
        self.posts, self.sizes = options.posts, options.sizes
        self.big = max(size for size in self.sizes if size <= 1_000_000)
        self.idle = options.idle
        self.blogd = self.tree / "blogd"
        self.before = options.before and options.before.resolve()
        help_text = subprocess.run([self.blogd, "--help"], capture_output=True, text=True).stdout
        self.has_cache = "--cache-size" in help_text
        self.no_postgres = (database.missing() if "postgresql://" in help_text
                            else "this blogd has no PostgreSQL")
        self.missing = contestants.missing(self)
        self.missing |= {peer: "not asked for" for peer in PEERS if peer not in options.peers}
        self.results, self.failures, self.checks = [], [], []
        self.capacity, self.pages, self.paths, self.impossible = {}, {}, {}, {}
        self.seen = set()

    def __enter__(self):
        os.sched_setaffinity(0, {GENERATOR_CORE})  # and so every generator that it starts
        self.out.mkdir(parents=True, exist_ok=True)
        self.work.mkdir(parents=True)
        # A newer blogd takes over an older one's file, never the other way round.
        oldest = self.before / "blogd" if self.before else self.blogd
        self.seeds = Seeds(self.repository / "build" / "bench" / "seeds", oldest, self.say)
        self.fleet = Fleet(self.work, lambda key, folder: contestants.make(self, key, folder))
        self.post_body = self.work / "post.json"
        self.post_body.write_text(json.dumps(
            {"title": "A post", "content": "Some words of a post. " * 45, "user_id": 1}))
        return self

    def __exit__(self, *_):
        self.fleet.stop()
        if "database" in vars(self):
            self.database.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def say(self, text):
        print(f"bench: {text}", flush=True)

    def program(self, name):
        return self.tree / "bench" / name

    # PostgreSQL, for those cases that need it

    @functools.cached_property
    def database(self):
        return database.Database(self.blogd, self.work / "database", self.posts, self.say)

    @functools.cached_property
    def scripts(self):
        return pgbench.Scripts(self, self.database)

    # Which requests

    def path_of(self, case, posts):
        return (case.path.replace("{id}", str(max(1, posts // 2))).replace("{last}", str(posts))
                .replace("{deep}", str(posts * 9 // 10)))

    def request(self, case, server, key):
        """(path, header lines) of a case at a server."""
        path = self.path_of(case, key.posts)
        if key.name.startswith("nginx"):
            path = nginx.file_path(path)
        headers = case.headers
        if any("{etag}" in line for line in headers):
            etag = exchange(server.port, path).field("ETag")
            headers = tuple(line.replace("{etag}", etag or "") for line in headers)
        return path, headers

    def capture(self, cases):
        """blogd's answers to the reading cases, for those who send them as fixed bytes. Cases that
        this blogd cannot answer as they want it are noted with the reason."""
        server = self.fleet.get("blogd")
        for case in cases:
            path, headers = self.request(case, server, Key.parse("blogd", self.posts))
            if case.status == 304 and exchange(server.port, path).field("ETag") is None:
                self.impossible[case.name] = "blogd gave no ETag"
                continue
            answer = self.settled(server, path, headers)
            if "Accept-Encoding: gzip" in headers and answer.field("Content-Encoding") != "gzip":
                self.impossible[case.name] = "blogd did not compress"
                continue
            if answer.status != case.status:
                raise RuntimeError(f"blogd answers {path} with {answer.status}")
            self.paths[case.name], self.pages[case.name] = self.path_of(case, self.posts), answer
        self.fleet.pause_all()

    @staticmethod
    def settled(server, path, headers):
        """A compressed answer may come only after it was made once, in the background."""
        for _ in range(20):
            answer = exchange(server.port, path, headers)
            if not headers or answer.field("Content-Encoding") is not None or answer.status != 200:
                break
            time.sleep(0.05)
        return answer

    # Before the first round

    def first_time(self, *what):
        new = what not in self.seen
        self.seen.add(what)
        return new

    def warm(self, case, text, server, path, headers):
        """Looks at one answer, then lets the server run for a while without measuring."""
        if not self.first_time("warm", case.name, text):
            return
        answer = self.settled(server, path, headers)
        self.checks.append(checks.of_answer(self, case, text, answer))
        if self.quick:
            for _ in range(20):
                exchange(server.port, path, headers)
        else:
            wrk(self, server, path, case.connections, headers, seconds=2)

    def warm_file(self, text, server):
        """Brings the database into the system's cache."""
        if self.first_time("file", text):
            with open(server.database, "rb") as file:
                while file.read(1 << 20):
                    pass

    # Rounds

    def expand(self, case):
        """Keys of those who take part in a case."""
        keys = []
        for text in case.contestants:
            name = Key.parse(text.partition("@")[0], 0).name
            if name in self.missing:
                continue
            if self.quick and case.group in QUICK_SKIPS and name not in (
                    "blogd", "blogd-defaults", "nginx-best"):
                continue
            sizes = {"SIZES": self.sizes, "BIG": (self.big,)}.get(text.partition("@")[2])
            keys += [text] if sizes is None else [f"{name}@{size}" for size in sizes]
        return keys

    def run(self, case):
        if case.name in self.impossible:
            self.say(f"{case.title}: skipped, {self.impossible[case.name]}")
            return
        keys = self.expand(case)
        self.say(f"{case.title}: {', '.join(keys) or 'nobody takes part'}")
        for number in range(self.rounds):
            for key in list(keys):
                if not self.one_round(case, key, number):
                    keys.remove(key)

    def one_round(self, case, key, number):
        load, stolen, began = machine.load_average(), machine.stolen_seconds(), time.time()
        try:
            values = case.measure(self, case, key)
        except (OSError, RuntimeError, ValueError, subprocess.CalledProcessError) as failure:
            said = self.fleet.log_tail(key)
            self.failures.append({"case": case.name, "contestant": key, "round": number,
                                  "why": str(failure)[:500], "log": said})
            self.say(f"  {key} FAILED: {str(failure)[:200]}\n{said}")
            self.fleet.drop(key)
            return False
        finally:
            self.fleet.pause_all()
        self.results.append({
            "case": case.name, "contestant": key, "round": number, "values": values,
            "flags": checks.flags(case, values), "at": round(began, 1),
            "load_before": load, "load_after": machine.load_average(),
            "stolen_s": round(machine.stolen_seconds() - stolen, 3)})
        return True

    def values(self, case, key, name):
        return [r["values"][name] for r in self.results
                if r["case"] == case and r["contestant"] == key and name in r["values"]]

    def median(self, case, key, name):
        """None when it was not measured."""
        found = self.values(case, key, name)
        return statistics.median(found) if found else None
