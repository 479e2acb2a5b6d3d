"""The other examples of deploy/: the unit, Patroni's file and blogd's."""

import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest

import blogds
import patroni

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "blogd@.service"
systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")


def help_text(binary):
    return subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout


@systemd
def test_systemd_understands_the_unit(tmp_path):
    """In a root folder of its own: the unit, what it needs of systemd's, and what it starts."""
    def put(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy(source, target)

    put(pathlib.Path("/lib/systemd/system"), tmp_path / "usr/lib/systemd/system")
    (tmp_path / "lib").symlink_to("usr/lib")
    for program in ("usr/local/bin/blogd", "bin/kill"):
        put(pathlib.Path("/bin/true"), tmp_path / program)
    put(UNIT, tmp_path / "etc/systemd/system" / UNIT.name)
    done = subprocess.run(["systemd-analyze", "verify", f"--root={tmp_path}", "blogd@8001.service"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@systemd
def test_the_unit_may_do_little():
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", UNIT],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.split("\n")[-2:]


def test_the_unit_waits_longer_than_blogd_drains(binary):
    drain = re.search(r"--drain-timeout TIME .*\[(\d+s)\]", help_text(binary))[1]
    assert blogds.seconds(blogds.unit()["TimeoutStopSec"][0]) > blogds.seconds(drain)


def test_blogd_conf_names_settings_that_exist(binary, tmp_path):
    text = (DEPLOY / "blogd.conf").read_text()
    known = set(re.findall(r"^  --([a-z-]+) ", help_text(binary), re.M))
    assert set(re.findall(r"^#?([a-z-]+) = ", text, re.M)) <= known
    # And with a name that is unknown blogd does not start, so that the file itself is read.
    for extra, starts in (("", True), ("nonsense = 1\n", False)):
        (tmp_path / "blogd.conf").write_text(text + extra)
        words = [binary, "serve", "--config", "blogd.conf", "--listen", "127.0.0.1:0"]
        with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
            lines = iter(process.stderr.readline, "")
            assert any("serving http://" in line for line in lines) is starts
            process.terminate()


def test_patronis_file(tmp_path):
    """Patroni asks whether etcd is there; that it answers is the cluster test's matter."""
    example = (DEPLOY / "patroni" / "node.env").read_text()
    names = set(re.findall(r"^(PATRONI_\w+)=", example, re.M))
    with socket.create_server(("127.0.0.2", 0)) as etcd:
        with socket.create_server(("127.0.0.2", 0)) as closed_again:
            free = closed_again.getsockname()[1]
        env = patroni.environment("db1", "127.0.0.2", free, free, tmp_path,
                                  [f"127.0.0.2:{etcd.getsockname()[1]}"])
        assert names == {n for n in env if n.startswith("PATRONI_")}
        done = subprocess.run(["patroni", "--validate-config", patroni.CONFIGURATION],
                              env={**os.environ, **env}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_patronis_times_fit_together():
    """The rule of Patroni's documentation; PostgreSQL's own limits are below the lock's life."""
    from faults import settings
    times = settings()
    assert times["loop_wait"] + 2 * times["retry_timeout"] <= times["ttl"]
