"""Texts from the queue to their end, on both databases, through the simulated gateway."""

from datetime import timedelta

import pytest

from companion.core.agreement import VersionState
from companion.core.people import PatientStatus
from companion.core.send_rate import SendRate
from companion.core.sending import AttemptOutcome, MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services import queueing, sending
from companion.services.following import record_delivery
from companion.services.obstacles import ANSWERS_FOR
from companion.services.queueing import queue_text
from companion.services.sending import SendingLimits, dispatch_once
from companion.sms.gateway import Accepted, Outgoing, Refused, SendResult, TryLater, Uncertain
from companion.sms.simulator import SimulatedGateway
from companion.store import messages
from companion.store.database import Transactions
from companion.store.messages import Message
from companion.store.patients import Patient
from tests.rigs.queue import LIMITS, Queue
from tests.rigs.texted import add_plan_version, change_phone
from tests.rigs.times import MONDAY_NINE

S = MessageState
K = MessageKind


@pytest.fixture
def rig(transactions: Transactions) -> Queue:
    return Queue(transactions)


def test_a_due_text_leaves_once_and_is_accepted(rig: Queue) -> None:
    message = rig.queue()

    calls = rig.dispatch() + rig.dispatch()

    assert calls == 1
    assert [text.body for text in rig.gateway.sent] == ["How is it today, 0 to 10?"]
    assert rig.text(message).state is S.ACCEPTED
    [attempt] = rig.attempts()
    assert attempt.outcome is AttemptOutcome.ACCEPTED
    assert attempt.callback_token == rig.gateway.sent[0].callback_token
    assert rig.alerts() == []


def test_a_text_queued_twice_is_one_text(rig: Queue) -> None:
    rig.queue(key="same")

    with rig.transactions.begin() as session:
        again = queue_text(
            session,
            patient=rig.patient,
            kind=K.CHECK_IN,
            text_key="pain_question",
            body="another wording",
            dedupe_key=f"{rig.patient.id}:same",
            now=rig.now,
        )

    assert again is None
    assert rig.dispatch() == 1


def test_words_and_number_are_sealed_in_the_row(rig: Queue) -> None:
    message = rig.queue()

    assert "0 to 10" not in rig.text(message).body
    assert rig.text(message).segments == 1


def test_a_text_outside_the_patients_hours_waits_for_them(rig: Queue) -> None:
    rig.now = MONDAY_NINE.replace(hour=22)
    message = rig.queue()

    rig.dispatch()
    assert rig.gateway.sent == []

    rig.now = (MONDAY_NINE + timedelta(days=1)).replace(hour=8)
    rig.dispatch()
    assert rig.text(message).state is S.ACCEPTED
    assert rig.gateway.sent[0].valid_for_seconds == 12 * 3600


def test_the_provider_may_try_only_until_the_hours_end(rig: Queue) -> None:
    rig.queue(window_ends_at=MONDAY_NINE + timedelta(seconds=90))

    rig.dispatch()

    assert rig.gateway.sent[0].valid_for_seconds == 90


@pytest.mark.parametrize(
    ("kind", "late"), [(K.REPLY, ANSWERS_FOR - timedelta(minutes=1)), (K.CRISIS, timedelta(days=1))]
)
def test_an_answer_leaves_at_any_hour(rig: Queue, kind: MessageKind, late: timedelta) -> None:
    rig.now = MONDAY_NINE.replace(hour=2)
    message = rig.queue(kind)

    rig.now += late
    rig.dispatch()

    assert rig.text(message).state is S.ACCEPTED
    assert rig.gateway.sent[0].valid_for_seconds == 60


def test_an_answer_that_waited_for_hours_is_missed_and_told(rig: Queue) -> None:
    message = rig.queue(K.REPLY)

    rig.now += ANSWERS_FOR
    rig.dispatch()

    assert rig.gateway.sent == []
    assert rig.text(message).state is S.MISSED
    assert [rule for rule, _, _ in rig.alerts()] == ["U-03"]


def test_the_most_urgent_text_leaves_first(rig: Queue) -> None:
    one_at_a_time = SendingLimits(threads=1)
    for kind in (K.CHECK_IN, K.REPLY, K.CRISIS):
        rig.queue(kind, key=kind)

    dispatch_once(
        rig.transactions, rig.gateway, now=rig.now, real_now=rig.real, limits=one_at_a_time
    )

    with rig.transactions.reading() as session:
        kinds = [
            session.get_one(Message, attempt.message_id).kind
            for text in rig.gateway.sent
            if (attempt := messages.attempt_by_token(session, text.callback_token))
        ]
    assert kinds == [K.CRISIS, K.REPLY, K.CHECK_IN]


