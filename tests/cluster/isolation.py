"""Runs a function in a child process with namespaces of its own, and clears up after it whatever
happens: processes, networks and the temporary folder go, also when this process is killed."""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None, use_errno=True)


class Stopped(BaseException):
    """SIGTERM or Ctrl-C."""


# What the test will do with namespaces, tried by a process that ends at once.
TRIAL = """mount --make-rprivate / && mount -t proc proc /proc &&
mkdir -p /run/netns && mount -t tmpfs none /run/netns && ip netns add trial &&
ip link add switch type bridge && ip link add one type veth peer other netns trial &&
ip netns exec trial true"""


def lacking():
    """Why there can be no namespaces here; None: there can."""
    words = ["unshare", "--net", "--mount", "--pid", "--fork", "sh", "-c", TRIAL]
    tried = subprocess.run(words, capture_output=True, text=True)
    return f"no namespaces here: {tried.stderr.strip()}" if tried.returncode else None


def unshare(flags):
    if libc.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def prepare_namespaces():
    """In the child: its own network, /proc, and a place for names of networks."""
    unshare(CLONE_NEWNS | CLONE_NEWNET)

    def run(*words):
        subprocess.run(words, check=True)
    run("mount", "--make-rprivate", "/")
    run("mount", "-t", "proc", "proc", "/proc")
    run("mount", "-t", "tmpfs", "none", "/run/netns")
    run("ip", "link", "set", "lo", "up")


def child(function, folder, missing):
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    os.setsid()  # Ctrl-C reaches the parent alone, which hands it on

    def stop(*_):
        raise Stopped
    signal.signal(signal.SIGTERM, stop)
    if missing is None:
        prepare_namespaces()
    return function(folder, missing)


def end_descendants():
    """What outlived the child has come to us, its subreaper."""
    while True:
        for pid in [p.name for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()]:
            try:
                stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
                if int(stat.rpartition(")")[2].split()[1]) == os.getpid():
                    os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass  # gone
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def run(function, keep, missing=None):
    """function(folder, missing) in the child; `missing`: why there are no namespaces, or None.
    Returns its exit code."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="blogd-cluster-"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    missing = missing or lacking()
    if missing is None:
        unshare(CLONE_NEWPID)  # from the next child on
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = child(function, folder, missing)
        except Stopped:
            print("stopped", file=sys.stderr)
        except BaseException:  # the traceback, and out: nothing of the parent may run here
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def hand_on(*_):
        os.kill(pid, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    try:
        _, status = os.waitpid(pid, 0)
    finally:
        end_descendants()
        if keep:
            print(f"everything is kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return os.waitstatus_to_exitcode(status)
