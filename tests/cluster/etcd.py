"""etcd: three members that agree on who leads PostgreSQL."""

import json
import os

from processes import Process


class Etcd:
    def __init__(self, supervisor, network, folder, names=("etcd1", "etcd2", "etcd3")):
        self.supervisor = supervisor
        self.members, self.clients, peers = {}, {}, {}
        for name in names:
            network.add(name)
            address = network.address(name)
            self.clients[name] = f"http://{address}:{network.port(2379, name)}"
            peers[name] = f"http://{address}:{network.port(2380, name)}"
        for name in names:
            words = ["etcd", "--name", name, "--data-dir", folder / name,
                     "--listen-client-urls", self.clients[name],
                     "--advertise-client-urls", self.clients[name],
                     "--listen-peer-urls", peers[name],
                     "--initial-advertise-peer-urls", peers[name],
                     "--initial-cluster", ",".join(f"{n}={u}" for n, u in peers.items()),
                     "--initial-cluster-token", "blogd", "--log-level", "warn"]
            self.members[name] = Process(supervisor, name, network.inside(name, words),
                                         folder / f"{name}.log", cwd=folder)

    @property
    def hosts(self):
        """host:port of each member."""
        return [url.removeprefix("http://") for url in self.clients.values()]

    def start(self):
        for member in self.members.values():
            member.start()

    def leader(self):
        """The name of the member that leads, or None."""
        up = [u for n, u in self.clients.items() if self.members[n].alive]
        out = self.supervisor.command(
            ["etcdctl", "--endpoints", ",".join(up), "--command-timeout", "2s", "endpoint",
             "status", "-w", "json"], env={**os.environ, "ETCDCTL_API": "3"})
        for status in json.loads(out):
            if status["Status"]["leader"] == status["Status"]["header"]["member_id"]:
                url = status["Endpoint"]
                return next(n for n, u in self.clients.items() if u == url)
        return None
