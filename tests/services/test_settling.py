"""Doubtful texts, settled by what the provider says it took, on both databases."""

from datetime import datetime

import pytest

from companion.core.sending import AttemptOutcome, MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services.settling import LOOK_AGAIN, LOOKS_FOR, settle_by_answer
from companion.sms.gateway import Accepted, ListedOut, Uncertain, Unlisted
from companion.store import messages
from companion.store.database import Transactions
from companion.store.messages import Message
from companion.store.patients import Patient
from tests.rigs.queue import Queue
from tests.rigs.texted import change_phone

S = MessageState
NO_ANSWER = Uncertain("no answer within the deadline")


@pytest.fixture
def queue(transactions: Transactions) -> Queue:
    return Queue(transactions)


def doubtful(queue: Queue, key: str = "one", *, taken: bool) -> Message:
    """Return a text whose call was not answered."""
    message = queue.queue(key=key)
    queue.gateway.answer_next(NO_ANSWER, taken=taken)
    queue.dispatch()
    assert queue.text(message).state is S.UNCERTAIN
    return message


def test_nothing_is_looked_up_before_the_time_to_settle(queue: Queue) -> None:
    message = doubtful(queue, taken=False)

    queue.real.pass_seconds(599)

    assert queue.settle() == 0
    assert queue.text(message).state is S.UNCERTAIN


def test_a_text_that_the_provider_lists_went_and_is_not_sent_again(queue: Queue) -> None:
    message = doubtful(queue, taken=True)

    queue.real.pass_seconds(600)
    queue.settle()
    queue.dispatch()

    assert queue.text(message).state is S.ACCEPTED
    assert len(queue.gateway.sent) == 1
    assert queue.alerts() == []
    assert queue.report("delivered")
    assert queue.text(message).state is S.DELIVERED


def test_a_text_that_is_not_listed_is_sent_once_more_and_then_held(queue: Queue) -> None:
    message = doubtful(queue, taken=False)

    queue.real.pass_seconds(600)
    queue.settle()
    assert queue.text(message).state is S.QUEUED
    queue.gateway.answer_next(NO_ANSWER)
    queue.dispatch()
    queue.real.pass_seconds(600)
    queue.settle()
    queue.dispatch()

    assert queue.text(message).state is S.HELD
    assert len(queue.gateway.sent) == 2
    [(rule, urgency, why)] = queue.alerts()
    assert (rule, urgency) == ("U-02", Urgency.SOON)
    assert "deadline" in why


