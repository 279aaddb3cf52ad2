"""Live a made-up population through, day by day, with the service's own code.

Everything runs as it would for real: texts are queued, sent to a phone network in memory,
read, screened, weighed; clinicians close what came in at the end of each working day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from companion.core.agreement import MarkSide
from companion.core.calendar import local_day, moment_on
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.numbers import example_nhs_number
from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.core.taper import Step
from companion.core.urgency import Urgency
from companion.core.working import is_weekend
from companion.services import checking_in, enrolment, planning, receiving, sending, staffing
from companion.services.alerting import acknowledge, resolve
from companion.services.enrolment_checks import NewPatient
from companion.services.planning import PlanDraft
from companion.services.sending import SendingLimits
from companion.simulation.population import Person
from companion.sms.simulator import SimulatedGateway
from companion.store import alerts, check_ins, patients
from companion.store.accounts import RoleName
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.audit import PATIENT, Actor
from companion.store.database import Scope, Session, Transactions
from companion.wording import ENGLISH, Wording

LONDON = ZoneInfo("Europe/London")
ASKED_AT, LOOKED_AT, CLOSED_AT = time(10), time(12), time(16)
CUT_EVERY_DAYS, CUTS = 14, 5
MOST_ROUNDS = 12
"""Answers that one person gives on one day; more come from a loop in the rules."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert as it came: about whom, by which rule, how urgent, when."""

    person: int
    rule: str
    urgency: Urgency
    day: int
    at: datetime


