"""Threads that write posts without a pause, and remember what they were told."""

import collections
import http.client
import json
import threading
import time

NOT_STORED = ("Too busy", "The database does not take this")


class Writers:
    """Use as a context manager: they write while the block runs. Each title is sent once, so that
    a post which is stored twice shows."""

    def __init__(self, *servers, count=4, prefix="w", user_id=1):
        self.servers, self.prefix, self.user_id = servers, prefix, user_id
        self.stored = {}                       # title: id, of those that were answered 201
        self.denied = set()                    # titles of which was said that they are not stored
        self.answers = collections.Counter()   # status, or the name of the exception
        self.times = []                        # (moment of the answer, seconds that it took, status)
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number):
        server = self.servers[number % len(self.servers)]
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        done = 0
        while not self._end.is_set():
            done += 1
            title = f"{self.prefix} {number} {done}"
            began = time.monotonic()
            try:
                status, answer = self._post(connection, title)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                status, answer = type(error).__name__, {}
            now = time.monotonic()
            with self._lock:
                self.answers[status] += 1
                self.times.append((now, now - began, status))
                if status == 201:
                    self.stored[title] = answer["id"]
                elif answer.get("detail", "").startswith(NOT_STORED):
                    self.denied.add(title)
            if status != 201:
                self._end.wait(0.01)
        connection.close()

    def _post(self, connection, title):
        body = json.dumps({"title": title, "content": "x" * 200, "user_id": self.user_id})
        connection.request("POST", "/api/posts", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content)

    def wait_for(self, more, seconds=30):
        """Until so many more were stored."""
        goal, end = len(self.stored) + more, time.monotonic() + seconds
        while len(self.stored) < goal:
            assert time.monotonic() < end, f"only {len(self.stored)} of {goal} were stored: {self.answers}"
            time.sleep(0.005)

    def check(self, postgres, database):
        """Every answer 201 is a row, under its id; none is there twice, nor any that is said not to be."""
        rows = postgres.psql(f"SELECT title, id FROM posts WHERE title LIKE '{self.prefix} %'", database=database)
        found = {title: int(number) for title, number in rows}
        assert len(found) == len(rows), "a post was stored twice"
        lost = {title for title, number in self.stored.items() if found.get(title) != number}
        assert not self.denied & found.keys(), "a post was stored of which was said that it is not"
        assert not lost, f"{len(lost)} of {len(self.stored)} acknowledged posts are lost: {sorted(lost)[:5]}"
