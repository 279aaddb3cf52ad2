"""E-mail to staff: the port, SMTP behind it, and one in memory for demonstrations.

An e-mail is a nudge, the list on Today is the truth: nothing about a patient is in it. A
fault of the mail server is a value, never an exception.
"""

import smtplib
import ssl
from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

SECONDS = 10.0
"""How long the mail server may keep us waiting for each of its answers."""
KEPT = 1000
"""Letters that a demonstration keeps in memory: the newest."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail to one person. *reference* is the same when it is sent again."""

    to: str
    subject: str
    body: str
    reference: str


@dataclass(frozen=True, slots=True)
class Mailed:
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class NotMailed:
    """It did not surely go. *why* names the fault, nothing else."""

    why: str


class Mailer(Protocol):
    """Whatever can hand a letter to a mail server."""

    def send(self, letter: Letter) -> Mailed | NotMailed:
        """Hand over *letter* once and say what came of it."""
        ...


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over. *tls* is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpMailer:
    """Hands each letter to a mail server in a connection of its own."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, letter: Letter) -> Mailed | NotMailed:
        """Hand over *letter*; whatever goes wrong is a value."""
        message = EmailMessage()
        try:
            message["From"], message["To"] = self._server.sender, letter.to
            message["Subject"] = letter.subject
            message["Message-ID"] = f"<{letter.reference}@{self._server.sender.partition('@')[2]}>"
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(letter.body)
            with self._connected() as connection:
                connection.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return NotMailed(type(error).__name__)
        return Mailed()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        context = ssl.create_default_context()
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


class SimulatedMailer:
    """Keeps letters in memory and reaches nobody. Live services refuse it."""

    def __init__(self) -> None:
        self.sent: deque[Letter] = deque(maxlen=KEPT)
        self.fails_for: set[str] = set()

    def send(self, letter: Letter) -> Mailed | NotMailed:
        """Keep *letter*, unless told to fail for whom it is."""
        if letter.to in self.fails_for:
            return NotMailed("told to fail")
        self.sent.append(letter)
        return Mailed()
