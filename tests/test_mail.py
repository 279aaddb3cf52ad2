"""Letters to staff over real SMTP."""

from collections.abc import Iterator

import pytest

from companion.mail import Letter, Mailed, MailServer, NotMailed, SmtpMailer
from tests.rigs.mail_server import MailServerRig, running_mail_server
from tests.rigs.served import free_port

LETTER = Letter("nurse@example.org", "Alert 1A2B3C4D", "Sign in and look.\n", "abc.0")


@pytest.fixture
def server() -> Iterator[MailServerRig]:
    with running_mail_server(free_port()) as running:
        yield running


def mailer(server: MailServerRig, *, tls: str = "none", user: str = "") -> SmtpMailer:
    return SmtpMailer(
        MailServer("127.0.0.1", server.port, tls, "alerts@example.org", user, "a password")
    )


def test_a_letter_arrives_with_the_same_name_each_time(server: MailServerRig) -> None:
    assert [mailer(server).send(LETTER) for _ in range(2)] == [Mailed(), Mailed()]

    first, again = server.letters
    assert first["Message-ID"] == again["Message-ID"] == "<abc.0@example.org>"
    assert (first["To"], first["From"]) == ("nurse@example.org", "alerts@example.org")
    assert first["Subject"] == "Alert 1A2B3C4D"
    assert first.get_content().strip() == "Sign in and look."


def test_an_address_that_the_server_refuses_is_a_value(server: MailServerRig) -> None:
    server.refuses.add("nurse@example.org")

    assert mailer(server).send(LETTER) == NotMailed("SMTPRecipientsRefused")
    assert server.letters == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_without_encryption_gets_no_letter_where_it_was_asked_for(
    server: MailServerRig, tls: str
) -> None:
    assert isinstance(mailer(server, tls=tls).send(LETTER), NotMailed)
    assert server.letters == []


def test_a_sign_in_that_the_server_does_not_offer_is_a_value(server: MailServerRig) -> None:
    assert isinstance(mailer(server, user="us").send(LETTER), NotMailed)


def test_a_server_that_is_gone_is_a_value() -> None:
    with running_mail_server(free_port()) as gone:
        pass

    assert mailer(gone).send(LETTER) == NotMailed("ConnectionRefusedError")


def test_a_subject_cannot_smuggle_in_another_header(server: MailServerRig) -> None:
    forged = Letter(LETTER.to, "hello\nBcc: else@example.org", "x", "abc")

    assert mailer(server).send(forged) == NotMailed("ValueError")
    assert server.letters == []


def test_a_password_does_not_show() -> None:
    assert "a password" not in repr(MailServer("h", 25, "none", "a@b.c", "us", "a password"))
