"""Point a patient to what may help, ask now and then whether it did, or send one by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from companion.core.questions import Question, Scale
from companion.core.reading.answers import read_on_scale
from companion.core.sending import MessageKind
from companion.core.signposting import Resource, asks_whether_useful, choose, topics_for
from companion.services import queueing
from companion.services.checking_in import may_be_asked
from companion.services.incoming import Incoming, texts_for
from companion.store import audit, organisations, signposts
from companion.store.audit import Actor
from companion.store.check_ins import CheckIn
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.signposts import RATED_WITHIN, SignpostSent
from companion.wording import Wording

USEFUL_SCALE = Scale(1, 2, halves=False, ranges=False)


class SignpostError(ValueError):
    """What was asked cannot be sent. The message is for staff."""


def resources_for(session: Session, wording: Wording, organisation_id: UUID) -> list[Resource]:
    """Return an organisation's own places and those that everybody has."""
    organisation = organisations.organisation_of(session, organisation_id)
    own = signposts.local_of(session, organisation_id)
    return [*(place.as_resource(organisation.name) for place in own), *wording.resources]


def point_to(text: Incoming, check_in: CheckIn, answers: Mapping[Question, Decimal]) -> None:
    """Thank for the answers of a check-in with what suits them, or ask about the last one."""
    session, patient = text.session, text.patient
    sent = signposts.sent_to(session, patient)
    if sent and asks_whether_useful(_since_asked(sent)):
        sent[-1].asked_at = text.now
        text.answer("useful_question", check_in_id=check_in.id)
        return
    organisation = organisations.organisation_of(session, patient.organisation_id)
    resource = choose(
        resources_for(session, text.wording, organisation.id),
        topics=topics_for(answers, text.screening.categories),
        language=patient.language,
        nation=organisation.home,
        seen=signposts.seen_by(session, patient),
        detailed=patient.detailed,
    )
    signposts.add(session, patient, resource.key, now=text.now)
    text.answer(
        _key("thanks", resource, patient),
        check_in_id=check_in.id,
        values={"title": resource.title, "address": resource.address},
    )


def _since_asked(sent: Sequence[SignpostSent]) -> int:
    """Return how many signposts were sent since the patient was last asked about one."""
    asked = [at for at, one in enumerate(sent) if one.asked_at is not None]
    return len(sent) - 1 - asked[-1] if asked else len(sent)


def _key(key: str, resource: Resource, patient: Patient) -> str:
    return key if patient.language in resource.languages else f"{key}_in_english"


def take_useful(text: Incoming) -> bool:
    """Take 1 or 2 to whether the last signpost was useful; tell whether it was that."""
    asked = signposts.asked_about(text.session, text.patient, text.now - RATED_WITHIN)
    if asked is None:
        return False
    reading = read_on_scale(text.body, USEFUL_SCALE, text.vocabulary)
    if reading.value is None:
        return False
    asked.useful = reading.value == 1
    text.answer("useful_thanks")
    return True


def send_by_hand(
    session: Session,
    wording: Wording,
    patient: Patient,
    resource: Resource,
    *,
    user_id: UUID,
    now: datetime,
) -> None:
    """Queue a text that points *patient* to *resource*.

    Raises:
        SignpostError: texts are off, or it names a medicine to somebody who wants none named.
    """
    if not may_be_asked(patient):
        raise SignpostError("Texts are off for this patient, so nothing was sent")
    if not resource.discreet and not patient.detailed:
        raise SignpostError("This patient did not choose texts that may name medicines")
    key = _key("from_team", resource, patient)
    queueing.queue_text(
        session,
        patient=patient,
        kind=MessageKind.TEAM,
        text_key=key,
        body=texts_for(
            session, wording, patient, key, {"title": resource.title, "address": resource.address}
        ),
        dedupe_key=f"signpost:{uuid4()}",
        now=now,
    )
    signposts.add(session, patient, resource.key, now=now, by=user_id)
    audit.record(
        session,
        patient.organisation_id,
        actor=Actor.user(user_id),
        action="signpost sent",
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        detail={"resource": resource.key},
        now=now,
    )
