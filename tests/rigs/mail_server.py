"""A real SMTP server of the test's own, which keeps what it takes and can refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServerRig:
    """The running server: *letters* are those it took, *refuses* are addresses it does not."""

    host: str = "127.0.0.1"
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter."""
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def sent_to(self) -> list[str]:
        """Return whom the letters were for, in order."""
        return [str(letter["To"]) for letter in self.letters]


@contextmanager
def running_mail_server(port: int) -> Iterator[MailServerRig]:
    """Run the server until the block ends."""
    rig = MailServerRig(port=port)
    controller = Controller(rig, hostname=rig.host, port=port)
    controller.start()
    try:
        yield rig
    finally:
        controller.stop()
