"""A text from webhook to alert: kept first, then read, screened, weighed and answered.

Transaction 1 keeps the text. Transaction 2 writes answer, state, alerts and outgoing
texts, all or nothing. A fault in transaction 2 loses nothing: the text is kept, its first
failure opens an alert at once, and a sweep tries again. What a text says may raise
concern, never lower it.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from companion.core import triage
from companion.core.people import PatientStatus
from companion.core.questions import Scale
from companion.core.reading.answers import has_words, read_on_scale
from companion.core.reading.readings import Keyword, Reading, ReadingKind
from companion.core.screening import NOTHING, Screening, screen
from companion.core.sending import MessageKind
from companion.core.triage import Finding
from companion.core.urgency import Urgency
from companion.services import conversing, enrolment, queueing, signposting
from companion.services.alerting import tell_about, tell_every_organisation
from companion.services.checking_in import may_be_asked
from companion.services.incoming import FLOOD, FLOOD_WITHIN, Incoming
from companion.services.standing import is_at_risk
from companion.services.steering import (
    PLAN_WISHES,
    is_code,
    may_steer,
    steer,
    stop_for_wrong_person,
    take_code,
)
from companion.store import check_ins, patients, replies
from companion.store.audit import PATIENT
from companion.store.check_ins import CheckIn
from companion.store.database import Session, Transactions
from companion.store.patients import Patient
from companion.store.replies import Reply, ReplyState
from companion.wording import ENGLISH, Wording

log = logging.getLogger(__name__)

HANDSHAKE_SCALE = Scale(1, 2, halves=False)
UNHANDLED_AFTER = timedelta(seconds=60)
"""Rule R-02: a kept text that waits longer stands on Today. Real time."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)


def receive(
    transactions: Transactions,
    wording: Wording,
    *,
    provider_id: str,
    phone: str,
    body: str,
    opt_out_type: str | None,
    now: datetime,
    real_now: datetime,
    sent_at: datetime | None = None,
) -> UUID | None:
    """Keep one text, then act on it; None when the provider's id is known already.

    *sent_at* is its true time on people's clock, when it comes late.
    """
    with transactions.begin() as session:
        reply_id = replies.keep(
            session,
            provider_id=provider_id,
            phone=phone,
            body=body,
            opt_out_type=opt_out_type,
            received_at=sent_at or now,
            kept_at=real_now,
        )
    if reply_id is not None:
        with transactions.reading() as session:
            # One phone's texts are taken in the order in which they came.
            in_turn = replies.unhandled_from(session, reply_id)
        for one in in_turn:
            handle_safely(transactions, wording, one, now=now, real_now=real_now)
    return reply_id


def handle_safely(
    transactions: Transactions,
    wording: Wording,
    reply_id: UUID,
    *,
    now: datetime,
    real_now: datetime,
) -> bool:
    """Act on a kept text; on any fault keep it, tell a person, and leave it to the sweep."""
    try:
        with transactions.begin() as session:
            handle(session, wording, reply_id, now=now)
    except Exception:  # any fault of our own must become an alert, not a lost text
        # The trace holds no patient data.
        log.exception("a text could not be handled", extra={"reply_id": str(reply_id)})
        with transactions.begin() as session:
            danger = _tell_unreadable(session, wording, reply_id, now=now, real_now=real_now)
        if danger.urgency is Urgency.EMERGENCY:
            _answer_danger_anyway(transactions, wording, reply_id, danger, now)
        return False
    return True


def _tell_unreadable(
    session: Session, wording: Wording, reply_id: UUID, *, now: datetime, real_now: datetime
) -> Screening:
    """Tell a person of the first fault, and of danger in the text; return what is new of it."""
    reply = replies.reply_for_handling(session, reply_id)
    if reply is None:
        return NOTHING
    reply.failures += 1
    wait = min(FIRST_RETRY * 2 ** min(reply.failures - 1, 10), LONGEST_RETRY)
    reply.retry_at = real_now + wait
    if reply.failures > 1:
        return NOTHING
    _tell_whose(session, reply, triage.unreadable_finding(), now)
    patient, languages = _owner_of(session, reply), _languages_of(session, reply)
    danger = _danger_in(session, wording, reply, languages)
    if danger.urgency is Urgency.EMERGENCY:
        finding = triage.stranger_finding(danger)
        if patient is not None:
            finding = triage.screening_finding(danger, answered=False) or finding
        _tell_whose(session, reply, finding, now)
    return danger


def _danger_in(
    session: Session, wording: Wording, reply: Reply, languages: frozenset[str]
) -> Screening:
    """Return the danger in a text that could not be handled; nothing where that fails too."""
    try:
        return _screen_all(replies.body_of(session, reply), wording, languages)
    except Exception:  # the fault may be in the screening itself: a person reads the text
        log.exception("a text could not be screened", extra={"reply_id": str(reply.id)})
        return NOTHING


