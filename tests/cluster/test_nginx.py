"""deploy/nginx as it stands, before servers that only note what they are asked."""

import http.client
import http.server
import socket
import subprocess
import threading
import time

import pytest

import nginx


class Upstream(http.server.ThreadingHTTPServer):
    """Notes each request. `mood`: ok, or what it does instead of answering."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mood, self.seen, self.cookie, self.caching = "ok", [], None, "no-cache"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def target(self):
        return f"127.0.0.1:{self.server_port}"

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers.items())))
        if self.server.mood == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.server.mood == "hang":
            time.sleep(9)  # longer than nginx waits
        body = b"%d" % len(self.server.seen)
        self.send_response(503 if self.server.mood == "busy" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", self.server.caching)
        if self.server.cookie:
            self.send_header("Set-Cookie", self.server.cookie)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front:
    """A running nginx."""

    def __init__(self, folder, configuration, targets, **keywords):
        self.port = free_port()
        words = nginx.write(folder, configuration, "127.0.0.1", self.port, targets, **keywords)
        subprocess.run([*words, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(words)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise RuntimeError("nginx does not listen")

    def ask(self, method, path="/", body=None, host=nginx.HOST, **headers):
        """(status, body, headers)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, answer.headers


@pytest.fixture
def upstreams():
    made = [Upstream() for _ in range(3)]
    yield made
    for upstream in made:
        upstream.close()


@pytest.fixture
def front(tmp_path):
    made = []

    def make(configuration, targets, **keywords):
        made.append(Front(tmp_path / "nginx", configuration, targets, **keywords))
        return made[-1]
    yield make
    for f in made:
        f.process.terminate()
        f.process.wait(20)


@pytest.fixture
def cluster(front, upstreams):
    return front("blogd-cluster.conf", [u.target for u in upstreams])


def chosen(front, upstreams):
    """The instance that this client is sent to."""
    front.ask("GET", "/which")
    return next(u for u in upstreams if any(path == "/which" for _, path, _ in u.seen))


def requests(upstreams, path):
    return sum(p == path for u in upstreams for _, p, _ in u.seen)


@pytest.mark.parametrize("configuration", ["blogd.conf", "blogd-cluster.conf"])
def test_what_blogd_is_told(front, upstreams, configuration):
    f = front(configuration, [upstreams[0].target])
    assert f.ask("GET", "/x", X_Forwarded_For="6.6.6.6", Forwarded="for=6.6.6.6")[0] == 200
    _, path, told = upstreams[0].seen[0]
    assert path == "/x" and told["Host"] == nginx.HOST
    assert told["X-Forwarded-For"] == "127.0.0.1" and told["X-Forwarded-Proto"] == "http"
    assert "Forwarded" not in told and "Connection" not in told


@pytest.mark.parametrize("configuration", ["blogd.conf", "blogd-cluster.conf"])
def test_another_host_gets_no_answer(front, upstreams, configuration):
    f = front(configuration, [upstreams[0].target])
    for host in ("evil.example", "127.0.0.1"):
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            f.ask("GET", host=host)
    assert upstreams[0].seen == []


def test_a_body_above_blogds_limit_reaches_blogd(cluster, upstreams):
    assert cluster.ask("POST", body=b"x" * (1 << 20) + b"x")[0] == 200
    assert cluster.ask("POST", body=b"x" * (6 << 20))[0] == 200
    assert cluster.ask("POST", body=b"x" * (9 << 20))[0] == 413


def test_a_client_stays_with_one_instance(cluster, upstreams):
    for i in range(20):
        cluster.ask("GET" if i % 2 else "POST")
    assert sorted(len(u.seen) for u in upstreams) == [0, 0, 20]


@pytest.mark.parametrize("mood", ["drop", "hang"])
def test_a_read_goes_to_another_instance(cluster, upstreams, mood):
    first = chosen(cluster, upstreams)
    first.mood = mood
    assert cluster.ask("GET", "/read")[0] == 200
    assert requests(upstreams, "/read") == 2


def test_what_blogd_refuses_is_not_asked_again(cluster, upstreams):
    for upstream in upstreams:
        upstream.mood = "busy"
    for _ in range(4):  # and nobody is put aside for it
        assert cluster.ask("GET", "/busy")[0] == 503
    assert requests(upstreams, "/busy") == 4


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_never_sent_twice(cluster, upstreams, method):
    first = chosen(cluster, upstreams)
    first.mood = "drop"
    status, body, headers = cluster.ask(method, "/write", b"{}")
    assert status == 502 and body.startswith(b'{"detail":"') and headers["Retry-After"] == "1"
    assert headers["Content-Type"] == "application/json"
    assert requests(upstreams, "/write") == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_that_was_not_sent_goes_to_another_instance(cluster, upstreams, method):
    first = chosen(cluster, upstreams)
    time.sleep(1.1)  # nginx looks at its idle connections
    first.close()
    for _ in range(5):
        assert cluster.ask(method, "/write", b"{}")[0] == 200
    assert requests(upstreams, "/write") == 5


def test_nobody_there(cluster, upstreams):
    for upstream in upstreams:
        upstream.close()
    for method in ("GET", "POST"):
        status, body, _ = cluster.ask(method)
        assert status == 502 and body.startswith(b'{"detail":"')


def test_one_instance_over_a_unix_socket(front, tmp_path):
    path = tmp_path / "blogd.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve():
            connection = listening.accept()[0]
            connection.recv(10000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        threading.Thread(target=serve, daemon=True).start()
        assert front("blogd.conf", [f"unix:{path}"]).ask("GET")[1] == b"hi"


def test_no_cache_without_being_told(cluster, upstreams):
    assert [cluster.ask("GET")[1] for _ in range(3)] == [b"1", b"2", b"3"]


def test_the_micro_cache(front, upstreams):
    upstream = upstreams[0]
    f = front("blogd-cluster.conf", [upstream.target], micro_cache=True)
    began = time.monotonic()
    for _ in range(50):
        assert f.ask("GET", "/page")[0] == 200
    assert len(upstream.seen) <= 2 + (time.monotonic() - began)
    # Who has a cookie always reaches blogd, and writes do.
    for _ in range(3):
        for method, fields in (("GET", {"Cookie": "blogd-seen=1"}), ("POST", {})):
            before = len(upstream.seen)
            assert f.ask(method, "/page", **fields)[1] == b"%d" % (before + 1)
    # An answer with a cookie is for one client, which gets it.
    upstream.cookie = "blogd-seen=2"
    first, second = (f.ask("GET", "/other") for _ in range(2))
    assert first[2]["Set-Cookie"] == "blogd-seen=2" and second[1] != first[1]


def test_what_nobody_may_keep_is_not_in_the_micro_cache(front, upstreams):
    upstream = upstreams[0]
    upstream.caching = "no-store"
    f = front("blogd-cluster.conf", [upstream.target], micro_cache=True)
    assert [f.ask("GET", "/reset-password?token=x")[1] for _ in range(3)] == [b"1", b"2", b"3"]
    # Nor does a log in see, or leave there, what others get.
    upstream.caching = "no-cache"
    for cookie in ("blogd-login=x", "__Host-blogd-login=x"):
        own = f.ask("GET", f"/?{cookie}", Cookie=cookie)[1]
        assert f.ask("GET", f"/?{cookie}")[1] != own
        assert f.ask("GET", f"/?{cookie}", Cookie=cookie)[1] not in (own, f.ask("GET", f"/?{cookie}")[1])
