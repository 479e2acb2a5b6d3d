"""SQL by hand, through PostgreSQL's own psql: what the tests hold blogd's view against."""

import contextlib
import csv
import io
import os
import subprocess

csv.field_size_limit(1 << 30)


class Psql:
    """Runs psql as one user of one server. `place` are its options -h, -p and -U. What the server
    refuses raises RuntimeError with psql's words."""

    def __init__(self, program, *place):
        self.words = [program, "-X", "-q", "-t", "-v", "ON_ERROR_STOP=1", *place]

    def rows(self, *statements, database="postgres"):
        """The rows of all statements, each with its columns as text, NULL as ''."""
        commands = [word for statement in statements for word in ("-c", statement)]
        return rows_of(self._run(database, "--csv", *commands))

    def script(self, text, database):
        """Runs a whole file of SQL."""
        self._run(database, "-f", "-", input=text.encode())

    @contextlib.contextmanager
    def session(self, database="postgres"):
        """A connection that stays open, for what must be held or must be quick."""
        process = subprocess.Popen([*self.words, "--csv", "-d", database], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, env=plain_environment())
        try:
            yield Session(process)
        finally:
            process.kill()
            process.communicate()

    def _run(self, database, *words, input=b""):
        done = subprocess.run([*self.words, "-d", database, *words], input=input, capture_output=True,
                              env=plain_environment())
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return done.stdout


class Session:
    END = b"--the end--"

    def __init__(self, process):
        self.process = process

    def rows(self, statement):
        self.process.stdin.write(statement.encode() + b";\n\\echo " + self.END + b"\n")
        self.process.stdin.flush()
        out = b""
        while (line := self.process.stdout.readline()) != self.END + b"\n":
            if not line:
                raise RuntimeError(f"psql ended: {statement}")
            out += line
        return rows_of(out)


def rows_of(output):
    # Not in text mode: that would change the line ends within a value.
    return list(csv.reader(io.StringIO(output.decode(), newline="")))


def plain_environment():
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**own, "PGCLIENTENCODING": "UTF8"}
