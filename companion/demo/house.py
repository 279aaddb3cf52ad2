"""Fill the demonstration: every week of it is lived through by the service's own code."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from companion.clock import real_now
from companion.config import Settings
from companion.core.agreement import MarkSide
from companion.core.calendar import local_day, moment_on
from companion.core.drafting import Basis, Cut, Draft, Every, Pace, Period, draft_steps, usual_order
from companion.core.medicines import form_named
from companion.core.numbers import example_nhs_number
from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.core.product import Product
from companion.core.situation import Situation
from companion.core.taper import Step
from companion.core.working import is_weekend
from companion.demo.people import (
    ASKED_OF_ALL,
    CHARACTERS,
    WELL,
    Character,
    Story,
    phone_of,
)
from companion.runtime import Runtime
from companion.services import (
    alerting,
    assessing,
    checking_in,
    enrolment,
    planning,
    receiving,
    sending,
    staffing,
)
from companion.services.enrolment_checks import NewPatient
from companion.services.planning import PlanDraft
from companion.store import alerts, check_ins, organisations, patients
from companion.store.accounts import RoleName
from companion.store.alerts import Outcome
from companion.store.audit import Actor
from companion.store.database import Scope, Session
from companion.store.organisations import Organisation
from companion.store.patients import Patient

LONDON = ZoneInfo("Europe/London")
ORGANISATION = "Riverside Pain Service"
PASSWORD = "correct horse battery"  # noqa: S105 - of a demonstration, printed for everybody
PHARMACIST, NURSE = "pharmacist@example.com", "nurse@example.com"
PRESCRIBER, PRESCRIBER_NAME = "prescriber@example.com", "Dr Anna Lindqvist"
WEEKS = 5
OPENS = time(9, 55)
"""The demonstration starts five minutes before a check-in falls due."""
EVERY_DAYS = 14
REVIEW_IN_DAYS = 20


def where_to_look(settings: Settings) -> str:
    """Return what ``make demo`` prints: pages, sign-ins and phone."""
    url = settings.server.public_url
    return (
        f"\nTapering Companion is ready. Everybody in it is made up.\n\n"
        f"  Pages        {url}/\n"
        f"  Pharmacist   {PHARMACIST}\n"
        f"  Prescriber   {PRESCRIBER}\n"
        f"  Nurse        {NURSE}\n"
        f"  Password     {PASSWORD}\n"
        f"  The phones   {url}/phone\n\n"
        f"Stop with Ctrl-C.\n"
    )


def is_furnished(runtime: Runtime) -> bool:
    """Tell whether the demonstration has its people already."""
    with runtime.transactions.reading() as session:
        return organisations.organisation_named(session, ORGANISATION) is not None


def first_morning(now: datetime) -> datetime:
    """Return the next weekday morning after *now* at which the demonstration starts."""
    day = local_day(now, LONDON) + timedelta(days=1)
    while is_weekend(day):
        day += timedelta(days=1)
    return moment_on(day, OPENS, LONDON)


def furnish(runtime: Runtime) -> Iterator[str]:
    """Fill an empty demonstration, yielding a word after each part; a full one stays."""
    if is_furnished(runtime):
        return
    start = first_morning(real_now())
    began = start - timedelta(weeks=WEEKS)
    staff = _Staff(runtime, began)
    yield "staff"
    cast = [_Life(staff, index, c, start) for index, c in enumerate(CHARACTERS)]
    for day in range(WEEKS * 7, -1, -1):
        for life in cast:
            life.prepare(day)
        _live_through(runtime, cast, start, day)
        _act_on_alerts(staff, start, day)
        yield "day"
    runtime.clock.set(start)


class _Staff:
    """The organisation and who works in it."""

    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self.runtime = runtime
        with runtime.transactions.begin() as session:
            organisation = staffing.add_organisation(
                session, name=ORGANISATION, zone="Europe/London", now=now
            )
            team = staffing.add_team(
                session,
                organisation.id,
                name="the Riverside team",
                phone="01632 960123",
                hours="Mon to Fri, 9am to 5pm",
                now=now,
            )
            self.pharmacist = self._add(
                session, organisation, PHARMACIST, "Priya Shah", RoleName.PHARMACIST, now
            )
            self.prescriber = self._add(
                session, organisation, PRESCRIBER, PRESCRIBER_NAME, RoleName.PRESCRIBER, now
            )
            self.nurse = self._add(
                session, organisation, NURSE, "Nick Byrne", RoleName.FOLLOW_UP, now
            )
        self.team_id = team.id
        self.scope = Scope(organisation.id, frozenset({team.id}))

    def _add(
        self,
        session: Session,
        organisation: Organisation,
        email: str,
        name: str,
        role: RoleName,
        now: datetime,
    ) -> UUID:
        added = staffing.add_user(
            session, organisation, email=email, name=name, password=PASSWORD, role=role, now=now
        )
        return added.id


class _Life:
    """One patient, from being registered to the morning of the demonstration."""

    def __init__(self, staff: _Staff, index: int, who: Character, start: datetime) -> None:
        self.staff, self.index, self.who, self.start = staff, index, who, start
        self.patient_id: UUID | None = None
        self.phone = "+44" + phone_of(index).replace(" ", "")[1:]
        self.registers = self._days_before_registering()

    def _days_before_registering(self) -> int:
        if self.who.story in {Story.WAITING, Story.PROPOSED}:
            return 1
        if self.who.story is Story.DISCHARGED:
            return self.who.cut_days_ago
        return min(self.who.cut_days_ago + EVERY_DAYS * (self.who.cuts - 1) + 8, WEEKS * 7)

    def prepare(self, day: int) -> None:
        """Do what staff do with the patient on this day before the start."""
        at = self.start - timedelta(days=day, hours=1)
        if day == self.registers:
            self._register(at)
            if self.who.story is not Story.WAITING:
                self._text("1", at + timedelta(minutes=20))
            if self.who.doses is not None and self.who.story is not Story.WAITING:
                self._plan(at + timedelta(minutes=30))
        if day == 0 and self.who.story is Story.FINISHED:
            self._finish(at)

    def _register(self, now: datetime) -> None:
        who = self.who
        new = NewPatient(
            identity=Identity(
                first_name=who.first_name,
                last_name=who.last_name,
                born_on=who.born_on,
                nhs_number=example_nhs_number(self.index),
                address=f"{self.index + 1} Mill Lane, Riverside",
                phone=phone_of(self.index),
                emergency_contact="A relative, 01632 960199",
            ),
            wishes=ContactWishes(
                safe_from=time(8, 0),
                safe_until=time(19, 0),
                check_in_at=who.check_in_at,
                language=self.who.language,
                detailed=False,
                interpreter=False,
                ways="Text first. Voicemail is fine.",
                communication_needs="",
            ),
            consent=Consent("Priya Shah", "In clinic, spoken", now.date()),
            team_id=self.staff.team_id,
            pathway=Pathway.DISCHARGE if who.story is Story.DISCHARGED else Pathway.TAPER,
            gp_practice="Mill Lane Surgery",
            pharmacy="Riverside Pharmacy",
            discharged_on=now.date() if who.story is Story.DISCHARGED else None,
            baseline_pain=who.baseline_pain,
        )
        with self.staff.runtime.transactions.begin() as session:
            patient = enrolment.register(
                session,
                self.staff.scope,
                new,
                self.staff.runtime.wording,
                actor=Actor.user(self.staff.pharmacist),
                now=now,
                allow_examples=True,
            )
        self.patient_id = patient.id
        _send(self.staff.runtime, now + timedelta(minutes=1))

    def _steps(self) -> tuple[Step, ...]:
        assert self.who.doses is not None
        today = local_day(self.start, LONDON)
        if self.who.story is Story.PROPOSED:
            first_cut = today + timedelta(days=7)
        else:
            ago = self.who.cut_days_ago + EVERY_DAYS * (self.who.cuts - 1)
            first_cut = today - timedelta(days=ago)
        draft = Draft(
            current=self.who.doses,
            starts_on=first_cut - timedelta(days=7),
            pace=Pace(Cut(self.who.cut, Basis.AMOUNT), Every(EVERY_DAYS, Period.DAYS)),
            cut_order=usual_order(self.who.doses),
            first_cut_on=first_cut,
        )
        cuts = draft_steps(draft, self._product().dispenser([self.who.doses]))
        return (Step(draft.starts_on, self.who.doses), *cuts)

    def _product(self) -> Product:
        found = form_named(*self.who.medicine)
        assert found is not None  # the cast takes what the catalogue has
        return Product(*found, found[1].strengths)

    def _plan(self, now: datetime) -> None:
        steps = self._steps()
        actor = Actor.user(self.staff.pharmacist)
        with self.staff.runtime.transactions.begin() as session:
            patient = self.patient(session)
            draft = PlanDraft(
                medicine=" ".join(self.who.medicine),
                unit=steps[0].doses.unit,
                steps=steps,
                goal=Decimal(0),
                goal_words=self.who.goal_words,
                prescriber=PRESCRIBER_NAME,
                product=self._product(),
                written_as=json.dumps(
                    {
                        "product": "|".join(self.who.medicine),
                        "pace_cut": str(self.who.cut),
                        "pace_basis": Basis.AMOUNT.value,
                        "pace_every_days": str(EVERY_DAYS),
                        "pace_period": Period.DAYS.value,
                        "goal": "0",
                    }
                ),
                review_on=local_day(self.start, LONDON) + timedelta(days=REVIEW_IN_DAYS),
            )
            assessing.record(
                session, patient, Situation(self.who.use, self.who.risks), actor=actor, now=now
            )
            version = planning.propose(session, patient, draft, actor=actor, now=now)
            by_prescriber = Actor.user(self.staff.prescriber)
            marks = [
                (MarkSide.PATIENT, "in clinic", actor),
                (MarkSide.PRESCRIBER, "after reading the notes", by_prescriber),
            ]
            if self.who.story is Story.PROPOSED:
                marks.pop()
            for side, how, who in marks:
                planning.mark(session, patient, version, side, how=how, actor=who, now=now)

    def _finish(self, now: datetime) -> None:
        actor = Actor.user(self.staff.pharmacist)
        with self.staff.runtime.transactions.begin() as session:
            patient = self.patient(session)
            planning.finish(session, patient, actor=actor, now=now)
            enrolment.finish(session, patient, actor=actor, now=now)

    def patient(self, session: Session) -> Patient:
        """Return the patient's row."""
        assert self.patient_id is not None
        return patients.patient_by_id_everywhere(session, self.patient_id)

    def answer(self, day: int, now: datetime) -> None:
        """Answer every question that is open, unless this is one of the silent days."""
        given = self.who.answers.get(day, self.who.usual)
        if self.patient_id is None or given is None:
            return
        replies = {**WELL, **dict(zip(ASKED_OF_ALL, given, strict=True))}
        for minutes in range(1, len(replies) + 1):
            with self.staff.runtime.transactions.reading() as session:
                check_in = check_ins.open_check_in(session, self.patient(session))
            if check_in is None or check_in.question is None:
                return
            self._text(replies[check_in.question], now + timedelta(minutes=2 * minutes))

    def write_unasked(self, day: int, now: datetime) -> None:
        """Write what nobody asked for on this day, if anything."""
        if day in self.who.texts:
            self._text(self.who.texts[day], now)

    def _text(self, body: str, now: datetime) -> None:
        runtime = self.staff.runtime
        receiving.receive(
            runtime.transactions,
            runtime.wording,
            provider_id=f"SIM{uuid4().hex}",
            phone=self.phone,
            body=body,
            opt_out_type=None,
            now=now,
            real_now=real_now(),
        )
        _send(runtime, now + timedelta(seconds=5))


