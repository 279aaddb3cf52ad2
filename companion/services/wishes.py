"""What waits for a patient when their wishes change: said anew, or told to a person.

A text is rendered once, for the language and the hours of that moment.
"""

from datetime import datetime

from companion.core.calendar import local_day, next_window
from companion.core.people import ContactWishes
from companion.core.sending import MessageKind, MessageState
from companion.core.triage import missed_finding
from companion.services import queueing
from companion.services.alerting import tell_about
from companion.services.checking_in import question_text
from companion.store import check_ins, messages, organisations
from companion.store.database import Session
from companion.store.messages import Message
from companion.store.patients import Patient
from companion.wording import Wording

REASON = "The patient's wishes changed after this text was written."


def say_otherwise(before: ContactWishes, patient: Patient) -> bool:
    """Tell whether texts are to come in another language, or at other hours, than *before*."""
    then = (before.language, before.safe_from, before.safe_until)
    return then != (patient.language, patient.safe_from, patient.safe_until)


def keep_to_wishes(
    session: Session, wording: Wording, patient: Patient, before: ContactWishes, *, now: datetime
) -> None:
    """Take back what waits unasked and is not as *patient* wants it now; ask anew if it can be.

    The revision of *patient* has risen with the change.
    """
    for message in messages.waiting_of(session, patient, _kinds_not_wanted(before, patient)):
        messages.move(message, MessageState.CANCELLED, reason=REASON, now=now)
        if not _say_anew(session, wording, patient, message, now):
            tell_about(session, patient, missed_finding(), now=now, message_id=message.id)


def _kinds_not_wanted(before: ContactWishes, patient: Patient) -> tuple[MessageKind, ...]:
    if say_otherwise(before, patient):
        return messages.UNASKED
    # Only what the team sends by hand may name a medicine.
    discreet_now = before.detailed and not patient.detailed
    return (MessageKind.TEAM,) if discreet_now else ()


def _say_anew(
    session: Session, wording: Wording, patient: Patient, message: Message, now: datetime
) -> bool:
    """Ask the question of a text that was taken back; tell whether that could still be done."""
    if message.check_in_id is None:
        return False  # of the team: they say whether it is still wanted
    check_in = check_ins.open_locked(session, message.check_in_id)
    if check_in is None or check_in.question is None:
        return True  # nothing is asked any more
    if message.kind is MessageKind.REMINDER:
        check_in.reminded_at = None  # it is reminded of again in the hours that hold now
        return True
    zone = organisations.organisation_of(session, patient.organisation_id).time_zone
    window = next_window(patient.safe_from, patient.safe_until, zone, now)
    if local_day(window.opens_at, zone) != check_in.local_day:
        return False
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.CHECK_IN,
        text_key=message.text_key,
        body=question_text(session, wording, patient, check_in.question, check_in.local_day),
        dedupe_key=f"check-in:{check_in.id}:{patient.revision}",
        now=now,
        check_in_id=check_in.id,
        plan_version_id=message.plan_version_id,
    )
    return True
