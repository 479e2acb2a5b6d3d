#!/usr/bin/python3
"""A real mail server on a free port of the loopback, which keeps what it gets and misbehaves on demand.

    with SmtpServer() as server:                   # or tls="starttls", tls="implicit", login=("me", "secret")
        Blogd(..., "--smtp-url", server.url, "--smtp-tls", "off", ...)
        mail = server.wait_for_mail()              # the next one that nobody has asked for yet
        mail.subject, mail.text, mail.html, mail.link, mail.recipients

    server.answers["RCPT"] = "550 5.1.1 unknown"   # instead of the right answer, until it is removed
    server.answers["RCPT"] = ["450 later"]         # once for each in the list, then rightly
    server.silent_at = "RCPT"                      # never answers there
    server.dies_at = "DATA"                        # the connection breaks there, in mid message
    server.delay = 0.5                             # seconds before each answer
    server.commands                                # what clients said, without arguments

The places are CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY (the whole message is there), QUIT.

As a program (other languages): `smtp.py --port 0 --spool DIR` says its port in a line, writes each mail to
DIR/0001.eml and so on (DIR/ca.pem: whom to trust with --tls), and ends with its standard input or by SIGTERM."""

import argparse
import asyncio
import email
import email.policy
import functools
import logging
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST = "127.0.0.1"
VERBS = ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "QUIT")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # of aiosmtpd: the tests break connections


class Mail:
    """A mail as it came: the envelope's sender and recipients, and the bytes."""

    def __init__(self, sender, recipients, raw):
        self.sender, self.recipients, self.raw = sender, recipients, raw
        self.message = email.message_from_bytes(raw, policy=email.policy.default)

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self):
        return self.message.get_body(("html",)).get_content()

    @property
    def link(self):
        """The first address in the text."""
        return re.search(r"https?://\S+", self.text).group()


class Conversation(SMTP):
    """One connection, which asks the server at each place whether it is to behave."""

    def __init__(self, owner, **options):
        self.owner = owner
        super().__init__(owner, **options)

    async def _handle_client(self):
        if not await self.owner.interfere("CONNECT", self):
            await super()._handle_client()


def _asking_first(verb):
    rightly = getattr(SMTP, f"smtp_{verb}")

    @functools.wraps(rightly)
    async def method(self, arg):
        if not await self.owner.interfere(verb, self):
            await rightly(self, arg)
    return method


for _verb in VERBS:
    setattr(Conversation, f"smtp_{_verb}", _asking_first(_verb))


class SmtpServer:
    """See the top of this file. Runs in a thread of its own."""

    def __init__(self, tls=None, login=None, port=0, smtputf8=True, mechanism=None, folder=None, on_mail=None):
        self.tls, self.login, self.smtputf8, self.mechanism = tls, login, smtputf8, mechanism
        self.port = port
        self.answers, self.silent_at, self.dies_at, self.delay = {}, None, None, 0
        self.commands, self.messages = [], []
        self.ca_file = None
        self._taken = 0
        self._on_mail = on_mail
        self._news = threading.Condition()
        self._own_folder = folder is None
        self._folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="smtp-"))
        self._loop = asyncio.new_event_loop()
        self._thread = None

    @property
    def url(self):
        return f"{'smtps' if self.tls == 'implicit' else 'smtp'}://{HOST}:{self.port}"

    def wait_for_mail(self, timeout=20):
        """The oldest mail that this has not returned yet."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.messages) > self._taken, timeout):
                raise TimeoutError(f"no mail within {timeout} s")
            self._taken += 1
            return self.messages[self._taken - 1]

    # --- the server

    def start(self):
        context = self._certificate() if self.tls else None
        options = {"hostname": "mail.example.org", "enable_SMTPUTF8": self.smtputf8}
        if self.tls == "starttls":
            options.update(tls_context=context, require_starttls=True)
        if self.login:
            options.update(auth_required=True, authenticator=self._authenticate, auth_require_tls=self.tls == "starttls",
                           auth_exclude_mechanism={"PLAIN", "LOGIN"} - {self.mechanism} if self.mechanism else ())
        listening = self._loop.create_server(
            lambda: Conversation(self, loop=self._loop, **options), HOST, self.port,
            ssl=context if self.tls == "implicit" else None)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()
            self._thread = None
        if self._own_folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _certificate(self):
        """Signed by itself, so whoever trusts it trusts this server alone."""
        key, self.ca_file = str(self._folder / "key.pem"), str(self._folder / "ca.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "2", "-subj", "/CN=mail.example.org",
                        "-addext", f"subjectAltName=IP:{HOST}", "-keyout", key, "-out", self.ca_file],
                       check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key)
        return context

    def _authenticate(self, _server, _session, _envelope, _mechanism, given):
        right = isinstance(given, LoginPassword) and \
            (given.login.decode(), given.password.decode()) == tuple(self.login)
        return AuthResult(success=right, handled=False)

    # --- what a conversation asks

    async def interfere(self, place, conversation):
        """Whether the place was dealt with, wrongly."""
        self.commands.append(place)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.silent_at == place:
            await asyncio.sleep(3600)
        if self.dies_at == place:
            if place == "DATA":
                await conversation.push("354 go on")
                await conversation._reader.readline()
            conversation.transport.abort()
            return True
        answer = self._answer(place)
        if answer is not None:
            await conversation.push(answer)
        return answer is not None

    def _answer(self, place):
        answer = self.answers.get(place)
        if isinstance(answer, list):
            return answer.pop(0) if answer else None
        return answer

    async def handle_DATA(self, server, _session, envelope):
        """Called by aiosmtpd with the whole message."""
        self.commands.append("BODY")
        if self.silent_at == "BODY":
            await asyncio.sleep(3600)
        if self.dies_at == "BODY":
            server.transport.abort()
            return "421 dying"
        answer = self._answer("BODY")
        if answer is not None:
            return answer
        mail = Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        with self._news:
            self.messages.append(mail)
            if self._on_mail:
                self._on_mail(len(self.messages), mail)
            self._news.notify_all()
        return "250 2.0.0 taken"


# --- as a program

def write_mail(spool, number, mail):
    """Whoever sees the file sees all of it."""
    draft = spool / f".{number:04}.draft"
    draft.write_bytes(mail.raw)
    draft.rename(spool / f"{number:04}.eml")


def main():
    parser = argparse.ArgumentParser(description="a mail server for tests")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--spool", required=True, type=pathlib.Path, help="the folder that mails go to")
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--login", metavar="NAME:PASSWORD")
    parser.add_argument("--mechanism", choices=["PLAIN", "LOGIN"], help="of the log-in; else both")
    parser.add_argument("--no-smtputf8", action="store_true")
    parser.add_argument("--answer", action="append", default=[], metavar="PLACE=ANSWER")
    parser.add_argument("--silent-at", metavar="PLACE")
    parser.add_argument("--dies-at", metavar="PLACE")
    parser.add_argument("--delay", type=float, default=0, metavar="SECONDS")
    args = parser.parse_args()
    server = SmtpServer(tls=args.tls, login=args.login.split(":", 1) if args.login else None, port=args.port,
                        smtputf8=not args.no_smtputf8, mechanism=args.mechanism, folder=args.spool,
                        on_mail=functools.partial(write_mail, args.spool))
    server.answers.update(rule.split("=", 1) for rule in args.answer)
    server.silent_at, server.dies_at, server.delay = args.silent_at, args.dies_at, args.delay
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
