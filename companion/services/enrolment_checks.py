"""What a patient's details must hold before they are kept: every fault at once, by field."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

from companion.core.calendar import EARLIEST_SAFE, LATEST_SAFE, SHORTEST_WINDOW
from companion.core.numbers import NumberError, parse_nhs_number, parse_phone
from companion.core.people import Consent, ContactWishes, Identity, Pathway, PatientStatus
from companion.core.protocols import WEEK_DAYS
from companion.core.questions import Question
from companion.core.triage import NOTHING_AGREED, Agreed
from companion.store import patients
from companion.store.database import Scope, Session
from companion.wording import Wording

LONGEST_NAME = 100
LONGEST_WORDS = 500
OLDEST_YEARS = 120


class EnrolmentError(ValueError):
    """Something about the patient cannot stand: ``fields`` says what, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class NewPatient:
    """What a pharmacist enters: numbers as they were typed, checked by :func:`register`."""

    identity: Identity
    wishes: ContactWishes
    consent: Consent
    team_id: UUID
    pathway: Pathway
    gp_practice: str
    pharmacy: str
    discharged_on: date | None = None
    baseline_pain: Decimal | None = None
    agreed: Agreed = NOTHING_AGREED


@dataclass
class Faults:
    """Every fault of a form at once, each under its field."""

    found: dict[str, str] = field(default_factory=dict)

    def need(self, name: str, what: str, *, sound: bool) -> None:
        if not sound:
            self.found.setdefault(name, what)

    def settle(self) -> None:
        if self.found:
            raise EnrolmentError(self.found)


def checked(
    session: Session,
    scope: Scope,
    new: NewPatient,
    wording: Wording,
    today: date,
    allow_examples: bool,
) -> Identity:
    faults = Faults()
    identity = check_identity(new.identity, today, faults, allow_examples)
    check_wishes(new.wishes, wording, faults)
    _check_consent(new.consent, today, faults)
    _check_care(new, scope, today, faults)
    if "nhs_number" not in faults.found:
        known = patients.is_registered(session, scope.organisation_id, identity.nhs_number)
        faults.need("nhs_number", "A patient with this NHS number is registered", sound=not known)
    if "phone" not in faults.found:
        check_phone_is_free(session, identity.phone, None, faults)
    faults.settle()
    return identity


def check_identity(
    identity: Identity, today: date, faults: Faults, allow_examples: bool
) -> Identity:
    for name, what in (("first_name", "first name"), ("last_name", "last name")):
        text = getattr(identity, name).strip()
        faults.need(name, f"Enter the {what}", sound=bool(text))
        faults.need(name, f"The {what} is too long", sound=len(text) <= LONGEST_NAME)
    for name in ("address", "emergency_contact"):
        text = getattr(identity, name).strip()
        faults.need(name, f"Enter the {name.replace('_', ' ')}", sound=bool(text))
        faults.need(name, "This is too long", sound=len(text) <= LONGEST_WORDS)
    age_days = (today - identity.born_on).days
    faults.need("born_on", "The date of birth must be in the past", sound=age_days > 0)
    faults.need("born_on", "Check the year", sound=age_days < OLDEST_YEARS * 366)
    phone = number(faults, "phone", parse_phone, identity.phone, allow_examples)
    nhs = number(faults, "nhs_number", parse_nhs_number, identity.nhs_number, allow_examples)
    return replace(
        identity,
        first_name=identity.first_name.strip(),
        last_name=identity.last_name.strip(),
        phone=phone,
        nhs_number=nhs,
    )


def number(faults: Faults, name: str, parse: object, text: str, allow_examples: bool) -> str:
    assert callable(parse)
    try:
        return str(parse(text, allow_examples=allow_examples))
    except NumberError as error:
        faults.need(name, str(error), sound=False)
        return text


def check_wishes(wishes: ContactWishes, wording: Wording, faults: Faults) -> None:
    opens, closes = wishes.safe_from, wishes.safe_until
    early = f"Texts cannot come before {EARLIEST_SAFE:%H:%M}"
    late = f"Texts cannot come after {LATEST_SAFE:%H:%M}"
    faults.need("safe_from", early, sound=opens >= EARLIEST_SAFE)
    faults.need("safe_until", late, sound=closes <= LATEST_SAFE)
    faults.need(
        "safe_until",
        "There must be at least half an hour in which texts may come",
        sound=_minutes(closes) - _minutes(opens) >= SHORTEST_WINDOW,
    )
    faults.need(
        "check_in_at",
        "The check-in must be at least half an hour before the safe time ends",
        sound=opens <= wishes.check_in_at
        and _minutes(closes) - _minutes(wishes.check_in_at) >= SHORTEST_WINDOW,
    )
    tags = {language.tag for language in wording.choosable}
    faults.need("language", "Choose a language from the list", sound=wishes.language in tags)
    faults.need("week_days", "Choose at least one day", sound=bool(wishes.week_days))
    faults.need("week_days", "Choose days of the week", sound=wishes.week_days <= WEEK_DAYS)
    for name in ("ways", "communication_needs"):
        sound = len(getattr(wishes, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)


def _minutes(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)


def _check_consent(consent: Consent, today: date, faults: Faults) -> None:
    faults.need("consent_asked_by", "Enter who asked", sound=bool(consent.asked_by.strip()))
    faults.need("consent_how", "Enter how consent was given", sound=bool(consent.how.strip()))
    faults.need(
        "consent_asked_on",
        "Consent cannot be given in the future",
        sound=consent.asked_on <= today,
    )
    for name in ("asked_by", "how"):
        sound = len(getattr(consent, name)) <= LONGEST_WORDS
        faults.need(f"consent_{name}", "This is too long", sound=sound)


def _check_care(new: NewPatient, scope: Scope, today: date, faults: Faults) -> None:
    faults.need("team_id", "Choose one of your teams", sound=new.team_id in scope.team_ids)
    for name in ("gp_practice", "pharmacy"):
        sound = len(getattr(new, name)) <= LONGEST_WORDS
        faults.need(name, "This is too long", sound=sound)
    if new.pathway is Pathway.DISCHARGE:
        sound = new.discharged_on is not None and new.discharged_on <= today
        faults.need("discharged_on", "Enter the day of discharge, not in the future", sound=sound)
    _check_score("baseline_pain", new.baseline_pain, faults)
    check_agreed(new.agreed, faults)


def check_agreed(agreed: Agreed, faults: Faults) -> None:
    _check_score("pain_at", agreed.pain_at, faults)
    _check_score("coping_at", agreed.coping_at, faults)


def _check_score(name: str, score: Decimal | None, faults: Faults) -> None:
    if score is not None:
        sound = score.is_finite() and Question.PAIN.scale.holds(score)
        faults.need(name, "Enter a number from 0 to 10", sound=sound)


def check_phone_is_free(session: Session, phone: str, mine: UUID | None, faults: Faults) -> None:
    others = [
        patient
        for patient in patients.patients_with_phone_everywhere(session, phone)
        if patient.id != mine and patient.status is not PatientStatus.FINISHED
    ]
    # Whose it is is not told: the other patient may be in another organisation.
    faults.need(
        "phone", "Another patient has this number. Ask for one of their own", sound=not others
    )