def _answer_danger_anyway(
    transactions: Transactions, wording: Wording, reply_id: UUID, danger: Screening, now: datetime
) -> None:
    """Answer danger in a text that could not be handled, if at all possible.

    When the text is handled after all, that answers nothing a second time.
    """
    try:
        with transactions.begin() as session:
            reply = replies.reply_by_id(session, reply_id)
            patient = _owner_of(session, reply)
            if patient is None:
                _answer_stranger(session, wording, reply, now)
            elif reply.opt_out_type != Keyword.STOP:
                body = replies.body_of(session, reply)
                text = Incoming(session, wording, patient, reply, body, danger, now)
                text.answer_danger("crisis")
    except Exception:  # people were told; the same fault must not reach who handed the text in
        log.exception("danger could not be answered", extra={"reply_id": str(reply_id)})


def sweep(
    transactions: Transactions,
    wording: Wording,
    *,
    now: datetime,
    real_now: Callable[[], datetime],
) -> int:
    """Try kept texts again, oldest first, and tell of those that wait; return how many."""
    with transactions.reading() as session:
        ids = replies.kept_everywhere(session, real_now=real_now())
    handled = 0
    for reply_id in ids:
        handled += handle_safely(transactions, wording, reply_id, now=now, real_now=real_now())
    _tell_of_waiting(transactions, now=now, real_now=real_now())
    return handled


def _tell_of_waiting(transactions: Transactions, *, now: datetime, real_now: datetime) -> None:
    before = real_now - UNHANDLED_AFTER
    with transactions.reading() as session:
        if not replies.unhandled_everywhere(session, kept_before=before):
            return
    with transactions.begin() as session:
        for reply in replies.unhandled_everywhere(session, kept_before=before):
            reply.late_alerted_at = real_now
            _tell_whose(session, reply, triage.unhandled_finding(), now)


def _owner_of(session: Session, reply: Reply) -> Patient | None:
    """Return the one patient with the text's number; None when nobody or more than one has it."""
    known = patients.patients_with_phone_hash_everywhere(session, reply.phone_hash)
    current = [p for p in known if p.status is not PatientStatus.FINISHED]
    likely = current or known
    return likely[0] if len(likely) == 1 else None


def _tell_whose(session: Session, reply: Reply, finding: Finding, now: datetime) -> None:
    """Raise *finding* about the text's patient, or with every organisation when nobody's."""
    patient = _owner_of(session, reply)
    if patient is not None:
        tell_about(session, patient, finding, now=now, reply_id=reply.id)
        return
    tell_every_organisation(session, finding, now=now, reply_id=reply.id)


def handle(session: Session, wording: Wording, reply_id: UUID, *, now: datetime) -> None:
    """Act on a kept text in the caller's transaction, unless it was handled already."""
    reply = replies.reply_for_handling(session, reply_id)
    if reply is None:
        return
    body = replies.body_of(session, reply)
    patient = _owner_of(session, reply)
    if patient is None:
        _take_strangers(session, wording, reply, body, now)
        return
    screening = screen(body, wording.lexicons(patient.language))
    patient = patients.locked(session, patient.id)
    reply.state, reply.patient_id = ReplyState.HANDLED, patient.id
    _act(Incoming(session, wording, patient, reply, body, screening, now))


def _take_strangers(
    session: Session, wording: Wording, reply: Reply, body: str, now: datetime
) -> None:
    """Tell everybody of a text that is no one patient's; answer only danger, and name nobody."""
    screening = _screen_all(body, wording, _languages_of(session, reply))
    reply.state = ReplyState.STRANGER
    _tell_whose(session, reply, triage.stranger_finding(screening), now)
    if screening.urgency is Urgency.EMERGENCY:
        _answer_stranger(session, wording, reply, now)


def _languages_of(session: Session, reply: Reply) -> frozenset[str]:
    """Return the languages of all who have the text's number; English where nobody has."""
    known = patients.patients_with_phone_hash_everywhere(session, reply.phone_hash)
    return frozenset(patient.language for patient in known) or frozenset({ENGLISH})


def _screen_all(body: str, wording: Wording, languages: frozenset[str]) -> Screening:
    return max(
        (screen(body, wording.lexicons(language)) for language in sorted(languages)),
        key=lambda found: found.urgency,
    )


