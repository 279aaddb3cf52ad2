"""An organisation, its people and its patients, made by the services themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from companion.core.agreement import MarkSide
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.core.questions import Question
from companion.core.taper import Step
from companion.services import checking_in, enrolment, planning, receiving, sending
from companion.services.enrolment_checks import NewPatient
from companion.services.planning import PlanDraft
from companion.services.sending import SendingLimits
from companion.sms.simulator import SimulatedGateway
from companion.store import accounts, alerts, check_ins, organisations, patients, replies
from companion.store.accounts import RoleName
from companion.store.alerts import Alert
from companion.store.audit import PATIENT, Actor
from companion.store.check_ins import CheckIn
from companion.store.database import Scope, Transactions
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.store.replies import Reply
from companion.wording import Wording
from tests.rigs.times import MONDAY_NINE

NHS_NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050")
LIMITS = SendingLimits(threads=2)
_phones = count(200)
CALM = {
    Question.PAIN: "4",
    Question.USE: "1",
    Question.TABLETS: "0",
    Question.COPING: "8",
    Question.WITHDRAWAL: "0",
    Question.INTEREST: "0",
    Question.MOOD: "0",
    Question.CONFIDENCE: "8",
    Question.LEFT_OVER: "2",
}
"""What somebody answers who is well."""


@dataclass
class Ward:
    """One team with its database, words, phone network and a moment that tests move."""

    transactions: Transactions
    wording: Wording
    gateway: SimulatedGateway = field(default_factory=SimulatedGateway)
    now: datetime = MONDAY_NINE
    zone: str = "Europe/London"
    scope: Scope = field(init=False)
    user_id: UUID = field(init=False)
    colleague_id: UUID = field(init=False)
    team_id: UUID = field(init=False)
    registered: int = 0

    def __post_init__(self) -> None:
        with self.transactions.begin() as session:
            organisation = organisations.add_organisation(
                session, name=f"Trust {uuid4()}", zone=self.zone, now=self.now
            )
            team = organisations.add_team(
                session,
                organisation.id,
                name="the team",
                phone="01632 960001",
                hours="Mon to Fri, 9am to 5pm",
            )
            self.user_id, self.colleague_id = (
                accounts.add_user(
                    session,
                    organisation.id,
                    email=f"{uuid4().hex}@example.com",
                    name=name,
                    password_hash="unused",
                    roles=[RoleName.PHARMACIST],
                    team_ids=[team.id],
                    now=self.now,
                ).id
                for name in ("Priya Shah", "Nick Byrne")
            )
        self.team_id = team.id
        self.scope = Scope(organisation.id, frozenset({team.id}))

    @property
    def actor(self) -> Actor:
        """The pharmacist."""
        return Actor.user(self.user_id)

    def new_patient(self, **changes: Any) -> NewPatient:
        """Return what a pharmacist enters, but for *changes* by field at any depth."""
        number = self.registered
        self.registered += 1
        identity = Identity(
            first_name="Ada",
            last_name=f"Lane{number}",
            born_on=date(1960, 1, 2),
            nhs_number=NHS_NUMBERS[number % 5],
            address="1 Mill Lane",
            phone=f"07700 900{next(_phones) % 800 + 100}",
            emergency_contact="A sister",
        )
        wishes = ContactWishes(
            safe_from=time(8),
            safe_until=time(20),
            check_in_at=time(9),
            language="en-GB",
            detailed=False,
            interpreter=False,
            ways="",
            communication_needs="",
        )
        consent = Consent("Priya Shah", "in clinic", self.now.date())
        parts = {"identity": identity, "wishes": wishes, "consent": consent}
        for name, part in parts.items():
            own = {k: changes.pop(k) for k in list(changes) if hasattr(part, k)}
            parts[name] = replace(part, **own)  # type: ignore[type-var]  # each is a dataclass
        return NewPatient(
            **{
                **parts,
                "team_id": self.team_id,
                "pathway": Pathway.TAPER,
                "gp_practice": "Mill Lane Surgery",
                "pharmacy": "High Street",
                "baseline_pain": Decimal(5),
                **changes,
            }
        )

    def register(self, *, confirmed: bool = True, **changes: Any) -> Patient:
        """Register a patient, and confirm the phone unless told otherwise."""
        with self.transactions.begin() as session:
            patient = enrolment.register(
                session,
                self.scope,
                self.new_patient(**changes),
                self.wording,
                actor=self.actor,
                now=self.now,
                allow_examples=True,
            )
            if confirmed:
                enrolment.confirm_handshake(session, patient, actor=PATIENT, now=self.now)
        return patient

    def draft(self, *cuts: tuple[int, int], based_on: UUID | None = None) -> PlanDraft:
        """Return a plan from 60 mg today; each cut is days from now and the new dose."""
        steps = tuple(
            Step(
                self.now.date() + timedelta(days=day),
                DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)}),
            )
            for day, amount in ((0, 60), *cuts)
        )
        return PlanDraft(
            medicine="morphine",
            unit=DoseUnit.MILLIGRAM,
            steps=steps,
            goal=steps[-1].doses.total,
            goal_words="To think clearly",
            prescriber="Dr Lindqvist",
            based_on=based_on,
        )

    def agree(
        self, patient: Patient, *cuts: tuple[int, int], based_on: UUID | None = None
    ) -> PlanVersion:
        """Propose a plan and record both marks."""
        with self.transactions.begin() as session:
            # As a prescriber would: a second plan may begin again from 60 mg.
            draft = self.draft(*(cuts or ((14, 50), (28, 40))), based_on=based_on)
            version = planning.propose(
                session,
                patient,
                replace(draft, reasons="agreed again" if based_on else ""),
                actor=self.actor,
                now=self.now,
                may_raise=True,
            )
            for side in MarkSide:
                planning.mark(
                    session, patient, version, side, how="said so", actor=self.actor, now=self.now
                )
        return version

    def text(self, patient: Patient | str, body: str, **options: Any) -> UUID | None:
        """Text in from a patient's phone, or from any number, and let the answer leave.

        *received_before* is how long before now it really came, as the provider's list says;
        without *answers_leave* what answers it waits until texts are sent again.
        """
        answers_leave = options.pop("answers_leave", True)
        before = options.pop("received_before", None)
        reply_id = receiving.receive(
            self.transactions,
            options.pop("wording", self.wording),
            provider_id=options.pop("provider_id", f"SM{uuid4().hex}"),
            phone=patient if isinstance(patient, str) else self.phone_of(patient),
            body=body,
            opt_out_type=options.pop("opt_out_type", None),
            now=self.now,
            real_now=options.pop("real_now", self.now),
            sent_at=None if before is None else self.now - before,
        )
        if answers_leave:
            self.send()
        return reply_id

    def ask(self, *, days: int) -> int:
        """Let *days* pass and ask whoever is due; return how many."""
        self.now += timedelta(days=days)
        asked = checking_in.queue_due(self.transactions, self.wording, now=self.now)
        self.send()
        return asked

    def answer(self, patient: Patient, **given: str) -> None:
        """Answer every question of the check-in that is open, a minute after each; 0 unless *given*."""
        check_in = self.check_in(patient)
        assert check_in is not None
        for question in check_in.asks:
            self.now += timedelta(minutes=1)
            self.text(patient, given.get(question, CALM[question]))

    def send(self) -> None:
        """Let every text that is due leave."""
        sending.dispatch_once(
            self.transactions,
            self.gateway,
            now=self.now,
            real_now=lambda: self.now,
            limits=LIMITS,
        )

    def phone_of(self, patient: Patient) -> str:
        """Return the patient's number."""
        with self.transactions.reading() as session:
            return patients.phone_of(session, patient)

    def said(self) -> list[str]:
        """Return the texts that left since this was last asked."""
        bodies = [text.body for text in self.gateway.sent]
        self.gateway.sent.clear()
        return bodies

    def again(self, patient: Patient) -> Patient:
        """Return the patient as the database has them now."""
        with self.transactions.reading() as session:
            return patients.patient_by_id_everywhere(session, patient.id)

    def alerts(self) -> dict[str, Alert]:
        """Return what stands, by rule."""
        with self.transactions.reading() as session:
            return {a.rule: a for a in alerts.standing_alerts(session, self.scope)}

    def why(self, rule: str) -> str:
        """Return the reason that stands for a rule."""
        with self.transactions.reading() as session:
            return alerts.why_of(session, self.alerts()[rule])

    def recorded(self, patient: Patient) -> dict[Question, Decimal]:
        """Return what was written down of the patient's answers, the newest of each question."""
        with self.transactions.reading() as session:
            return {a.question: a.value for a in check_ins.answers_of(session, patient)}

    def check_in(self, patient: Patient) -> CheckIn | None:
        """Return the patient's newest check-in."""
        with self.transactions.reading() as session:
            return check_ins.newest_check_in(session, patient)

    def reply(self, reply_id: UUID | None) -> Reply:
        """Return a kept text."""
        assert reply_id is not None
        with self.transactions.reading() as session:
            return replies.reply_by_id(session, reply_id)

    def change_phone(self, patient: Patient, phone: str, *, based_on: int | None = None) -> None:
        """Change a patient's number, as a pharmacist does on a page of that revision."""
        self.change(
            patient,
            lambda session, p: enrolment.change_phone(
                session,
                p,
                phone,
                self.wording,
                based_on=p.revision if based_on is None else based_on,
                actor=self.actor,
                now=self.now,
                allow_examples=True,
            ),
        )

    def change(self, patient: Patient, do: Callable[[Any, Patient], object]) -> None:
        """Do something to a patient in a transaction of its own."""
        with self.transactions.begin() as session:
            do(session, patients.locked(session, patient.id))
