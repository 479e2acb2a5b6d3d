"""Three blogd, started as deploy/systemd/blogd@.service says, with deploy/blogd.conf."""

import contextlib
import http.client
import json
import pathlib
import re
import shlex
import signal

from patroni import PASSWORD
from processes import Process

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"


def unit():
    """The lines of the unit's service section: name -> values, in order."""
    out = {}
    text = (DEPLOY / "systemd" / "blogd@.service").read_text()
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.M):
        out.setdefault(name, []).append(value)
    return out


def seconds(text):
    """A time as systemd writes it."""
    number, kind = re.fullmatch(r"(\d+)(ms|s)?", text).groups()
    return int(number) / (1000 if kind == "ms" else 1)


class Blogd:
    def __init__(self, supervisor, folder, binary, address, port, settings):
        self.name, self.address, self.port = f"blogd{port}", address, port
        lines = unit()
        words = [w.replace("/usr/local/bin/blogd", str(binary))
                 .replace("/etc/blogd", str(DEPLOY)) for w in shlex.split(lines["ExecStart"][0])]
        env = dict(line.replace("%i", str(port)).split("=", 1) for line in lines["Environment"])
        # What the EnvironmentFiles are on a real machine; they beat Environment=.
        env |= {"BLOGD_LISTEN": f"{address}:{port}", "PGPASSWORD": PASSWORD, **settings}
        home = folder / self.name
        home.mkdir()
        self.process = Process(supervisor, self.name, words, folder / f"{self.name}.log", env=env,
                               cwd=home, restart_after=seconds(lines["RestartSec"][0]))
        self.stop_timeout = seconds(lines["TimeoutStopSec"][0])

    def get(self, path):
        """(status, body); OSError, HTTPException."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=2)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def healthy(self):
        try:
            return self.get("/health")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def total(self):
        """How many posts it counts."""
        return json.loads(self.get("/api/posts?skip=0&limit=1")[1])["total"]

    def restart(self):
        """As `systemctl restart`: SIGTERM, wait, start."""
        code = self.process.stop(signal.SIGTERM, self.stop_timeout)
        self.process.start()
        return code


class Blogds:
    def __init__(self, supervisor, network, folder, binary, settings, count=3):
        self.all = [Blogd(supervisor, folder, binary, network.hub, network.port(8001 + i), settings)
                    for i in range(count)]

    @property
    def targets(self):
        return [f"{b.address}:{b.port}" for b in self.all]

    def start(self):
        for blogd in self.all:  # at once: one of them migrates, the others wait
            blogd.process.start()

    def healthy(self):
        return all(b.healthy() for b in self.all)
