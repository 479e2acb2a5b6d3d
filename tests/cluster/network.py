"""Where the nodes live: each in a network of its own that can be cut off, or all on loopback.

In both, blogd, nginx and the readers share one network (the hub); the nodes are etcd's and
PostgreSQL's."""

import socket


class Loopback:
    """Every node has an address of its own in 127.0.0.0/8, and free ports."""

    can_cut = False
    hub = "127.0.0.1"

    def __init__(self, supervisor):
        self.addresses = {}

    def add(self, node):
        self.addresses[node] = f"127.0.0.{11 + len(self.addresses)}"

    def address(self, node):
        return self.addresses[node]

    def inside(self, node, words):
        return words

    def port(self, _usual, node=None):
        with socket.socket() as s:
            s.bind((self.addresses.get(node, self.hub), 0))
            return s.getsockname()[1]


class Namespaces:
    """Every node is a network namespace at a bridge, like machines at a switch."""

    can_cut = True
    hub = "127.0.0.1"

    def __init__(self, supervisor):
        self.run = supervisor.command
        self.addresses = {}
        self.run(["ip", "link", "add", "switch", "type", "bridge"])
        self.run(["ip", "address", "add", "10.77.0.1/24", "dev", "switch"])
        self.run(["ip", "link", "set", "switch", "up"])

    def add(self, node):
        self.addresses[node] = f"10.77.0.{11 + len(self.addresses)}"
        self.run(["ip", "netns", "add", node])
        self.run(["ip", "link", "add", f"to-{node}", "type", "veth", "peer", "eth0", "netns", node])
        self.run(["ip", "link", "set", f"to-{node}", "master", "switch", "up"])
        for words in (["link", "set", "lo", "up"], ["link", "set", "eth0", "up"],
                      ["address", "add", f"{self.addresses[node]}/24", "dev", "eth0"]):
            self.run(["ip", "-n", node, *words])

    def address(self, node):
        return self.addresses[node]

    def inside(self, node, words):
        return ["ip", "netns", "exec", node, *words]

    def port(self, usual, node=None):
        return usual

    def cut(self, node):
        """The cable is out of the switch: the node's packets vanish, in silence."""
        self.run(["ip", "link", "set", f"to-{node}", "nomaster"])

    def mend(self, node):
        self.run(["ip", "link", "set", f"to-{node}", "master", "switch"])

    def cut_between(self, node, others):
        """The node sends to addresses of hardware that is not there, in both directions; the hub
        still reaches it."""
        for here, there in self._pairs(node, others):
            self.run(["ip", "-n", here, "neighbour", "replace", self.addresses[there],
                      "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud", "permanent"])

    def mend_between(self, node, others):
        for here, there in self._pairs(node, others):
            self.run(["ip", "-n", here, "neighbour", "delete", self.addresses[there],
                      "dev", "eth0"])

    @staticmethod
    def _pairs(node, others):
        return [pair for other in others for pair in ((node, other), (other, node))]
