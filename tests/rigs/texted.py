"""A patient to send texts to, in an organisation and a team of their own."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from companion.core.agreement import VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.people import Identity, Pathway, PatientStatus
from companion.core.taper import Step
from companion.store import organisations, patients, plans
from companion.store.accounts import User
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import Plan, PlanVersion
from tests.rigs.times import MONDAY_NINE

_numbers = count()


def add_patient(session: Session, **changes: Any) -> Patient:
    """Add one active patient, reachable 08:00 to 20:00 in London, but for *changes*."""
    number = next(_numbers)
    organisation = organisations.add_organisation(
        session, name=f"Trust {uuid4()}", zone="Europe/London", now=MONDAY_NINE
    )
    team = organisations.add_team(
        session, organisation.id, name="Team", phone="01632 960001", hours="Mon to Fri, 9am to 5pm"
    )
    patient = Patient(
        **{
            "id": uuid4(),
            "organisation_id": organisation.id,
            "team_id": team.id,
            "status": PatientStatus.ACTIVE,
            "pathway": Pathway.TAPER,
            "registered_at": MONDAY_NINE - timedelta(days=30),
            "revision": 1,
            "phone_version": 1,
            "safe_from": time(8),
            "safe_until": time(20),
            "check_in_at": time(9),
            "language": "en-GB",
            "detailed": False,
            "interpreter": False,
            "handshake_asked_again": False,
            "gp_practice": "Example Surgery",
            "pharmacy": "Example Pharmacy",
            "consent_asked_by": "A Pharmacist",
            "consent_how": "face to face",
            "consent_asked_on": date(2026, 12, 1),
            **changes,
        }
    )
    identity = Identity(
        first_name="Ada",
        last_name="Example",
        born_on=date(1960, 1, 2),
        nhs_number=f"{9_990_000_000 + number}",
        address="1 Example Street",
        phone=phone_number(number),
        emergency_contact="Bob",
    )
    patients.seal_identity(session, patient, identity)
    patients.seal_needs(session, patient, ways="text", communication="")
    session.add(patient)
    session.flush()
    return patient


def phone_number(number: int) -> str:
    """Return one of Ofcom's numbers for drama, and none of those that tests give to us."""
    return f"+447700900{number % 900 + 100}"


def change_phone(session: Session, patient: Patient, phone: str) -> None:
    """Give *patient* another number, as staff would."""
    identity = patients.identity_of(session, patient)
    changed = {name: getattr(identity, name) for name in identity.__slots__} | {"phone": phone}
    patients.seal_identity(session, patient, Identity(**changed))
    patient.phone_version += 1


def add_plan_version(
    session: Session,
    patient: Patient,
    *,
    state: VersionState = VersionState.AGREED,
    cut_days_ago: int = 30,
) -> UUID:
    """Add a plan of one version, cut from 20 to 10 mg so many days ago; return its id."""
    user = User(
        id=uuid4(),
        organisation_id=patient.organisation_id,
        email=f"{uuid4()}@example.org",
        name="A Pharmacist",
        active=True,
        fs_uniquifier=uuid4().hex,
        created_at=MONDAY_NINE,
    )
    plan = Plan(
        id=uuid4(),
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        created_at=MONDAY_NINE,
    )
    session.add_all([user, plan])
    session.flush()
    cut_on = MONDAY_NINE.date() - timedelta(days=cut_days_ago)
    version = PlanVersion(
        id=uuid4(),
        plan_id=plan.id,
        number=1,
        state=state,
        medicine="example tablets",
        unit=DoseUnit.MILLIGRAM,
        goal=Decimal(0),
        prescriber="Dr Example",
        starts_on=cut_on - timedelta(days=28),
        set_by=user.id,
        set_at=MONDAY_NINE,
    )
    plans.seal_goal_words(session, version, "walk the dog")
    session.add(version)
    session.flush()
    doses = [DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(mg)}) for mg in (20, 10)]
    steps = [Step(version.starts_on, doses[0]), Step(cut_on, doses[1])]
    plans.add_steps(session, version, steps)
    session.flush()
    return version.id


class MovableClock:
    """Call it for the time."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)
