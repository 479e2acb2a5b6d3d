"""Readers and writers who come when they come (open loop): a request that has to wait does not hold
up the next one, and its wait counts from the moment when it was due."""

import asyncio
import collections
import json
import random
import threading
import time

from browser import Broken, Browser
from checks import Ledger, View, content_of, version_of

# at: when it was due; kind: read or write; status: HTTP's, or a word.
Sample = collections.namedtuple("Sample", "at end client kind status ok")


class Client:
    def __init__(self, number, browser, author):
        self.number, self.browser, self.author = number, browser, author
        self.view, self.posts, self.sent, self.editing = View(), [], 0, False


class Load:
    """Runs in a thread of its own from start() to stop(); the results may be read after that,
    `samples` at any time. Clients with cookies are held to all promises (`faults`); those without
    are measured (`cookieless_faults`)."""

    def __init__(self, server, host, seed, read_rate, write_rate, clients=40, cookieless=10):
        self.server, self.host, self.random = server, host, random.Random(seed)
        self.read_rate, self.write_rate = read_rate, write_rate
        self.counts = (clients, cookieless)
        self.run_name = f"{seed}"
        self.ledger, self.samples = Ledger(), []
        self.faults, self.cookieless_faults = [], []
        self.clients, self.tasks = [], set()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self):
        asyncio.run(self._make_clients())
        self.thread.start()

    def stop(self):
        """No new requests; those under way end."""
        self.stopping.set()
        self.thread.join()

    async def _make_clients(self):
        with_cookies, without = self.counts
        for i in range(with_cookies + without):
            source = f"127.1.{i // 200}.{1 + i % 200}"
            browser = Browser(self.server, self.host, source, i < with_cookies)
            user = json.dumps({"username": f"author{i}", "email": f"author{i}@example.com"})
            status, body = await browser.request("POST", "/api/users", user.encode())
            if status != 201:
                raise RuntimeError(f"no user could be made: {status} {body[:200]}")
            browser.close()
            browser.idle.clear()
            self.clients.append(Client(i, browser, json.loads(body)["id"]))

    async def _run(self):
        due = time.monotonic()
        rate = self.read_rate + self.write_rate
        while not self.stopping.is_set():
            due += self.random.expovariate(rate)
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            client = self.random.choice(self.clients)
            action = self._action(client)
            task = asyncio.create_task(action(client, due))
            self.tasks.add(task)
            task.add_done_callback(self._ended)
        if self.tasks:
            await asyncio.wait(self.tasks)
        for client in self.clients:
            client.browser.close()

    def _ended(self, task):
        self.tasks.discard(task)
        if error := task.exception():
            self.faults.append(f"the load itself failed: {error!r}")

    def _action(self, client):
        dice = self.random.random()
        if dice < self.write_rate / (self.read_rate + self.write_rate):
            if not client.posts or client.editing or self.random.random() > 0.25:
                return self._write
            client.editing = True  # one at a time, so that their order is known
            return self._edit
        kinds = [self._newest, self._home] + [self._own] * (2 if client.posts else 0)
        return self.random.choice(kinds)

    async def _ask(self, client, due, kind, wanted, method, path, body=None, also=None):
        """(status or None, decoded JSON or None), and a sample of it. `wanted`, and `also`: the
        statuses of a success."""
        data = json.dumps(body).encode() if body is not None else None
        answer = None
        try:
            status, content = await client.browser.request(method, path, data)
            if status == wanted and path != "/":
                answer = json.loads(content)
        except Broken as e:
            status = str(e)
        except asyncio.TimeoutError:
            status = "no answer in 30 s"
        self.samples.append(Sample(due, time.monotonic(), client.number, kind, status,
                                   status in (wanted, also)))
        return status, answer

    def _note(self, client, fault):
        if fault is not None:
            faults = self.faults if client.browser.keeps_cookies else self.cookieless_faults
            faults.append(f"{time.strftime('%H:%M:%S')} client {client.number}: {fault}")

    async def _newest(self, client, due):
        floor = client.view.floor()
        _, page = await self._ask(client, due, "read", 200, "GET", "/api/posts?skip=0&limit=1")
        if page is not None:
            first = page["posts"][0] if page["posts"] else {"date_posted": "", "id": 0}
            newest = (first["date_posted"], first["id"])
            self._note(client, client.view.listed(floor, page["total"], newest))

    async def _home(self, client, due):
        await self._ask(client, due, "read", 200, "GET", "/")

    async def _own(self, client, due):
        await self._look_at(client, due, self.random.choice(client.posts[-5:])[0])

    async def _look_at(self, client, due, post):
        floor = client.view.floor(post)
        # Who keeps no cookies may be told by a standby that it does not know the post yet.
        also = None if client.browser.keeps_cookies else 404
        status, answer = await self._ask(client, due, "read", 200, "GET", f"/api/posts/{post}",
                                         also=also)
        version = version_of(answer["content"]) if answer else -1
        self._note(client, client.view.own_post(floor, post, status, version))

    async def _write(self, client, due):
        client.sent += 1
        title = f"{self.run_name}-{client.number}-{client.sent}"
        self.ledger.sent.add(title)
        body = {"title": title, "content": content_of(0), "user_id": client.author}
        _, post = await self._ask(client, due, "write", 201, "POST", "/api/posts", body)
        if post is None:
            return
        self.ledger.acknowledged[title] = post["id"]
        client.posts.append((post["id"], title))
        client.view.acknowledge(post["id"], 0)
        await self._look_at(client, time.monotonic(), post["id"])

    async def _edit(self, client, due):
        post, title = client.posts[-1]
        version = self.ledger.edits[post].sent + 1 if post in self.ledger.edits else 1
        self.ledger.edited(post, sent=version)
        body = {"title": title, "content": content_of(version), "user_id": client.author}
        _, answer = await self._ask(client, due, "write", 200, "PUT", f"/api/posts/{post}", body)
        if answer is not None:
            self.ledger.edited(post, acknowledged=version)
            client.view.acknowledge(post, version)
            await self._look_at(client, time.monotonic(), post)
        client.editing = False
