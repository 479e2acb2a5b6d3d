"""All parts together: etcd, Patroni with PostgreSQL, three blogd, nginx."""

import time

from blogds import Blogds
from etcd import Etcd
from network import Loopback, Namespaces
from nginx import Nginx
from patroni import Patroni
from processes import Supervisor


class Cluster:
    """`folder` is empty and ours. `say`: takes a line for whoever watches."""

    def __init__(self, folder, binary, namespaces, say):
        self.say = say
        self.supervisor = Supervisor()
        self.network = (Namespaces if namespaces else Loopback)(self.supervisor)
        self.etcd = Etcd(self.supervisor, self.network, folder)
        self.patroni = Patroni(self.supervisor, self.network, folder, self.etcd)
        # One worker each: three instances on a machine of few cores.
        settings = {"BLOGD_ACCOUNTS": "open", "BLOGD_WORKERS": "1",
                    "BLOGD_DATABASE": self.patroni.url(), "BLOGD_REPLICA": self.patroni.url()}
        self.blogds = Blogds(self.supervisor, self.network, folder, binary, settings)
        self.nginx = Nginx(self.supervisor, self.network, folder, self.blogds.targets)

    def start(self):
        self.etcd.start()
        self.wait("a leader of etcd", self.etcd.leader, 30)
        for node in self.patroni.nodes.values():
            node.validate()
        self.say("etcd has a leader; PostgreSQL is made and copied")
        self.patroni.start(self.wait)
        self.say(f"{self.patroni.primary().name} leads, {self.patroni.standby().name} follows")
        self.blogds.start()
        self.wait("blogd", self.blogds.healthy, 30)
        self.nginx.start()
        self.wait("nginx", self.nginx.answers, 10)

    def wait(self, what, condition, limit):
        """Until the condition holds, which may also throw until then; what it gave."""
        end, error = time.monotonic() + limit, None
        while time.monotonic() < end:
            try:
                if got := condition():
                    return got
                error = None
            except Exception as e:  # not there yet, in whatever way
                error = e
            time.sleep(0.1)
        raise RuntimeError(f"waited {limit} s for {what}, in vain ({error or 'no error'})")

    def whole(self):
        return self.etcd.leader() and self.patroni.whole() and self.blogds.healthy()

    def wait_until_whole(self, limit=90):
        self.wait("the whole cluster", self.whole, limit)

    def logs(self, folder, lines=15):
        """The last lines of every log, for who looks for the reason of a failure."""
        for file in sorted(folder.glob("*.log")) + [folder / "nginx" / "error.log"]:
            text = file.read_text(errors="replace").split("\n")[-lines:] if file.exists() else []
            yield f"--- {file.name}\n" + "\n".join(text)