# --- What may not leave after all ----------------------------------------------------------


@pytest.mark.parametrize("kind", list(K))
def test_no_text_goes_to_a_number_the_patient_no_longer_has(rig: Queue, kind: MessageKind) -> None:
    rig.change(status=_status_for(kind))
    message = rig.queue(kind)
    with rig.transactions.begin() as session:
        change_phone(session, session.get_one(Patient, rig.patient.id), "+447700900999")

    rig.dispatch()

    assert rig.gateway.sent == []
    assert rig.text(message).state is S.CANCELLED
    assert rig.text(message).reason


@pytest.mark.parametrize("kind", list(K))
def test_no_text_goes_to_somebody_who_opted_out(rig: Queue, kind: MessageKind) -> None:
    rig.change(status=_status_for(kind), opted_out_at=MONDAY_NINE)
    message = rig.queue(kind)

    rig.dispatch()

    assert rig.gateway.sent == []
    assert rig.text(message).state is S.CANCELLED


def test_a_crisis_answer_that_may_not_leave_calls_a_person_at_once(rig: Queue) -> None:
    rig.change(opted_out_at=MONDAY_NINE)
    rig.queue(K.CRISIS)

    rig.dispatch()

    [(rule, urgency, why)] = rig.alerts()
    assert (rule, urgency) == ("U-01", Urgency.EMERGENCY)
    assert "opted out" in why


@pytest.mark.parametrize("kind", [K.CHECK_IN, K.REMINDER, K.HANDSHAKE])
@pytest.mark.parametrize("status", [PatientStatus.PAUSED, PatientStatus.FINISHED])
def test_unasked_texts_stop_with_the_patients_status(
    rig: Queue, kind: MessageKind, status: PatientStatus
) -> None:
    message = rig.queue(kind)
    rig.change(status=status)

    rig.dispatch()

    assert rig.text(message).state is S.CANCELLED
    assert rig.alerts() == []


@pytest.mark.parametrize("kind", [K.REPLY, K.CRISIS])
def test_an_answer_reaches_a_patient_whose_taper_is_over(rig: Queue, kind: MessageKind) -> None:
    rig.change(status=PatientStatus.FINISHED)
    message = rig.queue(kind)

    rig.dispatch()

    assert rig.text(message).state is S.ACCEPTED


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (K.CHECK_IN, VersionState.AGREED, S.ACCEPTED),
        (K.CHECK_IN, VersionState.SUPERSEDED, S.CANCELLED),
        (K.CHECK_IN, VersionState.WITHDRAWN, S.CANCELLED),
        (K.REPLY, VersionState.SUPERSEDED, S.ACCEPTED),
        (K.CRISIS, VersionState.SUPERSEDED, S.ACCEPTED),
    ],
)
def test_a_text_leaves_only_while_its_plan_stands_unless_it_answers(
    rig: Queue, kind: MessageKind, state: VersionState, expected: MessageState
) -> None:
    with rig.transactions.begin() as session:
        version_id = add_plan_version(session, rig.patient, state=state)
    message = rig.queue(kind, plan_version_id=version_id)

    rig.dispatch()

    assert rig.text(message).state is expected


@pytest.mark.parametrize(
    ("kind", "told"), [(K.CHECK_IN, ["U-03"]), (K.HANDSHAKE, ["U-03"]), (K.REMINDER, [])]
)
def test_a_text_whose_hours_are_over_is_missed_and_told_when_owed(
    rig: Queue, kind: MessageKind, told: list[str]
) -> None:
    rig.change(status=_status_for(kind))
    message = rig.queue(kind)
    rig.now = MONDAY_NINE.replace(hour=19, minute=59, second=30)

    rig.dispatch()

    assert rig.gateway.sent == []
    assert rig.text(message).state is S.MISSED
    assert [rule for rule, _, _ in rig.alerts()] == told


def test_a_damaged_text_is_told_and_stands_in_nobodys_way(rig: Queue) -> None:
    damaged, sound = rig.queue(K.REPLY, key="damaged"), rig.queue(key="sound")
    with rig.transactions.begin() as session:
        session.get_one(Message, damaged.id).body = sound.body

    rig.dispatch()

    assert rig.text(damaged).state is S.CANCELLED
    assert rig.text(sound).state is S.ACCEPTED
    assert [rule for rule, _, _ in rig.alerts()] == ["U-01"]


