"""SMTP through Flask-Mail, behind the interface of adapters.mailer. Handed to the services by create_app()."""

import smtplib
import ssl
from contextlib import suppress
from email.charset import QP, SHORTEST, add_charset

from flask import Flask
from flask_mail import Connection, Mail, Message

from app.adapters.mailer import smtp_errors

TIMEOUT_S = 20.0

# Flask-Mail asks for raw 8-bit lines, and SMTP carries none over 998 bytes: one long paragraph, and the letter is
# refused for good. Encoded so, lines are short and seven bits are enough for every server on the way.
add_charset("utf-8", SHORTEST, QP, "utf-8")


class TimedConnection(Connection):
    """Flask-Mail waits for a silent server for ever; this one gives up, and says good-bye without complaint."""

    def __init__(self, mail: Mail, timeout: float) -> None:
        super().__init__(mail)
        self.timeout = timeout

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        host = self._connect()
        try:
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except OSError:
            host.close()
            raise
        return host

    def __exit__(self, *_: object) -> None:
        # The message is taken or refused by now: a server that hangs up on QUIT changes neither.
        if self.host is not None:
            with suppress(OSError):
                self.host.quit()

    def _connect(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        if self.mail.use_ssl:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.mail.server, self.mail.port, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.mail.server, self.mail.port, timeout=self.timeout)


class SmtpMailer:
    """One connection for each message; `app` lends its context, as workers have none of a request."""

    def __init__(self, app: Flask, timeout: float = TIMEOUT_S) -> None:
        self.app, self.timeout = app, timeout

    def send(self, message_id: str, to: str, subject: str, body: str) -> None:
        with self.app.app_context():
            message = Message(subject=" ".join(subject.split()), recipients=[to], body=body, charset="utf-8")
            message.msgId = message_id
            message.extra_headers = {"Auto-Submitted": "auto-generated"}  # whoever is on leave need not answer
            with smtp_errors(), TimedConnection(self.app.extensions["mail"], self.timeout) as connection:
                connection.send(message)
