"""A whole conversation over HTTP: from a published leaflet's plan to a clinician's alert.

Texts leave through Twilio's own library; an independent server takes them, texts us back
and reports on delivery, each request signed. The plan is the one of a published leaflet
(``tests/data/published_tapers.json`` names it).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from companion.clock import real_now
from companion.config import AlertsSection
from companion.core.agreement import MarkSide, VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.people import Consent, ContactWishes, Identity, Pathway, PatientStatus
from companion.core.sending import AttemptOutcome, MessageKind, MessageState
from companion.core.taper import Step
from companion.core.urgency import Urgency
from companion.mail import MailServer, SmtpMailer
from companion.runtime import Runtime
from companion.services import enrolment, planning, polling, rota, sending, settling
from companion.services.enrolment_checks import NewPatient
from companion.services.planning import PlanDraft
from companion.services.staffing import add_organisation, add_team, add_user
from companion.store import accounts, alerts, messages, replies
from companion.store.accounts import RoleName
from companion.store.audit import Actor
from companion.store.check_ins import Answer
from companion.store.database import Scope, Transactions
from companion.store.messages import Attempt, Message
from companion.store.patients import Patient
from companion.store.replies import Reply
from companion.ticking import ask_provider, tell_people, tick
from companion.web.app import create_app
from companion.wording import Wording
from tests.rigs.emulate import Emulate, free_port, running_emulate
from tests.rigs.mail_server import running_mail_server
from tests.rigs.texted import MovableClock
from tests.rigs.texting import ACCOUNT_SID, OUR_NUMBER, TOKEN, runtime_over, served

PHONE = "+447700900456"
LEAFLETS = Path(__file__).parents[1] / "data" / "published_tapers.json"
NOTHING_CLINICAL = ("codeine", "co-codamol", "opioid", "tablet", "dose", "taper", "Ada")


def leaflet(name: str) -> dict[str, Any]:
    """Return one published taper."""
    examples = json.loads(LEAFLETS.read_text(encoding="utf-8"))["examples"]
    found: dict[str, Any] = next(one for one in examples if one["id"] == name)
    return found


def doses_of(amounts: dict[str, str]) -> DayDoses:
    taken = {TimeOfDay(at): Decimal(amount) for at, amount in amounts.items()}
    return DayDoses(DoseUnit.TABLET, taken)


def steps_from(published: dict[str, Any], first_monday: date) -> list[Step]:
    """Return the leaflet's steps, moved by whole weeks to begin on *first_monday*."""
    request = published["request"]
    shift = first_monday - date.fromisoformat(request["starts_on"])
    first = Step(first_monday, doses_of(request["current"]))
    later = [
        Step(date.fromisoformat(step["starts_on"]) + shift, doses_of(step["doses"]))
        for step in published["expected_steps"]
    ]
    return [first, *later]


@dataclass
class Stage:
    """The running service, the independent server, and one registered patient."""

    runtime: Runtime
    provider: Emulate
    scope: Scope
    patient_id: UUID

    def answer(self, words: str) -> str:
        """Let the patient text *words*; return what their phone shows next."""
        before = len(self.phone())
        self.provider.text_in(from_=PHONE, to=OUR_NUMBER, body=words)
        tick(self.runtime)
        shown = self.phone()
        assert len(shown) == before + 1
        return shown[-1]

    def phone(self) -> list[str]:
        """Return the texts that the patient was sent, oldest first."""
        return [text["body"] for text in self.provider.texts_to(PHONE)]

    def wait_for_a_check_in(self) -> str:
        """Go on from morning to morning until a text comes, a week at most."""
        before = len(self.phone())
        for _ in range(8):
            self.runtime.clock.advance(timedelta(days=1))
            tick(self.runtime)
            if len(self.phone()) > before:
                return self.phone()[-1]
        raise AssertionError("no check-in within eight days")

    def alerts(self) -> set[tuple[str, Urgency]]:
        with self.runtime.transactions.reading() as session:
            return {(one.rule, one.level) for one in alerts.standing_alerts(session, self.scope)}


