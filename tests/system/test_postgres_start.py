"""Starting on a PostgreSQL: what is said, what is refused, what is adopted."""

import concurrent.futures
import contextlib
import pathlib
import socket
import struct
import subprocess
import threading
import urllib.parse

import pytest

from blogd import Blogd
from postgres import NEEDS_TLS, PASSWORD, free_port
from tutorial_database import make_tutorial_database, posts_by_api, posts_by_psql

WRONG = "n0t-the-pass"


def refused(binary, folder, url):
    """blogd does not start; what it says, in one line."""
    done = subprocess.run([binary, "serve", "--listen", "127.0.0.1:0", "--connect-timeout", "1s",
                           "--start-timeout", "1s", "--database", url],
                          cwd=folder, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1, f"{done.returncode}: {done.stderr}"
    for secret in (PASSWORD, urllib.parse.quote(PASSWORD, safe=""), WRONG):
        assert secret not in done.stderr
    assert "terminate called" not in done.stderr
    return done.stderr


def tables(postgres, database):
    return postgres.psql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
                         database=database)


# --- what is said -------------------------------------------------------------------------------

def test_the_start_says_where_the_data_is_and_no_password(postgres, database, blogd):
    server = blogd("--log-level", "debug", env={"BLOGD_DATABASE": postgres.tcp_url(database)})
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201
    postgres.stop()
    assert server.api("GET", "/api/posts/1")[0] == 503
    assert server.stop() == 0
    text = server.log_text()
    assert f"127.0.0.1:{postgres.port}" in text and database in text, text
    assert PASSWORD not in text and urllib.parse.quote(PASSWORD, safe="") not in text


def test_a_password_on_the_command_line_does_not_stay_in_the_list_of_processes(postgres, database, blogd):
    server = blogd("--database", postgres.url(database))
    words = pathlib.Path(f"/proc/{server.process.pid}/cmdline").read_text()
    assert urllib.parse.quote(PASSWORD, safe="") not in words
    assert PASSWORD not in pathlib.Path(f"/proc/{server.process.pid}/comm").read_text()


# --- what is refused ----------------------------------------------------------------------------

def test_a_wrong_password(postgres, database, binary, tmp_path):
    said = refused(binary, tmp_path, postgres.url(database, password=WRONG))
    assert "password authentication failed" in said


def test_an_unknown_host(binary, tmp_path):
    said = refused(binary, tmp_path, "postgresql://blog@no-such-host.invalid/blog")
    assert "no-such-host.invalid" in said


def test_nobody_listens(binary, tmp_path):
    port = free_port()
    said = refused(binary, tmp_path, f"postgresql://blog@127.0.0.1:{port}/blog")
    assert str(port) in said and "refused" in said


def test_no_such_database(postgres, binary, tmp_path):
    assert '"blog0" does not exist' in refused(binary, tmp_path, postgres.url("blog0"))


def test_a_database_that_is_not_utf8(postgres, binary, tmp_path):
    database = postgres.create_database("ENCODING 'LATIN1' LOCALE 'C'")
    said = refused(binary, tmp_path, postgres.url(database))
    assert "UTF8" in said and "LATIN1" in said
    assert tables(postgres, database) == []


def test_tls_that_the_server_does_not_have(postgres, database, binary, tmp_path):
    postgres.set(ssl="off")
    said = refused(binary, tmp_path, postgres.tcp_url(database, sslmode="require"))
    assert "SSL" in said


def test_tls_that_the_server_insists_on(postgres, binary, tmp_path, blogd):
    postgres.psql(f"CREATE ROLE {NEEDS_TLS} LOGIN PASSWORD '{PASSWORD}'")
    try:
        database = postgres.create_database(owner=NEEDS_TLS)
        said = refused(binary, tmp_path, postgres.tcp_url(database, user=NEEDS_TLS))
        assert "no encryption" in said
        server = blogd("--database", postgres.tls_url(database, user=NEEDS_TLS))
        assert server.api("GET", "/health")[0] == 200
        server.kill()
    finally:
        postgres.drop_databases()
        postgres.psql(f"DROP ROLE {NEEDS_TLS}")


def test_a_certificate_that_nobody_vouches_for(postgres, database, binary, tmp_path):
    other = tmp_path / "other.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=other", "-keyout", "/dev/null", "-out", other], check=True, capture_output=True)
    said = refused(binary, tmp_path, postgres.tls_url(database, sslrootcert=other))
    assert "certificate verify failed" in said