def test_what_waits_can_be_taken_back_but_answers_stay(rig: Queue) -> None:
    unasked = [rig.queue(kind, key=kind) for kind in (K.CHECK_IN, K.REMINDER)]
    answers = [rig.queue(kind, key=kind) for kind in (K.REPLY, K.CRISIS)]

    with rig.transactions.begin() as session:
        patient = session.get_one(Patient, rig.patient.id)
        count = queueing.cancel_waiting(session, patient, reason="The plan changed.", now=rig.now)

    assert count == 2
    assert {rig.text(one).state for one in unasked} == {S.CANCELLED}
    assert {rig.text(one).reason for one in unasked} == {"The plan changed."}
    assert {rig.text(one).state for one in answers} == {S.QUEUED}


# --- What the provider may say -----------------------------------------------------------


def test_a_refused_text_has_failed_and_a_person_is_told(rig: Queue) -> None:
    rig.gateway.answer_next(Refused("21614"))
    message = rig.queue()

    rig.dispatch()

    assert rig.text(message).state is S.FAILED
    assert "not a mobile phone" in rig.text(message).reason
    assert [(rule, urgency) for rule, urgency, _ in rig.alerts()] == [("U-01", Urgency.SOON)]


def test_a_text_put_off_waits_as_long_as_asked_and_then_leaves(rig: Queue) -> None:
    rig.gateway.answer_next(TryLater(30, "slow down"))
    message = rig.queue()

    rig.dispatch()
    assert rig.text(message).state is S.QUEUED
    rig.real.pass_seconds(29)
    assert rig.dispatch() == 0

    rig.real.pass_seconds(9)
    assert rig.dispatch() == 1
    assert rig.text(message).state is S.ACCEPTED


def test_waiting_grows_with_each_try_but_not_for_a_crisis_answer(rig: Queue) -> None:
    rig.gateway.answer_next(*[TryLater(30)] * 4)
    ordinary, crisis = rig.queue(), rig.queue(K.CRISIS, key="crisis")

    rig.dispatch()
    rig.real.pass_seconds(40)
    rig.dispatch()

    ordinary_at, crisis_at = rig.text(ordinary).retry_at, rig.text(crisis).retry_at
    assert ordinary_at is not None
    assert crisis_at is not None
    assert ordinary_at - rig.real() >= timedelta(seconds=60)
    assert crisis_at - rig.real() < timedelta(seconds=40)


def test_a_crisis_answer_that_the_provider_will_not_take_calls_a_person(rig: Queue) -> None:
    rig.gateway.answer_next(*[TryLater(5)] * 3)
    message = rig.queue(K.CRISIS)

    for _ in range(3):
        rig.dispatch()
        rig.real.pass_seconds(10)

    assert [(rule, urgency) for rule, urgency, _ in rig.alerts()] == [("U-01", Urgency.EMERGENCY)]
    assert rig.text(message).state is S.QUEUED


def test_a_refused_password_is_told_to_the_operator_and_loses_no_text(rig: Queue) -> None:
    rig.gateway.answer_next(TryLater(30, "the account is refused", for_operator=True))
    message = rig.queue()

    rig.dispatch()

    assert rig.text(message).state is S.QUEUED
    assert [rule for rule, _, _ in rig.alerts()] == ["S-01"]


def test_an_account_that_is_refused_opens_the_breaker_and_uses_up_nothing(rig: Queue) -> None:
    rig.gateway.answer_next(*[TryLater(1, "refused", for_operator=True)] * 3)
    rig.gateway.list_fails = True
    texts = [rig.queue(key=str(number)) for number in range(6)]

    tried = rig.dispatch()
    for _ in range(20):
        rig.real.pass_seconds(30)
        assert rig.dispatch() == 0
    assert len(rig.gateway.sent) == tried
    assert [rule for rule, _, _ in rig.alerts()] == ["S-01"]

    rig.gateway.list_fails = False  # the account works again: a harmless question shows it
    rig.real.pass_seconds(60)
    rig.dispatch()

    assert {rig.text(one).state for one in texts} == {S.ACCEPTED}
    assert len(rig.gateway.sent) == tried + 6 - (tried - 3)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("sent", S.ACCEPTED), ("delivered", S.DELIVERED), ("undelivered", S.UNDELIVERED)],
)
def test_a_delivery_report_settles_a_doubt(rig: Queue, word: str, expected: MessageState) -> None:
    rig.gateway.answer_next(Uncertain("no answer within the deadline"))
    message = rig.queue()
    rig.dispatch()

    rig.report(word)
    rig.real.pass_seconds(3600)
    rig.dispatch()

    assert rig.text(message).state is expected
    assert len(rig.gateway.sent) == 1