def next_monday_nine(after: datetime) -> datetime:
    """Return nine in the morning of a Monday well ahead: the clock only goes forward."""
    day = after.date() + timedelta(days=14 - after.weekday())
    return datetime.combine(day, time(9, 30), tzinfo=after.tzinfo)


def enrol(runtime: Runtime, monday: datetime) -> tuple[Scope, UUID]:
    """Register a patient and agree the leaflet's plan, as the pages do."""
    with runtime.transactions.begin() as session:
        organisation = add_organisation(
            session, name="Example Trust", zone="Europe/London", now=monday
        )
        team = add_team(
            session,
            organisation.id,
            name="Example Team",
            phone="01632 960001",
            hours="Mon to Fri, 9am to 5pm",
            now=monday,
        )
        user = add_user(
            session,
            organisation,
            email="pharmacist@example.org",
            name="A Pharmacist",
            password="three random words",
            role=RoleName.PHARMACIST,
            now=monday,
        )
        actor = Actor.user(user.id)
        scope = Scope(organisation.id, frozenset({team.id}))
        patient = enrolment.register(
            session,
            scope,
            new_patient(team.id, monday.date()),
            runtime.wording,
            actor=actor,
            now=monday,
            allow_examples=True,
        )
        steps = steps_from(leaflet("ni-codeine-tablets"), monday.date())
        draft = PlanDraft(
            medicine="co-codamol 30/500 tablets",
            unit=DoseUnit.TABLET,
            steps=steps,
            goal=Decimal(0),
            goal_words="sleep through",
            prescriber="Dr Example",
        )
        version = planning.propose(session, patient, draft, actor=actor, now=monday)
        for side in MarkSide:
            version = planning.mark(
                session, patient, version, side, how="in the room", actor=actor, now=monday
            )
        assert version.state is VersionState.AGREED
        return scope, patient.id


def new_patient(team_id: UUID, today: date) -> NewPatient:
    return NewPatient(
        identity=Identity(
            first_name="Ada",
            last_name="Example",
            born_on=date(1960, 1, 2),
            nhs_number="999 000 0018",
            address="1 Example Street",
            phone="07700 900456",
            emergency_contact="Bob Example",
        ),
        wishes=ContactWishes(
            safe_from=time(8),
            safe_until=time(20),
            check_in_at=time(9),
            language="en-GB",
            detailed=False,
            interpreter=False,
            ways="text",
            communication_needs="",
        ),
        consent=Consent(asked_by="A Pharmacist", how="face to face", asked_on=today),
        team_id=team_id,
        pathway=Pathway.TAPER,
        gp_practice="Example Surgery",
        pharmacy="Example Pharmacy",
        baseline_pain=Decimal(4),
    )


@pytest.fixture
def stage(transactions: Transactions, wording: Wording, tmp_path: Path) -> Iterator[Stage]:
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    with running_emulate(
        tmp_path,
        account_sid=ACCOUNT_SID,
        auth_token=TOKEN,
        number=OUR_NUMBER,
        sms_url=public_url + "/sms/incoming",
    ) as provider:
        runtime = runtime_over(transactions, wording, public_url=public_url, api_base=provider.base)
        ask_provider(runtime)  # whose our number is: nothing leaves before
        monday = runtime.clock.set(next_monday_nine(runtime.clock.now()))
        with served(create_app(runtime), port):
            scope, patient_id = enrol(runtime, monday)
            yield Stage(runtime, provider, scope, patient_id)


def test_a_taper_is_followed_over_twilio_to_an_alert(stage: Stage) -> None:
    tick(stage.runtime)
    [handshake] = stage.phone()

    confirmed = stage.answer("1")
    pain = stage.wait_for_a_check_in()
    pain_again = stage.answer("banana")
    use = stage.answer("Seven")
    coping = stage.answer("3")
    thanks = stage.answer("2")

    assert_each_text_is_the_one_queued(stage, count=7)
    assert len({handshake, confirmed, pain, pain_again, use, coping, thanks}) == 7
    assert_nothing_clinical(stage)
    assert ("T-03", Urgency.URGENT) in stage.alerts()
    assert ("T-02", Urgency.SOON) in stage.alerts()
    assert_answers(stage, {"pain": Decimal(7), "use": Decimal(3), "coping": Decimal(2)})
    assert_delivery_is_followed(stage)