def test_a_database_of_another_program_is_left_alone(postgres, binary, tmp_path):
    database = postgres.create_database()
    postgres.psql("CREATE TABLE invoices (id integer)", database=database)
    before = tables(postgres, database)
    said = refused(binary, tmp_path, postgres.url(database))
    assert "invoices" in said
    assert tables(postgres, database) == before


def test_tables_of_another_form_are_left_alone_and_the_fault_is_named(postgres, binary, tmp_path):
    database = make_tutorial_database(postgres)
    postgres.psql("ALTER TABLE posts DROP COLUMN content", database=database)
    before = tables(postgres, database)
    said = refused(binary, tmp_path, postgres.url(database))
    assert "posts" in said and "content" in said
    assert tables(postgres, database) == before


def test_a_schema_of_a_newer_blogd(postgres, database, binary, blogd):
    server = blogd("--database", postgres.url(database))
    server.stop()
    postgres.psql("INSERT INTO blogd_migrations (number, name, applied_at) VALUES (999, 'later', now())",
                  database=database)
    said = refused(binary, server.folder, postgres.url(database))
    assert "999" in said and "newer" in said


def test_a_role_that_may_make_no_tables(postgres, binary, tmp_path):
    database = postgres.create_database(owner="postgres")
    said = refused(binary, tmp_path, postgres.url(database))
    assert "permission denied" in said


def answer_startup(connection, version):
    """The least that a PostgreSQL says after a log-in without a password, and whether it may be
    written."""
    def receive(count):
        return connection.recv(count, socket.MSG_WAITALL)

    def message(kind, body):
        return kind + struct.pack("!I", len(body) + 4) + body

    receive(struct.unpack("!I", receive(4))[0] - 4)
    parameters = {"server_version": version, "server_encoding": "UTF8", "client_encoding": "UTF8"}
    ready = message(b"Z", b"I")
    connection.sendall(message(b"R", struct.pack("!I", 0)) + b"".join(
        message(b"S", f"{name}\0{value}\0".encode()) for name, value in parameters.items()) + ready)
    while kind := receive(1):
        receive(struct.unpack("!I", receive(4))[0] - 4)
        if kind == b"S":
            connection.sendall(ready)
        if kind == b"Q":
            connection.sendall(message(b"T", struct.pack("!H4sIHIHIH", 1, b"off\0", 0, 0, 25, 0xffff, 0xffffffff, 0)) +
                               message(b"D", struct.pack("!HI3s", 1, 3, b"off")) + message(b"C", b"SHOW\0") + ready)


@contextlib.contextmanager
def stand_in(behave):
    """A port with something else behind it."""
    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                held.append(connection)
                behave(connection)

    held = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()


def test_a_server_that_is_too_old(binary, tmp_path):
    with stand_in(lambda connection: answer_startup(connection, "9.6.24")) as port:
        said = refused(binary, tmp_path, f"postgresql://blog@127.0.0.1:{port}/blog?sslmode=disable")
    assert "too old" in said


@pytest.mark.parametrize("behaviour", ["silent", "http", "closes"])
def test_a_server_that_is_no_postgresql(binary, tmp_path, behaviour):
    def behave(connection):
        if behaviour == "http":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        if behaviour == "closes":
            connection.close()

    with stand_in(behave) as port:
        said = refused(binary, tmp_path, f"postgresql://blog@127.0.0.1:{port}/blog?sslmode=disable")
    assert str(port) in said


# --- what is made and adopted -------------------------------------------------------------------

def schema(postgres, database):
    """pg_dump's lines of all tables, indexes, functions and triggers, but for those with a random key."""
    done = subprocess.run([postgres.binaries / "pg_dump", "--schema-only", "-h", postgres.folder,
                           "-p", str(postgres.port), "-U", "postgres", database],
                          check=True, capture_output=True, text=True)
    return [line for line in done.stdout.split("\n") if "restrict " not in line]


def test_ten_instances_may_start_at_once_on_an_empty_database(postgres, binary, blogd):
    alone, crowded = postgres.create_database(), postgres.create_database()
    blogd("--database", postgres.url(alone)).kill()
    servers = [Blogd(binary, "--database", postgres.url(crowded), "--workers", "1") for _ in range(10)]
    try:
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            list(pool.map(Blogd.start, servers))
        for number, server in enumerate(servers, 1):
            new = {"username": f"u{number}", "email": f"u{number}@example.com"}
            status, user = server.api("POST", "/api/users", new)
            assert status == 201 and user["id"] == number
            assert "error" not in server.log_text().lower(), server.log_text()
        assert schema(postgres, crowded) == schema(postgres, alone)
        rows = postgres.psql("SELECT number FROM blogd_migrations", database=crowded)
        assert len(rows) == len({number for [number] in rows}) > 0
    finally:
        for server in servers:
            server.__exit__()


