"""PostgreSQL under Patroni, by deploy/patroni/patroni.yml as it stands: two nodes, one database."""

import json
import os
import pathlib
import shutil
import signal
import urllib.request

from processes import Process

CONFIGURATION = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "patroni" / "patroni.yml"
BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
PASSWORD = "cluster-test"
# PostgreSQL does not run as root.
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def environment(name, address, port, api_port, folder, etcd_hosts):
    """What deploy/patroni/node.env is on a real machine."""
    postgres, api = f"{address}:{port}", f"{address}:{api_port}"
    return {
        "PATRONI_NAME": name, "HOME": str(folder),
        "PATRONI_RESTAPI_LISTEN": api, "PATRONI_RESTAPI_CONNECT_ADDRESS": api,
        "PATRONI_POSTGRESQL_LISTEN": postgres, "PATRONI_POSTGRESQL_CONNECT_ADDRESS": postgres,
        "PATRONI_POSTGRESQL_DATA_DIR": str(folder / "data"),
        "PATRONI_POSTGRESQL_PGPASS": str(folder / "pgpass"),
        "PATRONI_ETCD3_HOSTS": ",".join(etcd_hosts),
        "PATRONI_SUPERUSER_USERNAME": "postgres", "PATRONI_SUPERUSER_PASSWORD": PASSWORD,
        "PATRONI_REPLICATION_USERNAME": "replicator", "PATRONI_REPLICATION_PASSWORD": PASSWORD,
        "PATRONI_REWIND_USERNAME": "rewind", "PATRONI_REWIND_PASSWORD": PASSWORD,
        "PATRONI_blogd_PASSWORD": PASSWORD,
    }


class Node:
    def __init__(self, supervisor, network, folder, name, etcd_hosts):
        network.add(name)
        self.name, self.address, self.folder = name, network.address(name), folder / name
        self.port, self.api_port = network.port(5432, name), network.port(8008, name)
        self.folder.mkdir()
        self.data = self.folder / "data"
        self.data.mkdir(0o700)  # as deploy/README.md says
        shutil.copy(CONFIGURATION, self.folder)  # where the user postgres can read it
        words = ["patroni", self.folder / CONFIGURATION.name]
        if os.geteuid() == 0:
            words = AS_POSTGRES + words
            for own in (self.folder, self.data):
                shutil.chown(own, "postgres", "postgres")
        self.words = words
        self.env = environment(name, self.address, self.port, self.api_port, self.folder,
                               etcd_hosts)
        self.process = Process(supervisor, name, network.inside(name, words),
                               folder / f"{name}.log", env=self.env, cwd=self.folder)
        self.supervisor, self.network = supervisor, network

    def validate(self):
        """Patroni's own opinion of the file and the variables; etcd must be there."""
        *program, file = self.words
        words = self.network.inside(self.name, [*program, "--validate-config", file])
        return self.supervisor.command(words, env={**os.environ, **self.env})

    def postmaster(self):
        """Its process id, or None. The file may outlive it, and its id may be another's by now."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            return pid if os.path.samefile(f"/proc/{pid}/cwd", self.data) else None
        except (OSError, ValueError):
            return None

    def kill_postmaster(self):
        if pid := self.postmaster():
            os.kill(pid, signal.SIGKILL)

    def ask(self, path, timeout=2):
        """The answer of Patroni's interface; OSError, ValueError."""
        url = f"http://{self.address}:{self.api_port}{path}"
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return json.load(answer)

    def hand_over(self):
        """As `patronictl switchover` does; what Patroni said. OSError."""
        request = urllib.request.Request(
            f"http://{self.address}:{self.api_port}/switchover",
            json.dumps({"leader": self.name}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()


class Patroni:
    def __init__(self, supervisor, network, folder, etcd):
        self.supervisor = supervisor
        self.nodes = {name: Node(supervisor, network, folder, name, etcd.hosts)
                      for name in ("db1", "db2")}

    def url(self, database="blog", user="blogd"):
        hosts = ",".join(f"{n.address}:{n.port}" for n in self.nodes.values())
        return f"postgresql://{user}@{hosts}/{database}"

    def state(self):
        """{node: (role, state)} as the first node that answers sees it; roles: leader,
        sync_standby, replica."""
        for node in self.nodes.values():
            try:
                members = node.ask("/cluster")["members"]
                return {m["name"]: (m["role"], m["state"]) for m in members}
            except (OSError, ValueError, KeyError):
                continue
        return {}

    def primary(self):
        """The node that leads, or None."""
        for name, (role, state) in self.state().items():
            if role == "leader" and state == "running":
                return self.nodes[name]
        return None

    def standby(self):
        for name, (role, _) in self.state().items():
            if role in ("sync_standby", "replica"):
                return self.nodes[name]
        return None

    def whole(self):
        """One leads, the other follows synchronously."""
        return sorted(self.state().values()) in (
            [("leader", "running"), ("sync_standby", "running")],
            [("leader", "running"), ("sync_standby", "streaming")])

    def start(self, wait):
        for node in self.nodes.values():
            node.process.start()
            # The first makes the cluster, the others copy it.
            wait(f"{node.name}'s Patroni", lambda n=node: n.ask("/patroni"), 60)
        wait("a primary and a synchronous standby", self.whole, 120)

    def psql(self, sql, database="blog"):
        """Rows of text from the primary, fields separated by U+001F and rows by U+001E."""
        primary = self.primary()
        words = [BIN / "psql", "-XAt", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1",
                 "-h", primary.address, "-p", primary.port, "-U", "postgres", "-d", database,
                 "-c", sql]
        out = self.supervisor.command(words, env={**os.environ, "PGPASSWORD": PASSWORD})
        return [row.split("\x1f") for row in out.removesuffix("\n").split("\x1e") if row]
