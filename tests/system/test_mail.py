"""Reset mails, and the mail server that the tests read them from (support/smtp.py)."""

import smtplib
import ssl
from email.message import EmailMessage

import pytest

from smtp import HOST, SmtpServer


def some_mail():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "noreply@example.org", "alice@example.org", "Grüße"
    mail.set_content("Hi,\n\nhttps://blog.example.org/reset-password?token=abc\n\nbye\n")
    mail.add_alternative("<p>Hi</p>", subtype="html")
    return mail


def send(server):
    with smtplib.SMTP(HOST, server.port, timeout=10) as client:
        client.send_message(some_mail())


def test_the_server_keeps_what_it_gets():
    with SmtpServer() as server:
        send(server)
        mail = server.wait_for_mail()
        assert mail.recipients == ["alice@example.org"] and mail.sender == "noreply@example.org"
        assert mail.subject == "Grüße" and mail.html.strip() == "<p>Hi</p>"
        assert mail.link == "https://blog.example.org/reset-password?token=abc"
        with pytest.raises(TimeoutError):
            server.wait_for_mail(timeout=0.1)


def test_the_server_refuses_once_and_then_takes():
    with SmtpServer() as server:
        server.answers["RCPT"] = ["450 4.2.0 later"]
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(server)
        send(server)
        assert len(server.messages) == 1
        assert server.commands.count("RCPT") == 2


def test_the_server_dies_in_the_middle():
    with SmtpServer() as server:
        server.dies_at = "DATA"
        with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
            send(server)
        assert not server.messages


def test_the_server_wants_tls_and_a_login():
    with SmtpServer(tls="starttls", login=("blog", "secret")) as server:
        with smtplib.SMTP(HOST, server.port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.send_message(some_mail())
        with smtplib.SMTP(HOST, server.port, timeout=10) as client:
            client.starttls(context=ssl.create_default_context(cafile=server.ca_file))
            client.login("blog", "secret")
            client.send_message(some_mail())
        assert server.wait_for_mail().subject == "Grüße"