def test_the_tutorials_tables_stay_as_they_are_and_its_app_may_go_on(postgres, database, blogd):
    columns = ("SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
               " FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'blogd%'"
               " ORDER BY 1, 2")
    version = "SELECT version_num FROM alembic_version"
    before = postgres.psql(columns, version, database=database)
    server = blogd("--database", postgres.url(database))
    assert server.api("POST", "/api/posts", {"title": "of blogd", "content": "c", "user_id": 1})[1]["id"] == 7
    # The app goes on to write by itself, and blogd's totals follow.
    postgres.psql("INSERT INTO posts (title, content, user_id, date_posted) VALUES ('of the app', 'c', 2, now())",
                  "DELETE FROM posts WHERE id = 1", "UPDATE posts SET user_id = 3 WHERE id = 4", database=database)
    assert server.stop() == 0
    after = postgres.psql(columns, version, database=database)
    assert [row for row in before if row not in after] == []
    added = {(row[0], row[1]): row[4] for row in after if row not in before and row[0] != "password_reset_tokens"}
    assert added == {("users", "password_hash"): "YES", ("users", "disabled_at"): "YES"} or \
        added == {("users", "disabled_at"): "YES"}
    server.start()
    assert posts_by_api(server) == posts_by_psql(postgres, database)
    assert server.api("GET", "/api/posts?limit=1")[1]["total"] == 7
    for user, count in {1: 3, 2: 2, 3: 1, 4: 1}.items():
        assert server.api("GET", f"/api/users/{user}/posts?limit=1")[1]["total"] == count, user


def test_the_tables_may_be_in_a_schema_of_their_own(postgres, blogd):
    database = postgres.create_database()
    postgres.psql("CREATE SCHEMA app AUTHORIZATION blog", "CREATE TABLE posts (of_another text)", database=database)
    server = blogd("--database", postgres.url(database, options="-c search_path=app"))
    assert server.api("POST", "/api/users", {"username": "ada", "email": "ada@example.com"})[0] == 201
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201
    assert tables(postgres, database) == [["posts"]]


def test_totals_survive_a_truncate_by_hand(postgres, database, blogd):
    server = blogd("--database", postgres.url(database), "--cache-size", "0")
    postgres.psql("TRUNCATE posts", database=database)
    assert server.api("GET", "/api/posts?limit=5")[1]["total"] == 0
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201
    assert server.api("GET", "/api/posts?limit=5")[1]["total"] == 1


def test_a_database_with_passwords_has_open_and_protected_accounts(postgres, database, blogd):
    """As the tutorial's part 10 and later make it: every account must have something there."""
    postgres.psql("ALTER TABLE users ADD password_hash varchar(200) NOT NULL DEFAULT 'x'",
                  "ALTER TABLE users ALTER password_hash DROP DEFAULT", database=database)
    before = posts_by_psql(postgres, database)
    server = blogd("--database", postgres.url(database))
    assert posts_by_api(server) == before
    assert "email" not in server.api("GET", "/api/users/1")[1]
    assert server.api("DELETE", "/api/posts/1")[0] == 401
    status, user = server.api("POST", "/api/users", {"username": "new", "email": "new@example.com"})
    assert status == 201 and user["email"] == "new@example.com"
    post = {"title": "t", "content": "c", "user_id": user["id"]}
    assert server.api("POST", "/api/posts", post)[0] == 201


def test_every_way_to_connect(postgres, database, blogd):
    for url, tls, tcp in [(postgres.url, "f", "f"), (postgres.tcp_url, "f", "t"), (postgres.tls_url, "t", "t")]:
        server = blogd("--database", url(database))
        assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201
        assert posts_by_api(server) == posts_by_psql(postgres, database)
        rows = postgres.psql("SELECT DISTINCT ssl, client_addr IS NOT NULL FROM pg_stat_ssl"
                             " JOIN pg_stat_activity USING (pid)"
                             f" WHERE datname = '{database}' AND usename = 'blog'")
        assert rows == [[tls, tcp]]
        assert server.stop() == 0


def test_the_first_host_that_may_be_written_is_used(postgres, database, blogd):
    nobody = free_port()
    there = f"127.0.0.1:{postgres.port}"
    url = postgres.tcp_url(database).replace(there, f"127.0.0.1:{nobody},{there}")
    server = blogd("--database", url)
    assert server.api("POST", "/api/posts", {"title": "t", "content": "c", "user_id": 1})[0] == 201
