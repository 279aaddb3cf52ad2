"""What Twilio may tell us, what nobody else may, and that telling it twice changes nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urldefrag, urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from companion.clock import real_now
from companion.core.sending import MessageKind, MessageState
from companion.runtime import Runtime
from companion.services.queueing import queue_text
from companion.store import patients
from companion.store.alerts import Alert
from companion.store.database import Transactions
from companion.store.messages import Attempt, Message
from companion.store.replies import Reply, ReplyState
from companion.ticking import send_now
from companion.web.app import create_app
from companion.wording import Wording
from tests.rigs.provider import Mode, Provider, running_provider
from tests.rigs.texted import add_patient
from tests.rigs.texting import (
    ACCOUNT_SID,
    OLDER_TOKEN,
    OUR_NUMBER,
    runtime_over,
    signature_of,
)

FORM = "application/x-www-form-urlencoded"
INCOMING = "/sms/incoming"
SID = "SM" + "a" * 32
TEXT = {
    "AccountSid": ACCOUNT_SID,
    "MessageSid": SID,
    "SmsSid": SID,
    "To": OUR_NUMBER,
    "From": "+447700900777",
    "Body": "I cannot do this",
    "NumMedia": "0",
}


class Service:
    """The service over one database, and requests to it."""

    def __init__(self, transactions: Transactions, wording: Wording, **settings: str) -> None:
        self.transactions = transactions
        self.runtime: Runtime = runtime_over(transactions, wording, **settings)
        self.app: Flask = create_app(self.runtime)

    def post(
        self,
        fields: dict[str, str],
        *,
        path: str = INCOMING,
        signature: str | None = None,
        body: str | bytes | None = None,
        content_type: str = FORM,
    ) -> TestResponse:
        """Post as Twilio would, but for what the test changes."""
        if signature is None:
            signature = signature_of(path, fields)
        return self.app.test_client().post(
            path,
            data=urlencode(fields) if body is None else body,
            content_type=content_type,
            headers={"X-Twilio-Signature": signature} if signature else {},
        )

    def replies(self) -> list[Reply]:
        with self.transactions.reading() as session:
            return session.query(Reply).all()


@pytest.fixture
def service(sqlite: Transactions, wording: Wording) -> Service:
    return Service(sqlite, wording)


def test_a_genuine_text_is_kept_and_answered_with_empty_twiml(service: Service) -> None:
    with service.transactions.begin() as session:
        add_patient(session)

    answer = service.post(TEXT)

    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    [reply] = service.replies()
    assert reply.provider_id == SID
    assert reply.state is ReplyState.STRANGER
    assert service.runtime.wake.is_set()


def test_the_previous_token_still_signs(service: Service) -> None:
    answer = service.post(TEXT, signature=signature_of(INCOMING, TEXT, token=OLDER_TOKEN))

    assert answer.status_code == 200


def test_a_text_of_any_letters_comes_through(service: Service) -> None:
    answer = service.post({**TEXT, "Body": "٧ 😀\x00 & = + %"})

    assert answer.status_code == 200
    assert len(service.replies()) == 1


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in TEXT.items() if key != name}


def doubled(name: str) -> str:
    return urlencode([*TEXT.items(), (name, TEXT[name])])


CASES: dict[str, tuple[int, Callable[[Service], TestResponse]]] = {
    "no signature": (403, lambda s: s.post(TEXT, signature="")),
    "a wrong signature": (403, lambda s: s.post(TEXT, signature="bm90IGl0")),
    "another key": (
        403,
        lambda s: s.post(TEXT, signature=signature_of(INCOMING, TEXT, token="guess")),
    ),
    "signed for another path": (
        403,
        lambda s: s.post(TEXT, signature=signature_of("/sms/status/x", TEXT)),
    ),
    "words changed after signing": (
        403,
        lambda s: s.post({**TEXT, "Body": "all is well"}, signature=signature_of(INCOMING, TEXT)),
    ),
    "another account": (403, lambda s: s.post({**TEXT, "AccountSid": "AC" + "2" * 32})),
    "no account": (403, lambda s: s.post(without("AccountSid"))),
    "a number that is not ours": (403, lambda s: s.post({**TEXT, "To": "+447700900002"})),
    "no To": (400, lambda s: s.post(without("To"))),
    "no From": (400, lambda s: s.post(without("From"))),
    "no Body": (400, lambda s: s.post(without("Body"))),
    "no MessageSid": (400, lambda s: s.post(without("MessageSid"))),
    "an odd MessageSid": (400, lambda s: s.post({**TEXT, "MessageSid": "SM1"})),
    "an empty MessageSid": (400, lambda s: s.post({**TEXT, "MessageSid": ""})),
    "a doubled field, equal": (
        400,
        lambda s: s.post(TEXT, body=doubled("From"), signature=signature_of(INCOMING, TEXT)),
    ),
    "a name pulled into the value before it": (
        400,
        lambda s: s.post(
            {**without("From"), "Body": TEXT["Body"] + "From" + TEXT["From"]},
            signature=signature_of(INCOMING, TEXT),
        ),
    ),
    "a value pulled into its name": (
        400,
        lambda s: s.post(
            {**without("Body"), "Body" + TEXT["Body"]: ""},
            signature=signature_of(INCOMING, TEXT),
        ),
    ),
    "a file upload": (400, lambda s: s.post(TEXT, content_type="multipart/form-data; boundary=x")),
    "no kind of body": (400, lambda s: s.post(TEXT, content_type="")),
    "JSON": (400, lambda s: s.post(TEXT, content_type="application/json", body="{}")),
    "no body": (403, lambda s: s.post({}, signature="x")),
    "too long a body": (413, lambda s: s.post({**TEXT, "Body": "x" * 70_000})),
    "too many fields": (
        413,
        lambda s: s.post({f"{number:09}": "" for number in range(6_000)}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_surely_twilios_is_refused_and_changes_nothing(
    service: Service, case: str
) -> None:
    status, ask = CASES[case]

    answer = ask(service)

    assert answer.status_code == status
    assert service.replies() == []
    assert "7700" not in answer.text


@pytest.mark.parametrize("path", [INCOMING, "/sms/status/some-token"])
def test_only_post_is_allowed(service: Service, path: str) -> None:
    assert service.app.test_client().get(path).status_code == 405


@pytest.mark.parametrize("path", [INCOMING, "/sms/status/some-token"])
def test_with_the_simulator_nothing_comes_from_outside(
    sqlite: Transactions, wording: Wording, path: str
) -> None:
    service = Service(sqlite, wording, gateway="simulator")

    answer = service.post(TEXT, path=path)

    assert answer.status_code == 404
    assert service.replies() == []


def test_twenty_replays_at_once_are_one_text_and_one_alert(
    transactions: Transactions, wording: Wording
) -> None:
    service = Service(transactions, wording)
    with transactions.begin() as session:
        patient = add_patient(session)
        phone = patients.phone_of(session, patient)
    together = threading.Barrier(20)

    def replay(_: int) -> int:
        together.wait(timeout=60)
        return service.post({**TEXT, "From": phone}).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = set(pool.map(replay, range(20)))

    assert statuses == {200}
    assert len(service.replies()) == 1
    with transactions.reading() as session:
        alerts = session.query(Alert).all()
        texts = session.query(Message).all()
    assert [alert.times for alert in alerts] == [1] * len(alerts)
    assert len({message.dedupe_key for message in texts}) == len(texts) <= 1


def test_trouble_with_the_database_asks_for_another_try(
    sqlite: Transactions, wording: Wording
) -> None:
    service = Service(sqlite, wording)
    with sqlite.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE reply RENAME TO reply_away")

    answer = service.post(TEXT)

    assert answer.status_code == 503


# --- Delivery reports ----------------------------------------------------------------------


@pytest.fixture
def provider() -> object:
    with running_provider() as running:
        yield running


class Sent:
    """One check-in handed to a stand-in provider, and reports on it."""

    def __init__(self, service: Service, provider: Provider) -> None:
        self.service = service
        now = service.runtime.clock.now()
        with service.transactions.begin() as session:
            message = queue_text(
                session,
                patient=add_patient(session),
                kind=MessageKind.REPLY,
                text_key="pain_question",
                body="How is it today?",
                dedupe_key="one",
                now=now,
            )
            assert message is not None
        self.message_id = message.id
        service.runtime.grip.note(ours=True, now=real_now())
        send_now(service.runtime)
        self.sid = provider.taken[0]["sid"]
        called, _asks = urldefrag(provider.calls[0]["StatusCallback"])
        self.path = called.removeprefix("https://texts.example")

    def report(self, word: str, **changes: str) -> int:
        fields = {
            "AccountSid": ACCOUNT_SID,
            "MessageSid": self.sid,
            "MessageStatus": word,
            **changes,
        }
        return self.service.post(fields, path=self.path).status_code

    def state(self) -> MessageState:
        with self.service.transactions.reading() as session:
            return session.get_one(Message, self.message_id).state


@pytest.fixture
def sent(sqlite: Transactions, wording: Wording, provider: Provider) -> Sent:
    return Sent(Service(sqlite, wording, api_base=provider.base), provider)


def test_reports_follow_a_text_to_its_end(sent: Sent) -> None:
    assert sent.state() is MessageState.ACCEPTED

    answers = [sent.report(word) for word in ("queued", "sent", "delivered", "sent")]

    assert answers == [204] * 4
    assert sent.state() is MessageState.DELIVERED


def test_a_bad_report_carries_its_code(sent: Sent) -> None:
    sent.report("undelivered", ErrorCode="30003")

    assert sent.state() is MessageState.UNDELIVERED
    with sent.service.transactions.reading() as session:
        assert "30003" in session.get_one(Message, sent.message_id).reason


def test_a_word_nobody_knows_changes_nothing(sent: Sent) -> None:
    assert sent.report("teleported") == 204
    assert sent.state() is MessageState.ACCEPTED


def test_a_forged_report_changes_nothing(sent: Sent) -> None:
    fields = {"AccountSid": ACCOUNT_SID, "MessageSid": sent.sid, "MessageStatus": "failed"}

    answer = sent.service.post(fields, path=sent.path, signature="bm90IGl0")

    assert answer.status_code == 403
    assert sent.state() is MessageState.ACCEPTED


def test_a_report_with_a_token_of_nobodys_is_taken_and_forgotten(service: Service) -> None:
    fields = {"AccountSid": ACCOUNT_SID, "MessageSid": SID, "MessageStatus": "delivered"}

    answer = service.post(fields, path="/sms/status/nobody")

    assert answer.status_code == 204


def test_a_report_without_a_word_is_refused(sent: Sent) -> None:
    fields = {"AccountSid": ACCOUNT_SID, "MessageSid": sent.sid}

    assert sent.service.post(fields, path=sent.path).status_code == 400


def test_a_report_during_trouble_with_the_database_asks_for_another_try(sent: Sent) -> None:
    with sent.service.transactions.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE attempt RENAME TO attempt_away")

    assert sent.report("delivered") == 503


def test_a_report_settles_what_the_call_left_in_doubt(
    sqlite: Transactions, wording: Wording, provider: Provider
) -> None:
    provider.always = Mode.TAKE_THEN_RESET
    sent = Sent(Service(sqlite, wording, api_base=provider.base), provider)
    assert sent.state() is MessageState.UNCERTAIN

    sent.report("delivered")

    assert sent.state() is MessageState.DELIVERED
    with sqlite.reading() as session:
        [attempt] = session.query(Attempt).all()
    assert attempt.provider_id == sent.sid