def _answer_stranger(session: Session, wording: Wording, reply: Reply, now: datetime) -> None:
    languages = _languages_of(session, reply)
    if replies.count_from(session, reply, now - FLOOD_WITHIN) > FLOOD:
        return  # told above each time; a machine that answers us is not answered for ever
    queueing.queue_to_number(
        session,
        phone=replies.reply_phone_of(session, reply),
        kind=MessageKind.CRISIS,
        text_key="crisis_stranger",
        body=wording.text_for(
            "crisis_stranger", min(languages) if len(languages) == 1 else ENGLISH
        ),
        dedupe_key=f"reply:{reply.id}",
        now=now,
        reply_id=reply.id,
    )


def _act(text: Incoming) -> None:
    check_in = check_ins.open_check_in(text.session, text.patient)
    reading = conversing.read_reply(text, check_in)
    keyword = _keyword(text.reply, reading)
    starts_again = keyword is Keyword.START and not text.reachable
    _opt(text, keyword)
    steers = keyword is not None and may_steer(text, keyword)
    if not (steers and keyword in PLAN_WISHES and text.screening.urgency is Urgency.SOON):
        text.tell(triage.screening_finding(text.screening, answered=text.reachable))
    if keyword is Keyword.STOP:
        _tell_of_stop(text)
    elif triage.wants_crisis_numbers(text.screening):
        text.answer_danger("crisis")
        conversing.note_word(check_in, text)
    elif keyword is Keyword.START:
        _answer_start(text, starts_again=starts_again)
    elif keyword is not None and steers:
        conversing.note_word(check_in, text)
        steer(text, keyword)
    else:
        _take_answer(text, check_in, reading)


def _tell_of_stop(text: Incoming) -> None:
    # Not through ``tell``, for the finding says already that no text reaches them.
    at_risk = is_at_risk(text.session, text.patient, now=text.now)
    tell_about(
        text.session,
        text.patient,
        triage.stop_finding(at_risk=at_risk),
        now=text.now,
        reply_id=text.reply.id,
    )


def _take_answer(text: Incoming, check_in: CheckIn | None, reading: Reading) -> None:
    if text.patient.status is PatientStatus.AWAITING_HANDSHAKE:
        _shake_hands(text, reading)
    elif not may_be_asked(text.patient):
        _take_free_text(text, reading)  # texts are off: nothing that was asked is open
    elif is_code(text.body):
        conversing.note_word(check_in, text)
        take_code(text)
    elif check_in is not None and check_in.question is not None:
        conversing.converse(text, check_in, check_in.question, reading)
    elif not (signposting.take_useful(text) or conversing.take_late(text)):
        _take_free_text(text, reading)


def _keyword(reply: Reply, reading: Reading) -> Keyword | None:
    if reply.opt_out_type in set(Keyword):
        return Keyword(reply.opt_out_type)
    return reading.keyword


def _opt(text: Incoming, keyword: Keyword | None) -> None:
    """Take STOP and START before all else: what follows depends on whether texts arrive."""
    if keyword is Keyword.STOP:
        enrolment.opt_out(text.session, text.patient, actor=PATIENT, now=text.now)
    elif keyword is Keyword.START and not text.reachable:
        enrolment.opt_in(text.session, text.patient, actor=PATIENT, now=text.now)


def _answer_start(text: Incoming, *, starts_again: bool) -> None:
    """Say what START brings: it lifts a STOP, and nothing that the team or a stranger stopped."""
    if text.patient.status is PatientStatus.AWAITING_HANDSHAKE:
        text.answer("handshake")
    elif not may_be_asked(text.patient):
        text.tell(triage.start_finding())
        text.answer("start_noted")
    elif starts_again:
        text.answer("started_again")


def _shake_hands(text: Incoming, said: Reading) -> None:
    if said.keyword is not None or has_words(text.body, text.vocabulary):
        conversing.tell_of_words(text)  # more than a yes or a no
    reading = read_on_scale(text.body, HANDSHAKE_SCALE, text.vocabulary)
    if reading.kind is ReadingKind.YES or reading.value == 1:
        enrolment.confirm_handshake(text.session, text.patient, actor=PATIENT, now=text.now)
        text.answer("handshake_confirmed")
    elif reading.kind is ReadingKind.NO or reading.value == 2:
        stop_for_wrong_person(text)
    elif not text.patient.handshake_asked_again:
        text.patient.handshake_asked_again = True
        text.answer("handshake_again")
    else:
        text.tell(triage.not_understood_finding())


def _take_free_text(text: Incoming, reading: Reading) -> None:
    """Show a person what was written. A phone that may be somebody else's hears nothing of it."""
    if not _says_something(text, reading):
        return  # "thanks", "ok": kept and shown, nothing to answer
    conversing.tell_of_words(text)
    if text.is_theirs:
        conversing.answer_words(text)


def _says_something(text: Incoming, reading: Reading) -> bool:
    if reading.keyword is not None or has_words(text.body, text.vocabulary):
        return True
    return any(letter.isdigit() for letter in text.body)