def test_a_resend_that_is_listed_went(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.real.pass_seconds(600)
    queue.settle()
    queue.gateway.answer_next(NO_ANSWER, taken=True)
    queue.dispatch()

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.ACCEPTED
    assert queue.alerts() == []


def test_a_resend_still_asks_whether_the_text_may_leave(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.change(opted_out_at=queue.now)

    queue.real.pass_seconds(600)
    queue.settle()
    queue.dispatch()

    assert queue.text(message).state is S.CANCELLED
    assert "opted out" in queue.text(message).reason
    assert len(queue.gateway.sent) == 1


def test_a_list_that_fails_is_never_taken_for_an_empty_one(queue: Queue) -> None:
    message = doubtful(queue, taken=True)
    queue.gateway.list_fails = True

    queue.real.pass_seconds(600)
    queue.settle()
    assert queue.text(message).state is S.UNCERTAIN
    assert queue.settle() == 0  # it waits before it looks again

    queue.gateway.list_fails = False
    queue.real.pass_seconds(LOOK_AGAIN.total_seconds())
    queue.settle()
    assert queue.text(message).state is S.ACCEPTED


def test_a_list_that_fails_for_an_hour_leaves_the_text_to_a_person(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.gateway.list_fails = True

    queue.real.pass_seconds(601 + LOOKS_FOR.total_seconds())
    queue.settle()

    assert queue.text(message).state is S.HELD
    assert [rule for rule, _, _ in queue.alerts()] == ["U-02"]


def test_one_listed_text_settles_one_of_two_and_the_other_is_held(queue: Queue) -> None:
    first = doubtful(queue, "first", taken=True)
    queue.real.pass_seconds(5)
    second = doubtful(queue, "second", taken=False)

    queue.real.pass_seconds(600)
    queue.settle()
    queue.dispatch()

    assert queue.text(first).state is S.ACCEPTED
    assert queue.text(second).state is S.HELD
    assert len(queue.gateway.sent) == 2


def test_two_listed_texts_settle_both(queue: Queue) -> None:
    texts = [doubtful(queue, key, taken=True) for key in ("first", "second")]

    queue.real.pass_seconds(600)
    queue.settle()

    assert {queue.text(one).state for one in texts} == {S.ACCEPTED}
    assert queue.alerts() == []


def test_a_text_that_another_attempt_owns_proves_nothing(queue: Queue) -> None:
    first = queue.queue(key="first")
    queue.dispatch()
    second = doubtful(queue, "second", taken=False)

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(first).state is S.ACCEPTED
    assert queue.text(second).state is S.QUEUED


def test_nothing_is_settled_while_a_text_is_on_its_way_to_that_phone(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.real.pass_seconds(600)
    queue.queue(key="second")
    queue.claim_and_die()

    queue.settle()

    assert queue.text(message).state is S.UNCERTAIN


def test_a_doubtful_crisis_call_may_own_a_listed_text_too(queue: Queue) -> None:
    queue.gateway.answer_next(NO_ANSWER, taken=True)
    queue.queue(MessageKind.CRISIS, key="crisis")
    queue.dispatch()  # taken, called again at once, and accepted
    queue.real.pass_seconds(5)
    message = doubtful(queue, taken=False)

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.HELD
    named = [one.provider_id for one in queue.attempts() if one.provider_id]
    assert len(named) == len(set(named)) == 2


def test_a_doubt_about_a_number_since_given_up_is_for_a_person(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    with queue.transactions.begin() as session:
        change_phone(session, session.get_one(Patient, queue.patient.id), "+447700900998")

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.HELD


def test_a_number_that_cannot_be_opened_is_not_looked_up(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.change(phone="not sealed by us")

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.UNCERTAIN


def test_a_report_with_an_unknown_word_still_proves_that_it_went(queue: Queue) -> None:
    message = doubtful(queue, taken=True)
    queue.report("in orbit")

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.ACCEPTED
    assert len(queue.gateway.sent) == 1


def test_two_copies_that_the_provider_took_are_told(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.real.pass_seconds(600)
    queue.settle()
    queue.dispatch()  # taken; and the first call had got through after all, long after

    assert queue.report("delivered", nth=0)

    assert queue.text(message).state is S.DELIVERED
    [(rule, urgency, why)] = queue.alerts()
    assert (rule, urgency) == ("U-02", Urgency.SOON)
    assert "twice" in why


def test_two_settlers_at_once_send_it_once_more_not_twice(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.real.pass_seconds(600)

    queue.settle()
    queue.settle()
    queue.dispatch()
    queue.dispatch()

    assert queue.text(message).state is S.ACCEPTED
    assert len(queue.gateway.sent) == 2


def test_a_late_result_of_a_paused_call_wins_over_an_empty_list(queue: Queue) -> None:
    message = queue.queue()
    [claim] = queue.claim_and_die()
    queue.real.pass_seconds(21)
    queue.dispatch()
    queue.record(claim, Accepted("SIM-late"))

    queue.real.pass_seconds(600)
    queue.settle()

    assert queue.text(message).state is S.ACCEPTED
    assert queue.gateway.sent == []
    assert [one.outcome for one in queue.attempts()] == [AttemptOutcome.UNCERTAIN]


def test_a_report_that_comes_during_the_look_up_has_the_last_word(queue: Queue) -> None:
    message = doubtful(queue, taken=False)
    queue.real.pass_seconds(600)
    read_list = queue.gateway.texts_out

    def reported_meanwhile(to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        listed = read_list(to, since)
        queue.report("delivered")
        return listed

    queue.gateway.texts_out = reported_meanwhile  # type: ignore[method-assign]  # in its place
    queue.settle()
    queue.dispatch()

    assert queue.text(message).state is S.DELIVERED
    assert len(queue.gateway.sent) == 1


def test_each_phone_is_looked_up_by_itself(queue: Queue) -> None:
    other = Queue(queue.transactions)
    other.gateway = queue.gateway
    went, did_not = doubtful(queue, taken=True), doubtful(other, taken=False)

    queue.real.pass_seconds(600)

    assert queue.settle() == 2
    assert queue.text(went).state is S.ACCEPTED
    assert queue.text(did_not).state is S.QUEUED


def test_a_text_without_a_check_in_is_not_settled_by_an_answer(queue: Queue) -> None:
    message = doubtful(queue, taken=False)

    with queue.transactions.begin() as session:
        settle_by_answer(session, queue.patient.id, now=queue.now)
        assert messages.newest_of_check_in(session, queue.patient.id) is None

    assert queue.text(message).state is S.UNCERTAIN