def _send(runtime: Runtime, now: datetime) -> None:
    sending.dispatch_once(
        runtime.transactions, runtime.gateway, now=now, real_now=real_now, limits=runtime.limits
    )


def _live_through(runtime: Runtime, cast: list[_Life], start: datetime, day: int) -> None:
    """Let one day pass, hour by hour; on the last one stop before the start."""
    date_ = local_day(start, LONDON) - timedelta(days=day)
    hours = (
        [time(8, 31), time(9, 1)]
        if day == 0
        else [time(8, 31), time(9, 1), time(10, 1), time(11, 1)]
    )
    for hour in hours:
        now = moment_on(date_, hour, LONDON)
        checking_in.queue_due(runtime.transactions, runtime.wording, now=now)
        checking_in.notice_silence(runtime.transactions, runtime.wording, now=now)
        _send(runtime, now)
        for life in cast:
            life.answer(day, now + timedelta(minutes=10))
    for life in cast:
        life.write_unasked(day, moment_on(date_, time(9, 40), LONDON))


def _act_on_alerts(staff: _Staff, start: datetime, day: int) -> None:
    """Let the nurse take what came in on earlier days; today's is left for the visitor."""
    if day == 0:
        return
    now = start - timedelta(days=day) + timedelta(hours=4)
    with staff.runtime.transactions.begin() as session:
        for alert in alerts.standing_alerts(session, staff.scope):
            alerting.acknowledge(session, staff.scope, alert.id, user_id=staff.nurse, now=now)
            if day > 1:
                alerting.resolve(
                    session,
                    staff.scope,
                    alert.id,
                    user_id=staff.nurse,
                    outcome=Outcome.SPOKE,
                    note="Called, talked it through, staying with the plan.",
                    now=now + timedelta(minutes=20),
                )
