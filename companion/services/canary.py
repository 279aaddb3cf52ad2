"""A made-up text in danger, tried every hour from being kept to its alert, and then undone.

It goes through everything that a real one does inside this service: the database, the
words, the reading, the rules and the queue. Nothing of it stays: the transaction is rolled
back. It does not travel through the phone network.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.core.sending import MessageKind
from companion.core.urgency import Urgency
from companion.services import enrolment, receiving, staffing
from companion.services.enrolment_checks import NewPatient
from companion.store import alerts, messages, pulses, replies
from companion.store.audit import PATIENT, SYSTEM
from companion.store.database import Scope, Session, Transactions
from companion.wording import ENGLISH, Wording

EVERY = timedelta(hours=1)
SUNG = "the last made-up text in danger became an alert"
"""What stands among the pulses for it."""
PHONE, NHS_NUMBER = "+447700900000", "9990000018"
"""An example of each: no person has them."""
DANGER = "I want to die"


class CanaryError(Exception):
    """A text in danger would not have become an alert, or would not have been answered."""


@dataclass(frozen=True, slots=True)
class _Cage:
    """The made-up patient's organisation and who they are in it."""

    scope: Scope
    patient_id: UUID


class _UndoneError(Exception):
    """Rolls back all that was made up."""


def sing(
    transactions: Transactions, wording: Wording, *, now: datetime, real_now: datetime
) -> bool:
    """Try it when an hour has gone since it last went well; tell whether it was tried.

    Raises:
        CanaryError: it did not become an alert with an answer.
    """
    with transactions.reading() as session:
        last = pulses.last_done(session).get(SUNG, datetime.min.replace(tzinfo=UTC))
    if real_now - last < EVERY:
        return False
    with suppress(_UndoneError), transactions.begin() as session:
        _try_in(session, wording, now=now, real_now=real_now)
    with transactions.begin() as session:
        pulses.note(session, [SUNG], real_now=real_now)
    return True


def _try_in(session: Session, wording: Wording, *, now: datetime, real_now: datetime) -> None:
    cage = _make_up(session, wording, now)
    reply_id = replies.keep(
        session,
        provider_id=f"canary {uuid4().hex}",
        phone=PHONE,
        body=DANGER,
        opt_out_type=None,
        received_at=now,
        kept_at=real_now,
    )
    assert reply_id is not None  # its name is new
    receiving.handle(session, wording, reply_id, now=now)
    found = alerts.alerts_about(session, cage.scope, cage.patient_id)
    if not any(one.level is Urgency.EMERGENCY and one.reply_id == reply_id for one in found):
        raise CanaryError("a text in danger would not become an emergency")
    texts = messages.texts_of(session, cage.scope, cage.patient_id, limit=5)
    if not any(one.kind is MessageKind.CRISIS and one.reply_id == reply_id for one in texts):
        raise CanaryError("a text in danger would not be answered")
    raise _UndoneError


def _make_up(session: Session, wording: Wording, now: datetime) -> _Cage:
    name = f"canary {uuid4().hex}"
    organisation = staffing.add_organisation(session, name=name, zone="Europe/London", now=now)
    team = staffing.add_team(
        session, organisation.id, name="Team", phone="01632 960000", hours="Always", now=now
    )
    scope = Scope(organisation.id, frozenset({team.id}))
    patient = enrolment.register(
        session,
        scope,
        NewPatient(
            identity=Identity(
                first_name="Made",
                last_name="Up",
                born_on=date(1960, 1, 1),
                nhs_number=NHS_NUMBER,
                address="Nowhere",
                phone=PHONE,
                emergency_contact="Nobody",
            ),
            wishes=ContactWishes(
                safe_from=time(8),
                safe_until=time(20),
                check_in_at=time(9),
                language=ENGLISH,
                detailed=False,
                interpreter=False,
                ways="",
                communication_needs="",
            ),
            consent=Consent("nobody", "made up", now.date() - timedelta(days=1)),
            team_id=team.id,
            pathway=Pathway.TAPER,
            gp_practice="",
            pharmacy="",
            baseline_pain=None,
        ),
        wording,
        actor=SYSTEM,
        now=now,
        allow_examples=True,
    )
    enrolment.confirm_handshake(session, patient, actor=PATIENT, now=now)
    return _Cage(scope, patient.id)