def test_a_text_for_another_number_is_held_with_the_loudest_alarm(rig: Queue) -> None:
    rig.gateway.answer_next(Uncertain("another number", wrong_number=True))
    message = rig.queue(K.CRISIS)

    rig.dispatch()
    rig.dispatch()

    assert rig.text(message).state is S.HELD
    assert len(rig.gateway.sent) == 1
    assert [(rule, urgency) for rule, urgency, _ in rig.alerts()] == [("U-02", Urgency.EMERGENCY)]


def test_a_provider_that_names_two_texts_alike_is_not_believed(rig: Queue) -> None:
    rig.gateway.answer_next(Accepted("SM1"), Accepted("SM1"))
    first, second = rig.queue(key="first"), rig.queue(key="second")

    rig.dispatch()

    assert {rig.text(first).state, rig.text(second).state} == {S.ACCEPTED, S.UNCERTAIN}


class BrokenGateway(SimulatedGateway):
    """Raises for one text, as only a fault of ours can, and takes the others."""

    broke = False

    def send(self, text: Outgoing) -> SendResult:
        if not self.broke:
            self.broke = True
            raise ZeroDivisionError
        return super().send(text)


def test_a_gateway_that_breaks_loses_no_result_of_the_others(rig: Queue) -> None:
    texts = [rig.queue(key=str(number)) for number in range(3)]

    dispatch_once(
        rig.transactions,
        BrokenGateway(),
        now=rig.now,
        real_now=rig.real,
        limits=LIMITS,
    )

    states = sorted(rig.text(one).state for one in texts)
    assert states == [S.ACCEPTED, S.ACCEPTED, S.UNCERTAIN]


# --- Killed, paused, late ----------------------------------------------------------------


def test_a_kill_between_claim_and_call_leaves_a_doubt_and_the_text_leaves_once(rig: Queue) -> None:
    message = rig.queue()
    rig.claim_and_die()

    rig.real.pass_seconds(19)
    rig.dispatch()
    assert rig.text(message).state is S.SENDING

    rig.real.pass_seconds(1)
    rig.dispatch()
    assert rig.text(message).state is S.UNCERTAIN
    rig.real.pass_seconds(600)
    rig.settle()
    rig.dispatch()
    assert rig.text(message).state is S.ACCEPTED
    assert len(rig.gateway.sent) == 1
    assert rig.alerts() == []


def test_a_kill_after_the_call_of_a_crisis_answer_sends_it_again_at_once(rig: Queue) -> None:
    message = rig.queue(K.CRISIS)
    [claim] = rig.claim_and_die()
    rig.gateway.send(claim.text)

    rig.real.pass_seconds(20)
    rig.dispatch()

    assert rig.text(message).state is S.ACCEPTED
    assert len(rig.gateway.sent) == 2
    assert [one.outcome for one in rig.attempts()] == [
        AttemptOutcome.UNCERTAIN,
        AttemptOutcome.ACCEPTED,
    ]


def test_a_doubtful_crisis_answer_is_called_three_times_in_all_and_then_held(rig: Queue) -> None:
    rig.gateway.answer_next(*[Uncertain("no answer within the deadline")] * 5)
    message = rig.queue(K.CRISIS)

    rig.dispatch()

    assert len(rig.gateway.sent) == 3
    assert rig.text(message).state is S.HELD
    assert [(rule, urgency) for rule, urgency, _ in rig.alerts()] == [("U-02", Urgency.EMERGENCY)]


def test_a_paused_process_writes_its_result_when_nobody_went_further(rig: Queue) -> None:
    message = rig.queue()
    [claim] = rig.claim_and_die()
    rig.real.pass_seconds(20)
    rig.dispatch()

    rig.record(claim, Accepted("SM-late"))

    assert rig.text(message).state is S.ACCEPTED
    [attempt] = rig.attempts()
    assert attempt.provider_id == "SM-late"
    assert attempt.outcome is AttemptOutcome.UNCERTAIN


def test_a_paused_process_changes_nothing_once_another_attempt_has_the_claim(rig: Queue) -> None:
    message = rig.queue(K.CRISIS)
    [claim] = rig.claim_and_die()
    rig.real.pass_seconds(20)
    rig.dispatch()
    before = rig.text(message).attempt_id

    rig.record(claim, Refused("21610"))

    assert rig.text(message).state is S.ACCEPTED
    assert rig.text(message).attempt_id == before
    assert rig.alerts() == []