class Practice:
    """One organisation in a database of its own, with its made-up patients."""

    def __init__(
        self, transactions: Transactions, wording: Wording, people: Sequence[Person], first: date
    ) -> None:
        self.transactions, self.wording, self.people = transactions, wording, people
        self.first = first
        self.now = moment_on(first, time(9), LONDON)
        self.gateway = SimulatedGateway(lambda: self.now)
        self.limits = SendingLimits(threads=1)
        self.patients: dict[int, UUID] = {}
        self.numbers: dict[UUID, int] = {}
        self.counted: dict[UUID, int] = {}
        self._open()

    def _open(self) -> None:
        with self.transactions.begin() as session:
            organisation = staffing.add_organisation(
                session, name="Made-up practice", zone=str(LONDON), now=self.now
            )
            team = staffing.add_team(
                session,
                organisation.id,
                name="the team",
                phone="01632 960000",
                hours="Mon to Fri, 9am to 5pm",
                now=self.now,
            )
            clinician = staffing.add_user(
                session,
                organisation,
                email="clinician@example.com",
                name="Clinician",
                password=f"made up {uuid4()}",
                role=RoleName.PRESCRIBER,
                now=self.now,
            )
        self.team_id, self.clinician = team.id, clinician.id
        self.scope = Scope(organisation.id, frozenset({team.id}))
        for person in self.people:
            self._enrol(person)
        self._send()

    def _enrol(self, person: Person) -> None:
        actor = Actor.user(self.clinician)
        with self.transactions.begin() as session:
            patient = enrolment.register(
                session,
                self.scope,
                self._as_entered(person),
                self.wording,
                actor=actor,
                now=self.now,
                allow_examples=True,
            )
            enrolment.confirm_handshake(session, patient, actor=PATIENT, now=self.now)
            version = planning.propose(session, patient, self._plan(), actor=actor, now=self.now)
            for side in MarkSide:
                planning.mark(
                    session, patient, version, side, how="made up", actor=actor, now=self.now
                )
        self.patients[person.number] = patient.id
        self.numbers[patient.id] = person.number

    def _as_entered(self, person: Person) -> NewPatient:
        return NewPatient(
            identity=Identity(
                first_name="Made",
                last_name=f"Up {person.number}",
                born_on=date(1960, 1, 1),
                nhs_number=example_nhs_number(person.number),
                address="Nowhere",
                phone=_phone_of(person),
                emergency_contact="Nobody",
            ),
            wishes=ContactWishes(
                safe_from=time(8),
                safe_until=time(20),
                check_in_at=ASKED_AT,
                language=ENGLISH,
                detailed=False,
                interpreter=False,
                ways="",
                communication_needs="",
            ),
            consent=Consent("Clinician", "made up", self.first - timedelta(days=1)),
            team_id=self.team_id,
            pathway=Pathway.TAPER,
            gp_practice="",
            pharmacy="",
            baseline_pain=Decimal(person.usual_pain),
        )

    def _plan(self) -> PlanDraft:
        steps = tuple(
            Step(
                self.first + timedelta(days=CUT_EVERY_DAYS * cut),
                DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(100 - 10 * cut)}),
            )
            for cut in range(CUTS + 1)
        )
        return PlanDraft(
            medicine="morphine",
            unit=DoseUnit.MILLIGRAM,
            steps=steps,
            goal=steps[-1].doses.total,
            goal_words="made up",
            prescriber="Clinician",
            based_on=None,
        )

    def live(self, days: int) -> Iterator[list[Raised]]:
        """Live through *days*, yielding what was raised on each of them."""
        for day in range(days):
            self._ask_and_answer(day)
            self._write_unasked(day)
            yield self._close(day)

    def _ask_and_answer(self, day: int) -> None:
        self._at(day, ASKED_AT)
        checking_in.notice_silence(self.transactions, self.wording, now=self.now)
        checking_in.queue_due(self.transactions, self.wording, now=self.now)
        self._at(day, LOOKED_AT)
        self._send()
        since_cut = day % CUT_EVERY_DAYS if day >= CUT_EVERY_DAYS else None
        waiting = list(self.people)
        for _round in range(MOST_ROUNDS):
            self.now += timedelta(minutes=1)
            waiting = [person for person in waiting if self._answer(person, day, since_cut)]
            self._send()

    def _answer(self, person: Person, day: int, since_cut: int | None) -> bool:
        """Let *person* answer the question that is open; tell whether there was one."""
        with self.transactions.reading() as session:
            patient = patients.patient_by_id_everywhere(session, self.patients[person.number])
            check_in = check_ins.open_check_in(session, patient)
            reachable = checking_in.may_be_asked(patient)
        if check_in is None or check_in.question is None or not reachable:
            return False
        if check_in.local_day != local_day(self.now, LONDON):
            return False
        said = person.answers(check_in.question, day, since_cut)
        if said is None:
            return False
        self._text(person, said)
        return True

    def _write_unasked(self, day: int) -> None:
        for person in self.people:
            said = person.writes_unasked(day)
            if said is not None:
                self._text(person, said)
        self._send()

    def _text(self, person: Person, body: str) -> None:
        receiving.receive(
            self.transactions,
            self.wording,
            provider_id=f"SIM{uuid4().hex}",
            phone=_phone_of(person),
            body=body,
            opt_out_type=None,
            now=self.now,
            real_now=self.now,
        )

    def _close(self, day: int) -> list[Raised]:
        """Return what came since, and let the clinicians deal with it on working days."""
        self._at(day, CLOSED_AT)
        raised = []
        with self.transactions.begin() as session:
            for alert in alerts.standing_alerts(session, self.scope):
                if alert.patient_id is None:
                    continue
                fresh = alert.times - self.counted.get(alert.id, 0)
                self.counted[alert.id] = alert.times
                if fresh:
                    person = self.numbers[alert.patient_id]
                    raised.append(Raised(person, alert.rule, alert.level, day, alert.opened_at))
                if not is_weekend(local_day(self.now, LONDON)):
                    self._deal_with(session, alert)
        return raised

    def _deal_with(self, session: Session, alert: Alert) -> None:
        user_id, now = self.clinician, self.now
        if alert.state is AlertState.OPEN:
            acknowledge(session, self.scope, alert.id, user_id=user_id, now=now)
        resolve(
            session,
            self.scope,
            alert.id,
            user_id=user_id,
            outcome=Outcome.SPOKE,
            note="Spoke to them.",
            now=now,
        )

    def _at(self, day: int, at: time) -> None:
        self.now = max(self.now, moment_on(self.first + timedelta(days=day), at, LONDON))

    def _send(self) -> None:
        while sending.dispatch_once(
            self.transactions,
            self.gateway,
            now=self.now,
            real_now=lambda: self.now,
            limits=self.limits,
        ):
            pass


def _phone_of(person: Person) -> str:
    return f"+4474{person.number:08d}"
