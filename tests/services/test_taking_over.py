"""One copy of the service sends; a restored one repeats nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from companion.core.grip import GOOD_FOR, LOOK_EVERY, TOLD_AFTER, Grip, Leave
from companion.core.sending import MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services import sending, taking_over
from companion.sms.gateway import SentOut, Uncertain
from companion.store import messages, patients, service_copy
from companion.store.audit import AuditEntry
from companion.store.database import Transactions
from companion.store.messages import Message, NewMessage
from tests.rigs.queue import LIMITS, Queue
from tests.rigs.times import MONDAY_NINE

BODY = "How is it today, 0 to 10?"
"""What the queue of the rig texts."""


@pytest.fixture
def queue(transactions: Transactions) -> Queue:
    return Queue(transactions)


def look(queue: Queue, grip: Grip, after: timedelta = LOOK_EVERY) -> None:
    queue.real.moment += after
    taking_over.look(queue.transactions, queue.gateway, grip, now=queue.now, real_now=queue.real())


def dispatch(queue: Queue, leave: Leave) -> int:
    return sending.dispatch_once(
        queue.transactions,
        queue.gateway,
        now=queue.now,
        real_now=queue.real,
        limits=LIMITS,
        leave=leave,
    )


def let_wait(queue: Queue) -> None:
    with queue.transactions.begin() as session:
        service_copy.set_waiting(
            session, restored_at=queue.real(), backup_made_at=queue.real() - timedelta(hours=1)
        )


def sent_out(queue: Queue, body: str = BODY, *, to: str | None = None) -> SentOut:
    """Return a text that the lost part of the book had sent."""
    with queue.transactions.reading() as session:
        phone = to or patients.phone_of(session, queue.patient)
    return SentOut(f"SM{uuid4().hex}", phone, body, queue.real())


def release(queue: Queue, *listed: SentOut) -> taking_over.Compared:
    with queue.transactions.begin() as session:
        return taking_over.release(session, listed, now=queue.now, real_now=queue.real())


# --- Whose the number is ------------------------------------------------------------------


def test_a_number_without_a_mark_is_taken(queue: Queue) -> None:
    grip = Grip(needed=True)

    look(queue, grip)

    with queue.transactions.begin() as session:
        assert queue.gateway.holder() == service_copy.mark_of(session)
    assert grip.leave(queue.real()) is Leave.EVERYTHING


def test_of_two_copies_the_one_that_finds_anothers_mark_sends_nothing_and_says_so(
    queue: Queue,
) -> None:
    grip = Grip(needed=True)
    look(queue, grip)
    queue.queue()
    queue.queue(MessageKind.CRISIS, "two")

    queue.gateway.take_hold("f" * 16)
    look(queue, grip)

    assert grip.leave(queue.real()) is Leave.NOTHING
    assert dispatch(queue, grip.leave(queue.real())) == 0
    [(rule, urgency, why)] = queue.alerts()
    assert (rule, urgency) == ("S-03", Urgency.EMERGENCY)
    assert "sends nothing more" in why


def test_a_mark_that_cannot_be_read_lets_only_what_may_go_twice_leave(queue: Queue) -> None:
    grip = Grip(needed=True)
    look(queue, grip)
    check_in, crisis = queue.queue(), queue.queue(MessageKind.CRISIS, "two")

    queue.gateway.list_fails = True
    look(queue, grip, GOOD_FOR)
    dispatch(queue, grip.leave(queue.real()))

    assert queue.text(crisis).state is MessageState.ACCEPTED
    assert queue.text(check_in).state is MessageState.QUEUED
    queue.gateway.list_fails = False
    look(queue, grip)
    dispatch(queue, grip.leave(queue.real()))
    assert queue.text(check_in).state is MessageState.ACCEPTED


def test_a_mark_that_cannot_be_read_for_long_is_told(queue: Queue) -> None:
    grip = Grip(needed=True)
    queue.gateway.list_fails = True

    look(queue, grip)
    assert queue.alerts() == []
    look(queue, grip, TOLD_AFTER)

    [(rule, _, why)] = queue.alerts()
    assert rule == "S-01"
    assert "check-ins wait" in why


def test_between_two_looks_the_provider_is_left_alone(queue: Queue) -> None:
    grip = Grip(needed=True)
    look(queue, grip)
    queue.gateway.take_hold("f" * 16)

    look(queue, grip, timedelta(seconds=1))

    assert not grip.lost


# --- A restored copy ----------------------------------------------------------------------


def test_a_copy_that_waits_takes_no_number_and_sends_nothing(queue: Queue) -> None:
    grip = Grip(needed=True)
    let_wait(queue)
    queue.queue(MessageKind.CRISIS)

    look(queue, grip)

    assert queue.gateway.holder() == ""
    assert dispatch(queue, Leave.EVERYTHING) == 0
    assert queue.gateway.sent == []


def test_what_went_word_for_word_counts_as_sent(queue: Queue) -> None:
    message = queue.queue()
    let_wait(queue)
    sent = sent_out(queue)

    compared = release(queue, sent)

    assert compared == taking_over.Compared(gone=1, held_back=0)
    assert queue.text(message).state is MessageState.ACCEPTED
    [attempt] = queue.attempts()
    assert attempt.provider_id == sent.provider_id
    dispatch(queue, Leave.EVERYTHING)
    assert queue.gateway.sent == []
    assert queue.alerts() == []


def test_one_text_that_went_counts_for_one_that_waits(queue: Queue) -> None:
    first = queue.queue()
    queue.now += timedelta(minutes=1)
    second = queue.queue(key="two")
    let_wait(queue)

    release(queue, sent_out(queue), sent_out(queue, "something else"))

    assert queue.text(first).state is MessageState.ACCEPTED
    assert queue.text(second).state is MessageState.CANCELLED


def test_what_may_have_gone_in_other_words_is_not_sent_and_a_person_is_told(
    queue: Queue,
) -> None:
    message = queue.queue()
    let_wait(queue)

    compared = release(queue, sent_out(queue, "other words"))

    assert compared.held_back == 1
    assert queue.text(message).state is MessageState.CANCELLED
    assert "restored from a backup" in queue.text(message).reason
    assert [rule for rule, _, _ in queue.alerts()] == ["U-04"]


def test_a_crisis_answer_that_may_not_have_gone_is_sent(queue: Queue) -> None:
    message = queue.queue(MessageKind.CRISIS)
    let_wait(queue)

    release(queue, sent_out(queue, "other words"))
    dispatch(queue, Leave.EVERYTHING)

    assert queue.text(message).state is MessageState.ACCEPTED


def test_a_doubtful_text_that_went_again_after_the_backup_is_not_sent_a_third_time(
    queue: Queue,
) -> None:
    message = queue.queue()
    queue.gateway.answer_next(Uncertain("no answer"))
    queue.dispatch()
    let_wait(queue)

    release(queue, sent_out(queue))

    assert queue.text(message).state is MessageState.ACCEPTED
    assert [attempt.number for attempt in queue.attempts()] == [1, 2]


def test_a_doubtful_text_is_held_where_other_words_went(queue: Queue) -> None:
    message = queue.queue()
    queue.gateway.answer_next(Uncertain("no answer"))
    queue.dispatch()
    let_wait(queue)

    release(queue, sent_out(queue, "other words"))

    assert queue.text(message).state is MessageState.HELD
    assert [rule for rule, _, _ in queue.alerts()] == ["U-04"]


def test_what_the_book_knows_and_what_went_elsewhere_stops_nothing(queue: Queue) -> None:
    queue.queue()
    queue.dispatch()
    known = queue.attempts()[0].provider_id
    message = queue.queue(key="two")
    let_wait(queue)
    sent = sent_out(queue)
    assert known is not None

    release(
        queue,
        SentOut(known, sent.to, BODY, queue.real()),
        sent_out(queue, to="+447700900999"),
    )

    assert queue.text(message).state is MessageState.QUEUED


def test_a_text_to_staff_that_went_is_not_sent_again(queue: Queue) -> None:
    with queue.transactions.begin() as session:
        message = messages.add(
            session,
            NewMessage(
                patient=None,
                phone="+447700900999",
                organisation_id=queue.patient.organisation_id,
                kind=MessageKind.STAFF,
                text_key="staff_alert",
                body=BODY,
                segments=1,
                dedupe_key="staff",
                not_before=MONDAY_NINE,
                window_ends_at=MONDAY_NINE + timedelta(hours=1),
            ),
            now=MONDAY_NINE,
        )
    assert message is not None
    let_wait(queue)

    release(queue, sent_out(queue, to="+447700900999"))

    assert queue.text(message).state is MessageState.ACCEPTED


def test_a_damaged_text_is_held_back_and_keeps_no_other_from_leaving(queue: Queue) -> None:
    damaged, sound = queue.queue(), queue.queue(key="two")
    with queue.transactions.begin() as session:
        session.get_one(Message, damaged.id).body = "1.nothing"
    let_wait(queue)

    compared = release(queue)

    assert compared == taking_over.Compared(gone=0, held_back=1)
    assert queue.text(damaged).state is MessageState.CANCELLED
    assert queue.text(sound).state is MessageState.QUEUED
    assert [rule for rule, _, _ in queue.alerts()] == ["U-04"]


def test_a_release_stands_in_the_audit_trail(queue: Queue) -> None:
    queue.queue()
    let_wait(queue)

    release(queue)

    with queue.transactions.reading() as session:
        assert service_copy.waiting(session) is None
        [entry] = session.query(AuditEntry).filter(AuditEntry.action == "released after a restore")
        assert entry.detail == '{"gone": 0, "held_back": 0}'
        [message] = session.query(Message)
    dispatch(queue, Leave.EVERYTHING)
    assert queue.text(message).state is MessageState.ACCEPTED