def assert_each_text_is_the_one_queued(stage: Stage, *, count: int) -> None:
    with stage.runtime.transactions.reading() as session:
        queued = session.query(Message).order_by(Message.queued_at).all()
        bodies = [messages.body_of(session, message) for message in queued]
        patient = session.get_one(Patient, stage.patient_id)
        received = session.query(Reply).count()
    assert sorted(bodies) == sorted(stage.phone())
    assert len(bodies) == count
    assert received == 5
    assert patient.status is PatientStatus.ACTIVE


def assert_nothing_clinical(stage: Stage) -> None:
    said = " ".join(stage.phone()).casefold()
    assert not [word for word in NOTHING_CLINICAL if word.casefold() in said]


def assert_answers(stage: Stage, expected: dict[str, Decimal]) -> None:
    with stage.runtime.transactions.reading() as session:
        answers = {answer.question.value: answer.value for answer in session.query(Answer)}
    assert answers == expected


def assert_delivery_is_followed(stage: Stage) -> None:
    sids = [text["sid"] for text in stage.provider.texts_to(PHONE)]
    for sid in sids[:-1]:
        for word in ("sent", "delivered", "sent"):
            stage.provider.report(sid, word)
    stage.provider.report(sids[-1], "undelivered")

    with stage.runtime.transactions.reading() as session:
        states = [message.state for message in session.query(Message)]
        attempts = session.query(Attempt).all()
    assert states.count(MessageState.DELIVERED) == len(sids) - 1
    assert states.count(MessageState.UNDELIVERED) == 1
    assert sorted(attempt.provider_id or "" for attempt in attempts) == sorted(sids)
    assert {attempt.outcome for attempt in attempts} == {AttemptOutcome.ACCEPTED}
    assert "U-01" in {rule for rule, _ in stage.alerts()}


def test_danger_words_are_answered_at_night_and_stand_as_an_emergency(stage: Stage) -> None:
    tick(stage.runtime)
    stage.answer("1")
    stage.runtime.clock.advance(timedelta(hours=17))

    shown = stage.answer("I want to end my life")

    assert "999" in shown
    assert "T-06" in {rule for rule, _ in stage.alerts()}
    assert Urgency.EMERGENCY in {urgency for _, urgency in stage.alerts()}


STAFF_PHONE = "+447700900981"


def test_an_alert_that_nobody_takes_climbs_to_a_mail_server_and_to_phones(stage: Stage) -> None:
    tick(stage.runtime)
    stage.answer("1")
    with running_mail_server(free_port()) as mail:
        server = MailServer("127.0.0.1", mail.port, "none", "alerts@example.org")
        alerts_section = AlertsSection(duty_email="duty@example.org")
        settings = stage.runtime.settings.model_copy(update={"alerts": alerts_section})
        runtime = replace(stage.runtime, mailer=SmtpMailer(server), settings=settings)
        give_phones(runtime, stage.scope)

        stage.answer("I want to end my life")
        for minutes in (0, 5, 5, 5, 30):
            runtime.clock.advance(timedelta(minutes=minutes, seconds=1))
            tell_people(runtime)
            tick(runtime)

    texts = [text["body"] for text in stage.provider.texts_to(STAFF_PHONE)]
    assert mail.sent_to().count("pharmacist@example.org") == len(texts) == 5
    assert mail.sent_to().count("duty@example.org") == 2
    said = " ".join([*texts, *(str(letter) for letter in mail.letters)])
    assert "NOW" in texts[0]
    assert not [word for word in ("Ada", "end my life", PHONE) if word in said]
    with stage.runtime.transactions.reading() as session:
        texted = session.query(Message).filter(Message.kind == MessageKind.STAFF)
        assert {message.state for message in texted} == {MessageState.ACCEPTED}


