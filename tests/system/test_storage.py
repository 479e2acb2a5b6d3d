"""What is stored, and what is never lost."""

import concurrent.futures
import json
import pathlib
import random
import signal
import sqlite3
import threading
import time

SEED = pathlib.Path(__file__).resolve().parent.parent / "data" / "golden_seed.sql"


def resident_kib(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])


def test_two_identical_registrations_end_in_one_account(server):
    for round_number in range(10):
        user = {"username": f"race{round_number}", "email": f"race{round_number}@example.com"}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: server.api("POST", "/api/users", user), range(8)))
        assert sorted(status for status, _ in answers) == [201] + [400] * 7
        assert {a["detail"] for s, a in answers if s == 400} == {"Username already exists"}


def test_ids_are_never_used_again(server):
    made = server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[1]["id"]
    assert server.api("DELETE", f"/api/posts/{made}")[0] == 204
    server.stop()
    server.start()
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[1]["id"] == made + 1


def test_kill_9_loses_nothing_that_was_acknowledged(blogd):
    server = blogd(seed=SEED)
    chance = random.Random(9)
    acknowledged = {}
    for _ in range(5):
        stop = threading.Event()
        lock = threading.Lock()

        def write(worker):
            while not stop.is_set():
                title = f"{worker} {random.random()}"
                try:
                    status, post = server.api("POST", "/api/posts", {"title": title, "content": "x", "user_id": 1})
                except (OSError, ValueError):
                    return
                except Exception:
                    return
                if status == 201:
                    with lock:
                        acknowledged[post["id"]] = title

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.2 + chance.random() * 0.5)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        stop.set()
        for thread in threads:
            thread.join()
        server.start()
        _, posts = server.api("GET", "/api/posts")
        stored = {p["id"]: p["title"] for p in posts}
        lost = {i: t for i, t in acknowledged.items() if stored.get(i) != t}
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged posts are lost"
    assert len(acknowledged) > 50
    db = sqlite3.connect(server.database)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def many_posts(database, count):
    db = sqlite3.connect(database)
    db.execute("""
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        INSERT INTO posts (title, content, user_id, date_posted)
        SELECT 'Post ' || i, 'Some text of post ' || i, 1 + i % 2,
               strftime('%Y-%m-%d %H:%M:%S', '2000-01-01', '+' || i || ' minutes') || '.000000'
        FROM n""", (count,))
    db.commit()
    db.close()


