"""What goes wrong. Each fault does its harm, waits, and mends it; then the cluster may heal."""

import collections
import re
import signal
import time

from patroni import CONFIGURATION

# away: what the fault may stop, and so which bound holds. none: not one request may fail;
# instance: writes and reads go on elsewhere; writes: they stop until another node leads.
Fault = collections.namedtuple("Fault", "name away short needs_cut action")
FAULTS = {}


def settings():
    """The times of deploy/patroni/patroni.yml, in seconds."""
    lines = re.findall(r"^ +(ttl|loop_wait|retry_timeout): (\d+)$", CONFIGURATION.read_text(), re.M)
    return {name: int(value) for name, value in lines}


# The lock's life, a loop until somebody looks, and the promotion on a busy machine.
FAILOVER = settings()["ttl"] + settings()["loop_wait"] + 10


def fault(away, short=True, needs_cut=False):
    def register(action):
        FAULTS[action.__name__] = Fault(action.__name__, away, short, needs_cut, action)
        return action
    return register


def stay(cluster, seconds, why):
    cluster.say(f"  {why}, for {seconds:g} s")
    time.sleep(seconds)


@fault("none")
def rolling_restart(cluster, short, dice):
    """Each blogd in turn, as at an update."""
    for blogd in cluster.blogds.all:
        code = blogd.restart()
        cluster.say(f"  {blogd.name} restarted (it ended with {code})")
        if code != 0:
            raise RuntimeError(f"{blogd.name} ended with {code} after SIGTERM")
        cluster.wait(blogd.name, blogd.healthy, 30)
        time.sleep(1 if short else 3)


@fault("instance")
def blogd_killed(cluster, short, dice):
    """kill -9 of each blogd; the supervisor starts it again."""
    for blogd in cluster.blogds.all:
        cluster.say(f"  kill -9 {blogd.name}")
        blogd.process.kill()
        cluster.wait(blogd.name, lambda b=blogd: b.process.alive and b.healthy(), 30)
        time.sleep(1 if short else 5)


@fault("instance")
def blogd_frozen(cluster, short, dice):
    """It accepts connections and answers nothing, which is worse than being dead."""
    blogd = dice.choice(cluster.blogds.all)
    blogd.process.send(signal.SIGSTOP)
    try:
        stay(cluster, 8 if short else 20, f"{blogd.name} is frozen")
    finally:
        blogd.process.send(signal.SIGCONT)


@fault("writes")
def postmaster_killed(cluster, short, dice):
    """kill -9 of the primary's PostgreSQL; its Patroni starts it again or hands over."""
    node = cluster.patroni.primary()
    old = node.postmaster()
    cluster.say(f"  kill -9 of {node.name}'s postmaster")
    node.kill_postmaster()
    # Patroni takes a while to notice; until then it says that all is well.
    cluster.wait("another postmaster", lambda: node.postmaster() not in (None, old), 60)


@fault("writes", short=False)
def primary_killed(cluster, short, dice):
    """Patroni and PostgreSQL of the primary at once, as when the machine loses power."""
    node = cluster.patroni.primary()
    cluster.say(f"  kill -9 of all of {node.name}")
    node.process.stop(signal.SIGKILL)
    node.kill_postmaster()
    other = next(n for n in cluster.patroni.nodes.values() if n is not node)
    cluster.wait("the standby to lead", lambda: cluster.patroni.primary() is other, FAILOVER + 30)
    cluster.say(f"  {other.name} leads")
    time.sleep(3)
    node.process.start()


@fault("writes", short=False)
def switchover(cluster, short, dice):
    """The planned change, as before a machine is rebooted."""
    old = cluster.patroni.primary()
    cluster.say(f"  {old.name} hands over: {old.hand_over()}")
    cluster.wait("another primary", lambda: cluster.patroni.primary() not in (None, old), 30)


@fault("writes")
def standby_stopped(cluster, short, dice):
    """Writes wait for it until Patroni goes on without it."""
    node = cluster.patroni.standby()
    node.process.stop(signal.SIGTERM)
    try:
        stay(cluster, 6 if short else 30, f"{node.name} is stopped")
    finally:
        node.process.start()


@fault("writes", short=False)
def standby_killed(cluster, short, dice):
    node = cluster.patroni.standby()
    cluster.say(f"  kill -9 of all of {node.name}")
    node.process.stop(signal.SIGKILL)
    node.kill_postmaster()
    time.sleep(30)
    node.process.start()


@fault("instance")
def etcd_leader_killed(cluster, short, dice):
    """The other two members choose another; nobody else should notice."""
    name = cluster.wait("a leader of etcd", cluster.etcd.leader, 30)
    member = cluster.etcd.members[name]
    member.stop(signal.SIGKILL)
    try:
        stay(cluster, 5 if short else 20, f"{name}, the leader of etcd, is dead")
    finally:
        member.start()


@fault("writes", needs_cut=True)
def partition(cluster, short, dice):
    """The primary's cable is out: it runs, and nobody reaches it."""
    node = cluster.patroni.primary()
    other = next(n for n in cluster.patroni.nodes.values() if n is not node)
    cluster.network.cut(node.name)
    cluster.say(f"  {node.name} is cut off")
    try:
        cluster.wait("the standby to lead", lambda: cluster.patroni.primary() is other,
                     FAILOVER + 30)
        stay(cluster, 3 if short else 20, f"{other.name} leads, {node.name} is still cut off")
    finally:
        cluster.network.mend(node.name)


@fault("writes", short=False, needs_cut=True)
def half_partition(cluster, short, dice):
    """The primary loses etcd and the standby, but every blogd still reaches it: it must not go on
    as if it led."""
    node = cluster.patroni.primary()
    other = next(n for n in cluster.patroni.nodes.values() if n is not node)
    others = [other.name, *cluster.etcd.members]
    cluster.network.cut_between(node.name, others)
    cluster.say(f"  {node.name} reaches neither etcd nor {other.name}")
    try:
        cluster.wait("the standby to lead", lambda: other.ask("/patroni")["role"] == "master",
                     FAILOVER + 30)
        stay(cluster, 10, f"{other.name} leads")
    finally:
        cluster.network.mend_between(node.name, others)