def give_phones(runtime: Runtime, scope: Scope) -> None:
    with runtime.transactions.begin() as session:
        [member] = accounts.who_work_with_patients(session, scope.organisation_id, None)
        rota.set_phone(session, member, STAFF_PHONE, now=runtime.clock.now(), allow_examples=True)


def look_at_the_list(runtime: Runtime, *, minutes: int) -> int:
    """Read the provider's list as the service would in so many minutes."""
    return polling.poll(
        runtime.transactions,
        runtime.gateway,
        runtime.wording,
        now=runtime.clock.now(),
        real_now=real_now() + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize(
    "words",
    ["I want to end my life", "لا أستطيع I want to end my life 😢", "so " * 500 + "I want to die"],
)
def test_danger_words_that_the_providers_call_lost_come_from_its_list(
    transactions: Transactions, wording: Wording, tmp_path: Path, words: str
) -> None:
    with running_emulate(
        tmp_path,
        account_sid=ACCOUNT_SID,
        auth_token=TOKEN,
        number=OUR_NUMBER,
        sms_url="http://127.0.0.1:9/nobody",
    ) as provider:
        runtime = runtime_over(transactions, wording, api_base=provider.base)
        runtime.grip.note(ours=True, now=real_now())
        monday = runtime.clock.set(next_monday_nine(runtime.clock.now()))
        stage = Stage(runtime, provider, *enrol(runtime, monday))
        tick(runtime)
        assert look_at_the_list(runtime, minutes=0) == 0
        provider.text_in(from_=PHONE, to=OUR_NUMBER, body=words)
        assert "T-06" not in {rule for rule, _ in stage.alerts()}

        found = look_at_the_list(runtime, minutes=3)
        tick(runtime)

        assert found == 1
        assert ("T-06", Urgency.EMERGENCY) in stage.alerts()
        assert "999" in stage.phone()[-1]
        assert look_at_the_list(runtime, minutes=6) == 0
        with transactions.reading() as session:
            [kept] = session.query(Reply).all()
            assert replies.body_of(session, kept) == words.strip()


@pytest.mark.parametrize("taken", [True, False])
def test_a_text_whose_sender_was_killed_is_looked_for_in_the_providers_list(
    stage: Stage, *, taken: bool
) -> None:
    runtime = stage.runtime
    clock = MovableClock(real_now())
    long_enough = runtime.limits.lease_seconds + runtime.limits.settle_seconds
    with runtime.transactions.begin() as session:
        _, [claim] = sending._claim(
            session, now=runtime.clock.now(), real_now=clock(), limits=runtime.limits
        )
    if taken:
        runtime.gateway.send(claim.text)

    for duty in (sending.dispatch_once, settling.settle_doubts) * 2:
        clock.pass_seconds(long_enough)
        duty(
            runtime.transactions,
            runtime.gateway,
            now=runtime.clock.now(),
            real_now=clock,
            limits=runtime.limits,
        )

    assert len(stage.phone()) == 1
    with runtime.transactions.reading() as session:
        [message] = session.query(Message).all()
        assert message.state is MessageState.ACCEPTED
        assert session.query(Attempt).count() == (1 if taken else 2)


def test_with_a_wrong_password_at_the_provider_no_text_is_lost(
    transactions: Transactions, wording: Wording, tmp_path: Path
) -> None:
    with running_emulate(
        tmp_path,
        account_sid=ACCOUNT_SID,
        auth_token="another-token",
        number=OUR_NUMBER,
        sms_url="http://127.0.0.1:9/nobody",
    ) as provider:
        runtime = runtime_over(transactions, wording, api_base=provider.base)
        runtime.grip.note(ours=True, now=real_now())
        monday = runtime.clock.set(next_monday_nine(runtime.clock.now()))
        scope, patient_id = enrol(runtime, monday)
        stage = Stage(runtime, replace(provider, auth_token="another-token"), scope, patient_id)

        tick(runtime)

        assert stage.phone() == []
        assert {rule for rule, _ in stage.alerts()} == {"S-01"}
        with transactions.reading() as session:
            [message] = session.query(Message).all()
        assert message.state is MessageState.QUEUED