def test_listing_everything_grows_nothing_and_starves_nobody(blogd, request):
    count = 200_000
    server = blogd("--workers", "1", seed=SEED)
    server.stop()
    many_posts(server.database, count)
    server.start()
    server.request("GET", "/api/posts?limit=100")
    before, slowest = resident_kib(server), 0.0
    with server.connect(60) as s:
        s.sendall(b"GET /api/posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        size, peak, turns = 0, before, 0
        tail = b""
        while piece := s.recv(1 << 20):
            size += len(piece)
            tail = (tail + piece)[-64:]
            turns += 1
            if turns % 40 == 0:
                began = time.monotonic()
                assert server.request("GET", "/api/posts/1")[0] == 200
                slowest = max(slowest, time.monotonic() - began)
                peak = max(peak, resident_kib(server))
    assert size > count * 200 and tail.endswith(b"]\r\n0\r\n\r\n")
    if not request.config.getoption("--sanitized"):
        assert peak - before < 8 * 1024, f"grew by {peak - before} KiB"
    assert slowest < 1.0, f"another request waited {slowest:.2f} s"


def test_pages_find_every_post_once_in_both_directions(blogd):
    server = blogd(seed=SEED)
    server.stop()
    many_posts(server.database, 95)
    server.start()
    import re
    def posts_of(url):
        page = server.request("GET", url)[2].decode()
        ids = re.findall(r'<h2[^>]*>\s*<a href="/posts/(\d+)"', page)
        older = re.search(r'href="([^"]*\?before=[^"]*)"', page)
        newer = re.search(r'href="([^"]*\?after=[^"]*)"', page)
        return ids, older and older[1], newer and newer[1]
    seen, url, last = [], "/", None
    while url:
        ids, older, _ = posts_of(url)
        seen += ids
        last, url = url, older
    assert len(seen) == len(set(seen)) == 101
    back, url = [], last
    while url:
        ids, _, newer = posts_of(url)
        back.append(ids)
        url = newer
    assert back[-1] == seen[:10]


def test_deep_pages_of_the_api_agree_with_the_first(blogd):
    server = blogd(seed=SEED)
    ids = []
    while True:
        status, page = server.api("GET", f"/api/posts?skip={len(ids)}&limit=4")
        assert status == 200 and page["total"] == 6 and page["skip"] == len(ids) and page["limit"] == 4
        ids += [p["id"] for p in page["posts"]]
        if not page["has_more"]:
            break
    assert ids == [6, 5, 3, 1, 2, 4]
    status, page = server.api("GET", "/api/posts?skip=9223372036854775807")
    assert status == 200 and page["posts"] == [] and page["has_more"] is False


def tutorial_models(url):
    """The tutorial's own models, as its users have them (SQLAlchemy)."""
    from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, Text, create_engine
    from sqlalchemy.orm import declarative_base, relationship, sessionmaker
    Base = declarative_base()

    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True, index=True)
        username = Column(String(50), unique=True, nullable=False)
        email = Column(String(120), unique=True, nullable=False)
        image_file = Column(String(200), nullable=True, default=None)
        posts = relationship("Post", back_populates="author", cascade="all, delete-orphan")

    class Post(Base):
        __tablename__ = "posts"
        id = Column(Integer, primary_key=True, index=True)
        title = Column(String(100), nullable=False)
        content = Column(Text, nullable=False)
        user_id = Column(Integer, ForeignKey("users.id"), nullable=False, index=True)
        date_posted = Column(DateTime, nullable=False)
        author = relationship("User", back_populates="posts")

    engine = create_engine(url)
    Base.metadata.create_all(engine)
    return User, Post, sessionmaker(engine), engine


def test_the_tutorials_app_and_blogd_take_turns_on_one_file(blogd, tmp_path):
    import datetime
    User, Post, Session, engine = tutorial_models(f"sqlite:///{tmp_path / 'blog.db'}")
    with Session() as db:
        db.add(User(username="tutor", email="tutor@example.com", posts=[
            Post(title="From the tutorial", content="one", date_posted=datetime.datetime(2026, 1, 2, 3, 4, 5, 678))]))
        db.commit()
    engine.dispose()
    server = blogd(folder=tmp_path)
    status, post = server.api("GET", "/api/posts/1")
    assert status == 200 and post["date_posted"] == "2026-01-02T03:04:05.000678Z"
    made = server.api("POST", "/api/posts", {"title": "From blogd", "content": "two", "user_id": 1})[1]
    assert server.stop() == 0
    User, Post, Session, engine = tutorial_models(f"sqlite:///{tmp_path / 'blog.db'}")
    with Session() as db:
        posts = {p.id: p for p in db.query(Post).all()}
        assert posts[made["id"]].title == "From blogd" and posts[made["id"]].author.username == "tutor"
        assert posts[made["id"]].date_posted.isoformat() + "Z" == made["date_posted"]
        db.delete(posts[1])
        third = Post(title="And again", content="three", user_id=1, date_posted=datetime.datetime(2026, 5, 6))
        db.add(third)
        db.commit()
        third_id = third.id
    engine.dispose()
    server.start()
    status, page = server.api("GET", "/api/posts?limit=10")
    assert page["total"] == 2 and {p["id"] for p in page["posts"]} == {made["id"], third_id}
    assert server.api("DELETE", "/api/users/1")[0] == 204
    assert server.api("GET", "/api/posts?limit=10")[1]["total"] == 0


def test_text_of_every_kind_comes_back_as_it_was(server):
    text = "a\u0000b \u202e rtl \U0001f600 <b>&amp;\"'\\ \r\n\t\u007f\u0085\u2028" + "\u0301" * 5
    status, made = server.api("POST", "/api/posts", {"title": text[:60], "content": text, "user_id": 1})
    assert status == 201 and made["title"] == text[:60] and made["content"] == text
    assert server.api("GET", f"/api/posts/{made['id']}")[1] == made
