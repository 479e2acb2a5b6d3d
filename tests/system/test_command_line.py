"""What a person types and reads."""

import subprocess
import time

import pytest


def run(binary, *words, cwd=None, env=None):
    return subprocess.run([binary, *words], cwd=cwd, env=env, text=True, capture_output=True, timeout=30)


def wait_for_log(server, words):
    """The lines after the address may still be on their way."""
    deadline = time.monotonic() + 10
    while words not in server.log_text():
        assert time.monotonic() < deadline, (words, server.log_text())
        time.sleep(0.02)


def test_help_names_the_commands_and_every_setting(binary):
    done = run(binary, "--help")
    assert done.returncode == 0
    for word in ("blogd serve", "blogd demo", "--listen", "--database", "--idle-timeout", "[75s]"):
        assert word in done.stdout


def test_version(binary):
    done = run(binary, "--version")
    assert done.returncode == 0 and done.stdout.startswith("blogd ")


def test_an_unknown_command_says_which_there_are(binary):
    done = run(binary, "server")
    assert done.returncode == 2
    assert "unknown command 'server'" in done.stderr and "serve" in done.stderr


def test_an_unknown_flag_names_the_nearest(binary, tmp_path):
    done = run(binary, "serve", "--databse", "x.db", cwd=tmp_path)
    assert done.returncode == 2 and "did you mean --database?" in done.stderr


def test_a_setting_in_the_file_must_be_known_too(binary, tmp_path):
    (tmp_path / "blogd.conf").write_text("idle-timout = 10s\n")
    done = run(binary, "serve", "--config", "blogd.conf", cwd=tmp_path)
    assert done.returncode == 2 and "did you mean --idle-timeout?" in done.stderr


def test_flag_beats_environment_beats_file(blogd, tmp_path):
    (tmp_path / "blogd.conf").write_text("site-name = From the file\nworkers = 1\n")
    server = blogd("--config", str(tmp_path / "blogd.conf"), env={"BLOGD_SITE_NAME": "From the environment"})
    assert b"<title>From the environment - Home</title>" in server.request("GET", "/")[2]
    server = blogd("--config", str(tmp_path / "blogd.conf"), "--site-name", "From the flag",
                   env={"BLOGD_SITE_NAME": "From the environment"})
    assert b"<title>From the flag - Home</title>" in server.request("GET", "/")[2]
    assert "1 workers" in server.log_text()


def test_open_accounts_do_not_face_a_network_by_accident(binary, tmp_path):
    done = run(binary, "serve", "--listen", "0.0.0.0:0", cwd=tmp_path)
    assert done.returncode == 2
    assert "--accounts open" in done.stderr and "127.0.0.1" in done.stderr


def test_open_accounts_said_explicitly_warn(blogd):
    server = blogd("--accounts", "open")
    assert "warning accounts = open" in server.log_text()


def test_the_start_says_who_may_write(blogd):
    for options, wanted in [
            (("--accounts", "protected"), ["every write needs a login", "/register", "no account yet"]),
            (("--accounts", "protected", "--registration", "closed"),
             ["registration is closed", "blogd user add"]),
            ((), ["there may be some without a password"])]:
        server = blogd(*options)
        for words in wanted:
            wait_for_log(server, words)


def test_protected_accounts_may_face_a_network(blogd):
    server = blogd("--accounts", "protected", "--listen", "0.0.0.0:0")
    wait_for_log(server, "accounts: protected")


@pytest.mark.parametrize("text", ["10", "0/1m", "10/", "10/15", "x/1m", "100/10ms"])
def test_a_rate_that_is_none_is_refused(binary, tmp_path, text):
    done = run(binary, "serve", "--login-rate", text, cwd=tmp_path)
    assert done.returncode == 2 and "such as 10/15m" in done.stderr


def test_a_port_in_use_is_said_in_a_sentence(server, binary, tmp_path):
    done = run(binary, "serve", "--listen", f"127.0.0.1:{server.port}", cwd=tmp_path)
    assert done.returncode == 1 and f"127.0.0.1:{server.port} is in use" in done.stderr


def test_a_second_blogd_on_the_same_file_is_refused_by_name(server, binary):
    for command in ("serve", "demo"):
        done = run(binary, command, "--listen", "127.0.0.1:0", cwd=server.folder) if command == "serve" \
            else run(binary, command, cwd=server.folder)
        assert done.returncode == 1 and str(server.process.pid) in done.stderr, done.stderr


def test_what_is_no_database_is_left_alone(binary, tmp_path):
    file = tmp_path / "blog.db"
    file.write_text("dear diary\n" * 500)
    done = run(binary, "serve", "--listen", "127.0.0.1:0", cwd=tmp_path)
    assert done.returncode == 1 and "blog.db" in done.stderr
    assert file.read_text() == "dear diary\n" * 500


def test_a_database_of_another_kind_is_refused_clearly(binary, tmp_path):
    done = run(binary, "serve", "--database", "mysql://localhost/blog", cwd=tmp_path)
    assert done.returncode == 2 and "postgresql://" in done.stderr
    done = run(binary, "serve", "--replica", "postgresql://localhost/blog", cwd=tmp_path)
    assert done.returncode == 2 and "--replica" in done.stderr


def test_demo_fills_an_empty_blog_and_leaves_a_filled_one_alone(binary, blogd, tmp_path):
    first = run(binary, "demo", cwd=tmp_path)
    assert first.returncode == 0 and "44 posts" in first.stderr, first.stderr
    again = run(binary, "demo", cwd=tmp_path)
    assert again.returncode == 0 and "not empty" in again.stderr
    server = blogd(folder=tmp_path)
    status, page = server.api("GET", "/api/posts?limit=1")
    assert status == 200 and page["total"] == 44