@pytest.mark.parametrize(
    "late", [Accepted("SM-late"), Refused("21610"), TryLater(1), Uncertain("no answer")]
)
def test_a_paused_process_does_not_touch_the_call_of_another(rig: Queue, late: SendResult) -> None:
    message = rig.queue(K.CRISIS)
    [paused] = rig.claim_and_die()
    rig.real.pass_seconds(20)
    with rig.transactions.begin() as session:
        sending._reap(session, now=rig.now, real_now=rig.real(), limits=LIMITS)
    [under_way] = rig.claim_and_die()

    rig.record(paused, late)

    assert rig.text(message).state is S.SENDING
    assert rig.text(message).attempt_id == under_way.attempt_id
    assert rig.alerts() == []


def test_a_claim_that_is_too_old_is_given_back_without_a_call(rig: Queue) -> None:
    message = rig.queue()
    ticks = iter([0, 0, 0, 0, 11, 11, 11, 11, 11, 11, 11, 11, 11])

    calls = dispatch_once(
        rig.transactions,
        rig.gateway,
        now=rig.now,
        real_now=lambda: MONDAY_NINE + timedelta(seconds=next(ticks)),
        limits=LIMITS,
    )

    assert calls == 1
    assert rig.gateway.sent == []
    assert rig.text(message).state is S.QUEUED
    assert [one.outcome for one in rig.attempts()] == [AttemptOutcome.ABANDONED]
    assert rig.dispatch() == 1


def test_a_lease_shorter_than_a_call_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than a call"):
        SendingLimits(lease_seconds=10)


def test_no_threads_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        SendingLimits(threads=0)


# --- Delivery reports --------------------------------------------------------------------


def test_reports_in_any_order_only_ever_rise(rig: Queue) -> None:
    message = rig.queue()
    rig.dispatch()

    states = []
    for word in ("sent", "queued", "delivered", "undelivered", "sent", "delivered"):
        assert rig.report(word, code="30003")
        states.append(rig.text(message).state)

    assert states == [S.ACCEPTED, S.ACCEPTED, *[S.DELIVERED] * 4]
    assert rig.alerts() == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("undelivered", S.UNDELIVERED), ("failed", S.FAILED), ("canceled", S.FAILED)],
)
def test_a_text_that_did_not_arrive_is_told_once(
    rig: Queue, word: str, expected: MessageState
) -> None:
    message = rig.queue()
    rig.dispatch()

    for _ in range(3):
        rig.report(word, code="30003")

    assert rig.text(message).state is expected
    [(rule, urgency, why)] = rig.alerts()
    assert (rule, urgency) == ("U-01", Urgency.SOON)
    assert "off or out of reach" in why


def test_a_text_read_after_a_bad_report_does_not_rise_again(rig: Queue) -> None:
    message = rig.queue()
    rig.dispatch()
    rig.report("undelivered")

    rig.report("read")

    assert rig.text(message).state is S.UNDELIVERED
    assert rig.text(message).reason == "the provider did not say why."


def test_a_crisis_answer_that_did_not_arrive_is_an_emergency(rig: Queue) -> None:
    rig.queue(K.CRISIS)
    rig.dispatch()

    rig.report("undelivered", code="30005")

    assert [urgency for _, urgency, _ in rig.alerts()] == [Urgency.EMERGENCY]


def test_a_report_before_our_own_record_is_not_undone(rig: Queue) -> None:
    message = rig.queue()
    [claim] = rig.claim_and_die()
    rig.report("delivered")
    provider_id = rig.attempts()[0].provider_id
    assert provider_id is not None

    rig.record(claim, Accepted(provider_id))

    assert rig.text(message).state is S.DELIVERED
    assert rig.attempts()[0].outcome is AttemptOutcome.ACCEPTED


def test_a_report_with_a_token_that_nobody_gave_is_not_ours(rig: Queue) -> None:
    with rig.transactions.begin() as session:
        ours = record_delivery(
            session, token="no-such", provider_id="SM2", word="sent", code=None, now=rig.now
        )

    assert not ours


def test_a_report_that_names_another_text_changes_nothing(rig: Queue) -> None:
    message = rig.queue()
    rig.dispatch()
    token = rig.gateway.sent[0].callback_token

    with rig.transactions.begin() as session:
        ours = record_delivery(
            session, token=token, provider_id="SM-other", word="failed", code=None, now=rig.now
        )

    assert not ours
    assert rig.text(message).state is S.ACCEPTED


