"""The queue's own table: added once, seen in scope, moved only along the arrows."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from companion.core.sending import MAY_BECOME, MessageKind, MessageState
from companion.store import messages
from companion.store.database import Scope, Session, Transactions
from companion.store.messages import Message, NewMessage
from companion.store.patients import Patient
from companion.store.sealing import SealError
from tests.rigs.texted import add_patient
from tests.rigs.times import MONDAY_NINE

STATES = list(MessageState)


def new_message(patient: Patient, key: str = "one") -> NewMessage:
    return NewMessage(
        patient=patient,
        kind=MessageKind.CHECK_IN,
        text_key="pain_question",
        body="How is it today?",
        segments=1,
        dedupe_key=f"{patient.id}:{key}",
        not_before=MONDAY_NINE,
        window_ends_at=MONDAY_NINE.replace(hour=20),
    )


def add_one(session: Session, patient: Patient, key: str = "one") -> Message:
    message = messages.add(session, new_message(patient, key), now=MONDAY_NINE)
    assert message is not None
    return message


def test_words_open_only_in_their_own_row(transactions: Transactions) -> None:
    with transactions.begin() as session:
        patient = add_patient(session)
        first, second = add_one(session, patient, "1"), add_one(session, patient, "2")

        assert messages.body_of(session, first) == "How is it today?"
        first.body = second.body
        with pytest.raises(SealError):
            messages.body_of(session, first)


def test_two_that_queue_the_same_text_at_once_leave_one(transactions: Transactions) -> None:
    with transactions.begin() as session:
        patient = add_patient(session)
    both = threading.Barrier(2)

    def add(_: int) -> bool:
        both.wait(timeout=30)
        with transactions.begin() as session:
            return messages.add(session, new_message(patient), now=MONDAY_NINE) is not None

    with ThreadPoolExecutor(2) as pool:
        added = sorted(pool.map(add, range(2)))

    assert added == [False, True]


def test_texts_are_seen_only_in_their_organisation_and_team(transactions: Transactions) -> None:
    with transactions.begin() as session:
        patient, other = add_patient(session), add_patient(session)
        add_one(session, patient)
        ours = Scope(patient.organisation_id, frozenset({patient.team_id}))
        scopes = [
            Scope(other.organisation_id, frozenset({other.team_id})),
            Scope(other.organisation_id, frozenset({patient.team_id})),
            Scope(patient.organisation_id, frozenset({other.team_id})),
            Scope(patient.organisation_id, frozenset()),
        ]

        assert len(messages.texts_of(session, ours, patient.id, limit=10)) == 1
        for scope in scopes:
            assert not messages.texts_of(session, scope, patient.id, limit=10)


def test_the_newest_texts_come_first_and_no_more_than_asked(transactions: Transactions) -> None:
    with transactions.begin() as session:
        patient = add_patient(session)
        for number in range(3):
            added = add_one(session, patient, str(number))
            added.queued_at = MONDAY_NINE.replace(minute=number)
        session.flush()
        scope = Scope(patient.organisation_id, frozenset({patient.team_id}))

        found = messages.texts_of(session, scope, patient.id, limit=2)

    assert [one.queued_at.minute for one in found] == [2, 1]


@pytest.mark.parametrize("old", STATES)
def test_a_text_cannot_be_moved_against_the_arrows(old: MessageState) -> None:
    for new in set(STATES) - MAY_BECOME[old] - {old}:
        with pytest.raises(ValueError, match="a text may not go from"):
            messages.move(Message(id=uuid4(), state=old), new, now=MONDAY_NINE)


def set_state(transactions: Transactions, message_id: UUID, state: MessageState) -> bool:
    """Try to change a state behind our back; tell whether the database let it happen."""
    try:
        with transactions.begin() as session:
            session.execute(
                text("UPDATE message SET state = :state WHERE id = :id"),
                {"state": state.value, "id": _raw(transactions, message_id)},
            )
    except DBAPIError:
        return False
    return True


def _raw(transactions: Transactions, row_id: UUID) -> str | UUID:
    return row_id.hex if transactions.engine.dialect.name == "sqlite" else row_id


PATHS = {
    MessageState.QUEUED: [],
    MessageState.SENDING: [MessageState.SENDING],
    MessageState.ACCEPTED: [MessageState.SENDING, MessageState.ACCEPTED],
    MessageState.DELIVERED: [MessageState.SENDING, MessageState.DELIVERED],
    MessageState.UNDELIVERED: [MessageState.SENDING, MessageState.UNDELIVERED],
    MessageState.FAILED: [MessageState.SENDING, MessageState.FAILED],
    MessageState.UNCERTAIN: [MessageState.SENDING, MessageState.UNCERTAIN],
    MessageState.HELD: [MessageState.SENDING, MessageState.UNCERTAIN, MessageState.HELD],
    MessageState.MISSED: [MessageState.MISSED],
    MessageState.CANCELLED: [MessageState.CANCELLED],
}


@pytest.mark.parametrize("old", STATES)
def test_the_database_lets_a_text_move_only_along_the_arrows(
    transactions: Transactions, old: MessageState
) -> None:
    for new in STATES:
        with transactions.begin() as session:
            message = add_one(session, add_patient(session))
            for state in PATHS[old]:
                messages.move(message, state, now=MONDAY_NINE)

        allowed = set_state(transactions, message.id, new)

        assert allowed is (new is old or new in MAY_BECOME[old]), (old, new)


def test_two_moves_in_one_transaction_are_two_arrows(transactions: Transactions) -> None:
    with transactions.begin() as session:
        message = add_one(session, add_patient(session))
        for state in PATHS[MessageState.HELD]:
            messages.move(message, state, reason="nobody knows", now=MONDAY_NINE)

    with transactions.reading() as session:
        kept = session.get_one(Message, message.id)
        assert (kept.state, kept.reason) == (MessageState.HELD, "nobody knows")


def test_was_asked_is_no_while_nothing_may_have_left(transactions: Transactions) -> None:
    with transactions.begin() as session:
        assert not messages.was_asked(session, uuid4())


def test_a_row_that_another_sender_holds_is_passed_over(postgresql: Transactions) -> None:
    with postgresql.begin() as session:
        patient = add_patient(session)
        add_one(session, patient, "1")
        add_one(session, patient, "2")

    with postgresql.begin() as first, postgresql.begin() as second:
        ours = messages.due(
            first, list(MessageKind), now=MONDAY_NINE, real_now=MONDAY_NINE, limit=1
        )
        theirs = messages.due(
            second, list(MessageKind), now=MONDAY_NINE, real_now=MONDAY_NINE, limit=10
        )

        assert len(ours) == len(theirs) == 1
        assert ours[0].message.id != theirs[0].message.id
