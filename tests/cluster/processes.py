"""The processes of the cluster: started, ended, started again when they die, and all reaped."""

import os
import signal
import subprocess
import threading
import time


class Process:
    """One program. `restart_after`: seconds until it is started again when it ended without being
    told to, as a service manager does; None: it stays down."""

    def __init__(self, supervisor, name, words, log, env=None, cwd=None, restart_after=None):
        self.supervisor, self.name, self.words, self.log = supervisor, name, words, log
        self.env, self.cwd, self.restart_after = env, cwd, restart_after
        self.popen, self.wanted = None, False
        supervisor.processes.append(self)

    def start(self):
        self.wanted = True
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(w) for w in self.words], cwd=self.cwd, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, **(self.env or {})}, start_new_session=True)
        return self

    @property
    def alive(self):
        return self.popen is not None and self.popen.poll() is None

    def send(self, number):
        if self.alive:
            self.popen.send_signal(number)

    def kill(self):
        """kill -9; what restarts it, if anything does, is `restart_after`."""
        self.send(signal.SIGKILL)

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Ends it for good. The exit code."""
        self.wanted = False
        self.send(number)
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"{self.name} did not end within {timeout} s") from None


class Supervisor:
    """Restarts, and reaps: orphans of our processes come to us (PostgreSQL's servers do), and a
    zombie would look to Patroni like a server that is there."""

    def __init__(self):
        self.processes = []
        self.lock = threading.Lock()  # while a command runs, its exit code is the command's
        threading.Thread(target=self._run, daemon=True).start()

    def command(self, words, **keywords):
        """Output of a short command; RuntimeError."""
        with self.lock:
            done = subprocess.run([str(w) for w in words], text=True, capture_output=True,
                                  **keywords)
        if done.returncode != 0:
            said = done.stderr + done.stdout
            raise RuntimeError(f"{words[0]} ended with {done.returncode}: {said}")
        return done.stdout

    def _run(self):
        down_since = {}
        while True:
            with self.lock:
                self._reap()
            now = time.monotonic()
            for process in list(self.processes):
                if process.alive or not process.wanted or process.restart_after is None:
                    down_since.pop(process, None)
                elif now - down_since.setdefault(process, now) >= process.restart_after:
                    process.start()
            time.sleep(0.05)

    def _reap(self):
        ours = {p.popen.pid: p for p in self.processes if p.popen is not None}
        for _ in range(100):
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            if ended.si_pid in ours:
                ours[ended.si_pid].popen.poll()
            else:
                os.waitpid(ended.si_pid, 0)