def test_a_word_nobody_knows_changes_nothing(rig: Queue) -> None:
    message = rig.queue()
    rig.dispatch()

    rig.report("teleported")

    assert rig.text(message).state is S.ACCEPTED


def test_word_of_an_earlier_attempt_spares_the_next_call(rig: Queue) -> None:
    message = rig.queue(K.CRISIS)
    rig.claim_and_die()
    rig.real.pass_seconds(20)
    with rig.transactions.begin() as session:
        sending._reap(session, now=rig.now, real_now=rig.real(), limits=LIMITS)
    assert rig.text(message).state is S.QUEUED

    rig.report("delivered", nth=0)
    rig.dispatch()

    assert rig.text(message).state is S.DELIVERED
    assert rig.gateway.sent == []


def test_the_better_word_of_two_attempts_counts(rig: Queue) -> None:
    rig.gateway.answer_next(Uncertain("no answer"))
    message = rig.queue(K.CRISIS)
    rig.dispatch()
    assert len(rig.attempts()) == 2

    rig.report("undelivered", nth=0)
    assert rig.text(message).state is S.ACCEPTED
    rig.report("delivered", nth=1)

    assert rig.text(message).state is S.DELIVERED


def test_bad_word_follows_the_attempt_that_had_got_through(rig: Queue) -> None:
    rig.gateway.answer_next(Uncertain("no answer"))
    message = rig.queue(K.CRISIS)
    rig.dispatch()

    rig.report("sent", nth=0)
    rig.report("undelivered", nth=0)

    assert rig.text(message).state is S.UNDELIVERED
    assert [urgency for _, urgency, _ in rig.alerts()] == [Urgency.EMERGENCY]


# --- In the week after a cut ---------------------------------------------------------------


def test_an_undelivered_text_in_the_week_after_a_cut_is_urgent(rig: Queue) -> None:
    with rig.transactions.begin() as session:
        add_plan_version(session, rig.patient, cut_days_ago=3)
    rig.queue()
    rig.dispatch()

    rig.report("undelivered")

    assert [urgency for _, urgency, _ in rig.alerts()] == [Urgency.URGENT]


def _status_for(kind: MessageKind) -> PatientStatus:
    return PatientStatus.AWAITING_HANDSHAKE if kind is K.HANDSHAKE else PatientStatus.ACTIVE


def test_a_number_that_the_carrier_says_opted_out_is_taken_as_stopped(rig: Queue) -> None:
    rig.gateway.answer_next(Refused("21610"))
    rig.queue()

    rig.dispatch()

    rules = {rule for rule, _, _ in rig.alerts()}
    assert {"T-12", "U-01"} <= rules
    with rig.transactions.reading() as session:
        assert session.get_one(Patient, rig.patient.id).opted_out_at == rig.now


def test_a_late_refusal_for_a_number_given_up_cuts_off_nobody(rig: Queue) -> None:
    rig.queue()
    [claim] = rig.claim_and_die()
    rig.change(phone_version=2)

    rig.record(claim, Refused("21610"))

    assert [rule for rule, _, _ in rig.alerts()] == ["U-01"]


# --- How fast ----------------------------------------------------------------------------


def test_check_ins_wait_for_the_numbers_own_speed_and_answers_do_not(rig: Queue) -> None:
    rate = SendRate(1)
    queued = [rig.queue(key=str(number)) for number in range(12)]
    answer = rig.queue(MessageKind.REPLY, "answer")

    rig.dispatch(rate)
    assert rig.text(answer).state is MessageState.ACCEPTED
    left = sum(rig.text(one).state is MessageState.ACCEPTED for one in queued)
    assert 0 < left < 12
    assert rig.dispatch(rate) == 0
    rig.real.pass_seconds(60)
    rig.dispatch(rate)
    assert sum(rig.text(one).state is MessageState.ACCEPTED for one in queued) > left


def test_a_provider_that_asks_to_slow_down_keeps_back_all_that_can_wait(rig: Queue) -> None:
    rate = SendRate(100)
    first = rig.queue()
    rig.gateway.answer_next(TryLater(30))
    rig.dispatch(rate)
    second = rig.queue(key="two")

    rig.dispatch(rate)

    assert {rig.text(one).state for one in (first, second)} == {S.QUEUED}
    rig.real.pass_seconds(60)
    rig.dispatch(rate)
    assert {rig.text(one).state for one in (first, second)} == {MessageState.ACCEPTED}
