"""An alert climbs its ladder until somebody has taken it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from companion.core.ladder import Reach
from companion.core.triage import Finding, taken_finding
from companion.core.urgency import Urgency
from companion.mail import Letter, Mailed, SimulatedMailer, SmtpMailer
from companion.mail import MailServer as Server
from companion.services import alerting, escalating, rota, staffing
from companion.services.escalating import LEASE, TRY_AGAIN, Routes, escalate_once, number_of
from companion.services.staffing import StaffingError
from companion.sms.gateway import Refused, Uncertain
from companion.store import accounts, alerts, audit, notices, organisations
from companion.store.accounts import RoleName, User
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.database import Session
from companion.store.notices import Notice, NoticeState
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward
from tests.rigs.mail_server import running_mail_server
from tests.rigs.served import free_port
from tests.rigs.texted import MovableClock

DUTY, DUTY_PHONE = "duty@example.org", "+447700900990"
DANGER = Finding("T-06", Urgency.EMERGENCY, "Wrote 'I want to die'.")
STRUGGLE = Finding("T-06", Urgency.SOON, "Wrote 'it is hard'.")
MINUTE = timedelta(minutes=1)


class Tower:
    """A ward with a mailer, and a colleague of another team."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.mailer = SimulatedMailer()
        self.duty_phone = ""
        self.real = MovableClock(ward.now)
        self.patient = ward.register()
        self.elsewhere = self.add_user("elsewhere", RoleName.FOLLOW_UP, in_team=False)
        self.add_user("auditor", RoleName.AUDITOR)
        self.add_user("gone", RoleName.PHARMACIST, active=False)
        with ward.transactions.reading() as session:
            self.team = [
                user.email
                for user in accounts.who_work_with_patients(
                    session, ward.scope.organisation_id, ward.team_id
                )
            ]

    def add_user(
        self, name: str, role: RoleName, *, in_team: bool = True, active: bool = True
    ) -> str:
        with self.ward.transactions.begin() as session:
            user = accounts.add_user(
                session,
                self.ward.scope.organisation_id,
                email=f"{name}-{uuid4().hex}@example.com",
                name=name,
                password_hash="unused",
                roles=[role],
                team_ids=[self.ward.team_id] if in_team else [],
                now=self.ward.now,
            )
            user.active = active
        return user.email

    def tell(self, finding: Finding = DANGER, patient: Patient | None = None) -> Alert:
        with self.ward.transactions.begin() as session:
            return alerting.raise_alert(
                session,
                organisation_id=self.ward.scope.organisation_id,
                team_id=self.ward.team_id,
                patient_id=(patient or self.patient).id,
                finding=finding,
                now=self.ward.now,
            )

    def climb(self, after: timedelta = timedelta(0), mailer: object = None) -> int:
        self.ward.now += after
        self.real.moment += after
        return escalate_once(
            self.ward.transactions,
            mailer or self.mailer,  # type: ignore[arg-type]  # each test names a real one
            Routes(
                public_url="https://taper.example.org",
                duty_address=DUTY,
                duty_phone=self.duty_phone,
            ),
            now=self.ward.now,
            real_now=self.real,
        )

    def reached(self) -> set[str]:
        """Return whom letters went to since this was last asked."""
        found = {letter.to for letter in self.mailer.sent}
        self.mailer.sent.clear()
        return found

    def take(self, alert: Alert) -> None:
        with self.ward.transactions.begin() as session:
            alerting.acknowledge(
                session, self.ward.scope, alert.id, user_id=self.ward.user_id, now=self.ward.now
            )

    def rungs(self, alert: Alert) -> list[Notice]:
        with self.ward.transactions.reading() as session:
            return list(notices.notices_of(session, alert))


@pytest.fixture
def tower(ward: Ward) -> Tower:
    return Tower(ward)


def test_an_emergency_reaches_the_team_then_everybody_then_the_duty_address(tower: Tower) -> None:
    tower.tell()

    tower.climb()
    assert tower.reached() == set(tower.team)
    assert tower.climb(4 * MINUTE) == 0
    tower.climb(MINUTE)
    assert tower.reached() == {*tower.team, tower.elsewhere}
    tower.climb(5 * MINUTE)
    assert tower.reached() == {*tower.team, tower.elsewhere}  # the team has no lead
    tower.climb(5 * MINUTE)
    assert tower.reached() == {*tower.team, tower.elsewhere, DUTY}
    for _ in range(3):
        assert tower.climb(29 * MINUTE) == 0
        tower.climb(MINUTE)
        assert DUTY in tower.reached()


def test_a_letter_names_the_alert_and_nothing_about_the_patient(tower: Tower) -> None:
    alert = tower.tell()

    tower.climb()

    for letter in tower.mailer.sent:
        assert number_of(alert) in letter.subject
        assert number_of(alert) in letter.body
        assert "https://taper.example.org" in letter.body
        for secret in ("Ada", "Lane", "die", "07700", tower.patient.id.hex, str(alert.id)):
            assert secret not in letter.subject + letter.body


@pytest.mark.parametrize("act", ["take", "close"])
def test_nobody_else_is_told_once_somebody_has_it(tower: Tower, act: str) -> None:
    alert = tower.tell()
    tower.climb()
    tower.reached()

    if act == "take":
        tower.take(alert)
    else:
        with tower.ward.transactions.begin() as session:
            alerting.resolve(
                session,
                tower.ward.scope,
                alert.id,
                user_id=tower.ward.user_id,
                outcome=Outcome.SPOKE,
                note="Safe for now.",
                now=tower.ward.now,
            )

    assert tower.climb(timedelta(hours=3)) == 0
    assert tower.reached() == set()
    assert tower.rungs(alert)[-1].state is NoticeState.DROPPED


def test_an_alert_that_becomes_more_urgent_is_told_anew_even_when_somebody_has_it(
    tower: Tower,
) -> None:
    alert = tower.tell(STRUGGLE)
    assert tower.climb() == 0
    tower.take(alert)

    tower.tell(DANGER)
    tower.climb()

    assert tower.reached() == set(tower.team)
    assert [(one.round, one.state) for one in tower.rungs(alert)] == [
        (0, NoticeState.DROPPED),
        (1, NoticeState.TOLD),
        (1, NoticeState.WAITING),
    ]


def test_a_repeat_of_the_same_urgency_begins_no_second_ladder(tower: Tower) -> None:
    alert = tower.tell()
    tower.tell()

    assert tower.climb() == 1
    assert {one.round for one in tower.rungs(alert)} == {0}


def test_what_can_wait_is_told_on_the_next_working_day(tower: Tower) -> None:
    tower.tell(STRUGGLE)  # Monday, nine in the morning

    assert tower.climb(timedelta(hours=23, minutes=59)) == 0
    tower.climb(MINUTE)

    assert tower.reached() == set(tower.team)


def test_a_rung_that_reaches_nobody_takes_the_next_one_at_once(tower: Tower) -> None:
    alert = tower.tell()
    tower.mailer.fails_for = set(tower.team)

    tower.climb()

    assert tower.reached() >= {tower.elsewhere}
    first, second, *_ = tower.rungs(alert)
    assert (first.state, first.detail) == (NoticeState.FAILED, "told to fail")
    assert (second.reach, second.state) == (Reach.EVERYBODY, NoticeState.TOLD)
    assert "reaches nobody" in tower.ward.why("S-01")


def test_an_emergency_is_told_before_what_has_waited_for_longer(tower: Tower) -> None:
    tower.tell(Finding("T-02", Urgency.SOON, "Coping 2 out of 10."))
    tower.ward.now += timedelta(days=1)
    tower.tell()

    tower.climb()

    subjects = [letter.subject for letter in tower.mailer.sent]
    half = len(subjects) // 2
    assert all("NOW" in subject for subject in subjects[:half])
    assert not any("NOW" in subject for subject in subjects[half:])


def test_a_slow_mail_server_does_not_hold_a_pass_for_ever(tower: Tower) -> None:
    class Slow(SimulatedMailer):
        def send(self, letter: object) -> object:  # type: ignore[override]  # passed on
            tower.real.pass_seconds(20)
            return super().send(letter)  # type: ignore[arg-type]  # same

    tower.tell()
    tower.ward.now += timedelta(days=2)

    assert tower.climb(mailer=Slow()) == 1
    assert tower.climb() == 3


def test_what_another_process_is_telling_is_left_to_it(tower: Tower) -> None:
    tower.tell()
    with tower.ward.transactions.begin() as session:
        lease = tower.real() + LEASE
        first = notices.claim_next(
            session, now=tower.ward.now, real_now=tower.real(), lease_until=lease
        )
        second = notices.claim_next(
            session, now=tower.ward.now, real_now=tower.real(), lease_until=lease
        )

    assert first is not None
    assert second is None
    assert tower.climb() == 0


def test_one_person_reached_is_a_rung_climbed(tower: Tower) -> None:
    alert = tower.tell()
    tower.mailer.fails_for = {tower.team[0]}

    tower.climb()

    assert tower.rungs(alert)[0].state is NoticeState.TOLD
    assert tower.rungs(alert)[0].told == len(tower.team) - 1


def test_a_mail_server_that_is_gone_is_tried_again_and_stands_on_today(tower: Tower) -> None:
    alert = tower.tell()
    tower.mailer.fails_for = {*tower.team, tower.elsewhere, DUTY}
    assert tower.climb() > 2
    assert tower.climb() == 0  # it waits, and does not hammer on the door
    assert "S-01" in tower.ward.alerts()

    tower.mailer.fails_for = set()
    tower.climb(TRY_AGAIN)

    assert DUTY in tower.reached()
    assert tower.rungs(alert)[-2].state is NoticeState.TOLD


def test_a_team_without_people_takes_the_next_rung(tower: Tower) -> None:
    with tower.ward.transactions.begin() as session:
        empty = organisations.add_team(
            session,
            tower.ward.scope.organisation_id,
            name="nobody",
            phone="01632 960002",
            hours="never",
        )
        alert = alerting.raise_alert(
            session,
            organisation_id=tower.ward.scope.organisation_id,
            team_id=empty.id,
            patient_id=None,
            finding=DANGER,
            now=tower.ward.now,
        )

    tower.climb()
    tower.climb()

    assert tower.rungs(alert)[0].detail == "nobody works there"
    assert tower.elsewhere in tower.reached()


def test_a_process_that_dies_while_telling_is_followed_by_another(tower: Tower) -> None:
    class Killed(SimulatedMailer):
        def send(self, letter: object) -> object:  # type: ignore[override]  # it never returns
            raise KeyboardInterrupt

    alert = tower.tell()
    with pytest.raises(KeyboardInterrupt):
        tower.climb(mailer=Killed())

    assert tower.climb(LEASE - MINUTE) == 0
    tower.climb(MINUTE)

    assert tower.reached() >= set(tower.team)
    assert tower.rungs(alert)[0].state is NoticeState.TOLD


def test_an_alert_taken_while_people_are_being_told_goes_no_further(tower: Tower) -> None:
    alert = tower.tell()

    class Quick(SimulatedMailer):
        def __init__(self, then: Callable[[], object]) -> None:
            super().__init__()
            self.then = then

        def send(self, letter: object) -> object:  # type: ignore[override]  # passed on
            self.then()
            return super().send(letter)  # type: ignore[arg-type]  # same

    tower.climb(mailer=Quick(lambda: tower.take(alert)))

    assert tower.climb(timedelta(hours=1)) == 0
    assert tower.rungs(alert)[-1].state is NoticeState.DROPPED


def test_a_rung_that_another_process_has_told_is_not_recorded_twice(tower: Tower) -> None:
    alert = tower.tell()
    tower.climb()
    [first, second] = tower.rungs(alert)

    with tower.ward.transactions.begin() as session:
        escalating._record(session, first.id, 0, ["late"], now=tower.ward.now)

    assert [one.state for one in tower.rungs(alert)] == [NoticeState.TOLD, NoticeState.WAITING]
    assert second.rung == 1


def test_a_service_that_slept_for_a_weekend_tells_each_rung_once_and_no_flood(
    tower: Tower,
) -> None:
    tower.tell()
    tower.ward.now += timedelta(days=2)

    assert [tower.climb() for _ in range(3)] == [4, 0, 0]


def test_what_was_told_stands_in_the_audit_trail(tower: Tower) -> None:
    tower.tell()
    tower.climb()

    with tower.ward.transactions.reading() as session:
        assert audit.verify(session, tower.ward.scope.organisation_id) is None
        actions = [entry.action for entry in session.query(audit.AuditEntry)]
    assert "alert told" in actions


def test_an_alert_climbs_to_a_real_mail_server(tower: Tower) -> None:
    alert = tower.tell()
    with running_mail_server(free_port()) as server:
        server.refuses = set(tower.team)
        mailer = SmtpMailer(Server("127.0.0.1", server.port, "none", "alerts@example.org"))
        tower.climb(mailer=mailer)
        tower.climb(mailer=mailer)
        tower.climb(15 * MINUTE, mailer=mailer)

        about = [one for one in server.letters if number_of(alert) in str(one["Subject"])]
        assert sorted(str(letter["To"]) for letter in about) == sorted(
            [tower.elsewhere, tower.elsewhere, tower.elsewhere, DUTY]
        )
        assert all("NOW" in str(letter["Subject"]) for letter in about)


# --- By text ------------------------------------------------------------------------------


def give_phone(tower: Tower, user_id: UUID, phone: str) -> None:
    with tower.ward.transactions.begin() as session:
        rota.set_phone(
            session,
            session.get_one(User, user_id),
            phone,
            now=tower.ward.now,
            allow_examples=True,
        )


def texted(tower: Tower) -> dict[str, str]:
    """Return what staff were texted since this was last asked, by number."""
    tower.ward.send()
    found = {text.to: text.body for text in tower.ward.gateway.sent}
    tower.ward.gateway.sent.clear()
    return found


@pytest.fixture
def reachable(tower: Tower) -> Tower:
    texted(tower)
    tower.duty_phone = DUTY_PHONE
    give_phone(tower, tower.ward.user_id, "07700 900981")
    return tower


def test_an_emergency_is_texted_at_once_and_says_nothing_of_the_patient(reachable: Tower) -> None:
    alert = reachable.tell()

    reachable.climb()

    [(number, body)] = texted(reachable).items()
    assert number == "+447700900981"
    assert number_of(alert) in body
    assert "needs somebody NOW" in body
    assert "Ada" not in body
    assert "die" not in body


def test_what_is_no_emergency_is_texted_when_mail_did_not_do(reachable: Tower) -> None:
    reachable.tell(STRUGGLE)

    reachable.climb(timedelta(days=1))
    first = texted(reachable)
    reachable.climb(timedelta(days=1))

    assert first == {}
    assert list(texted(reachable)) == ["+447700900981"]


def test_the_out_of_hours_phone_is_texted_at_the_last_rung(reachable: Tower) -> None:
    reachable.tell()
    for wait in (0, 5, 15):
        reachable.climb(wait * MINUTE)

    assert DUTY_PHONE in texted(reachable)


def test_telling_again_after_a_crash_texts_nobody_twice(reachable: Tower) -> None:
    reachable.tell()
    with pytest.raises(KilledError):
        reachable.climb(mailer=DeadlyMailer())
    reachable.real.moment += LEASE

    reachable.climb()

    reachable.ward.send()
    assert [text.to for text in reachable.ward.gateway.sent] == ["+447700900981"]


def test_a_text_to_staff_that_does_not_arrive_takes_the_next_rung_at_once(
    reachable: Tower,
) -> None:
    alert = reachable.tell()
    reachable.climb()
    reachable.ward.gateway.answer_next(Refused("30003"))
    texted(reachable)

    reachable.climb(timedelta(seconds=5))

    assert [rung.state for rung in reachable.rungs(alert)][:2] == [NoticeState.TOLD] * 2


def test_a_dead_phone_does_not_have_everybody_told_without_end(reachable: Tower) -> None:
    alert = reachable.tell()
    for _ in range(60):
        reachable.climb(timedelta(seconds=5))
        reachable.ward.gateway.answer_next(*[Refused("30006")] * 5)
        reachable.ward.send()

    assert len([r for r in reachable.rungs(alert) if r.state is NoticeState.TOLD]) <= 4


def test_a_colleague_who_joins_between_two_tries_shifts_nobodys_text(reachable: Tower) -> None:
    reachable.tell()
    with pytest.raises(KilledError):
        reachable.climb(mailer=DeadlyMailer())
    email = reachable.add_user("aaa", RoleName.PHARMACIST)
    with reachable.ward.transactions.reading() as session:
        newcomer = accounts.user_with_email(session, email)
    assert newcomer is not None
    give_phone(reachable, newcomer.id, "07700 900982")
    reachable.real.moment += LEASE

    reachable.climb()
    reachable.ward.send()

    assert sorted(text.to for text in reachable.ward.gateway.sent) == [
        "+447700900981",
        "+447700900982",
    ]


def test_somebody_told_by_letter_and_text_counts_once(reachable: Tower) -> None:
    alert = reachable.tell()
    reachable.climb()

    assert reachable.rungs(alert)[0].told == len(reachable.team)


def test_a_rung_told_by_text_alone_counts_as_told(reachable: Tower) -> None:
    alert = reachable.tell()
    reachable.mailer.fails_for = set(reachable.team)
    reachable.climb()

    assert (reachable.rungs(alert)[0].state, reachable.rungs(alert)[0].told) == (
        NoticeState.TOLD,
        1,
    )


def test_a_doubtful_text_to_staff_is_sent_again_at_once(reachable: Tower) -> None:
    reachable.tell()
    reachable.climb()
    reachable.ward.gateway.answer_next(Uncertain("no answer"))

    reachable.ward.send()

    assert [text.to for text in reachable.ward.gateway.sent] == ["+447700900981"] * 2


def test_a_number_that_cannot_be_texted_is_refused(tower: Tower) -> None:
    with pytest.raises(StaffingError, match="mobile"):
        give_phone(tower, tower.ward.user_id, "01632 960001")


def test_a_phone_that_does_not_open_keeps_nobody_else_from_being_told(reachable: Tower) -> None:
    give_phone(reachable, reachable.ward.colleague_id, "07700 900982")
    with reachable.ward.transactions.begin() as session:
        session.get_one(User, reachable.ward.user_id).phone = "1.nothing"

    reachable.tell()
    reachable.climb()

    assert reachable.reached() >= set(reachable.team)
    assert set(texted(reachable)) == {"+447700900982"}
    assert "cannot be opened" in reachable.ward.why("S-01")


def test_a_phone_can_be_taken_away_again(reachable: Tower) -> None:
    give_phone(reachable, reachable.ward.user_id, "")
    reachable.tell()

    reachable.climb()

    assert texted(reachable) == {}


class KilledError(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class DeadlyMailer:
    """Ends the process in the middle of telling people."""

    def send(self, letter: Letter) -> Mailed:
        raise KilledError


# --- The lead, other times, and what was forgotten ----------------------------------------


def give_lead(tower: Tower, email: str) -> None:
    with tower.ward.transactions.begin() as session:
        lead = accounts.user_with_email(session, email)
        [team] = organisations.teams_of(session, tower.ward.scope.organisation_id)
        staffing.set_lead(session, team, lead, now=tower.ward.now)


def test_the_lead_is_told_before_the_duty_address(tower: Tower) -> None:
    give_lead(tower, tower.elsewhere)
    tower.tell()
    tower.climb(5 * MINUTE)
    tower.reached()

    tower.climb(5 * MINUTE)

    assert tower.reached() == {tower.elsewhere}


def test_a_lead_who_is_away_leaves_it_to_everybody(tower: Tower) -> None:
    give_lead(tower, tower.elsewhere)
    with tower.ward.transactions.begin() as session:
        lead = accounts.user_with_email(session, tower.elsewhere)
        assert lead is not None
        lead.active = False
    tower.tell()
    tower.climb(5 * MINUTE)
    tower.reached()

    tower.climb(5 * MINUTE)

    assert tower.reached() == set(tower.team)


def test_what_concerns_no_team_has_no_lead(tower: Tower) -> None:
    give_lead(tower, tower.elsewhere)
    with tower.ward.transactions.begin() as session:
        alerting.raise_alert(
            session,
            organisation_id=tower.ward.scope.organisation_id,
            team_id=None,
            patient_id=None,
            finding=DANGER,
            now=tower.ward.now,
        )
    tower.climb(5 * MINUTE)
    tower.reached()

    tower.climb(5 * MINUTE)

    assert tower.reached() == {*tower.team, tower.elsewhere}


def test_each_organisation_may_have_other_times(tower: Tower) -> None:
    with tower.ward.transactions.begin() as session:
        organisation = organisations.organisation_of(session, tower.ward.scope.organisation_id)
        times = staffing.Times(emergency_minutes=(0, 2, 4, 6))
        staffing.set_times(session, organisation, times, now=tower.ward.now)
    tower.tell()

    tower.climb()
    tower.climb(2 * MINUTE)
    tower.climb(2 * MINUTE)
    tower.reached()
    tower.climb(2 * MINUTE)

    assert DUTY in tower.reached()


def reopen(tower: Tower, after: timedelta) -> int:
    tower.ward.now += after
    return alerting.reopen_forgotten(tower.ward.transactions, now=tower.ward.now)


def test_an_emergency_that_somebody_took_and_forgot_is_told_anew(tower: Tower) -> None:
    alert = tower.tell()
    tower.climb()
    tower.take(alert)
    tower.reached()

    assert reopen(tower, timedelta(minutes=119)) == 0
    assert tower.climb() == 0
    assert reopen(tower, MINUTE) == 1
    assert reopen(tower, timedelta(0)) == 0
    tower.climb()

    assert tower.reached() == set(tower.team)
    again = tower.ward.alerts()["T-06"]
    assert again.acknowledged_by is None
    with tower.ward.transactions.reading() as session:
        actions = [entry.action for entry in session.query(audit.AuditEntry)]
    assert "alert opened again: nothing was written" in actions


def test_an_emergency_that_comes_again_when_somebody_has_it_is_told_anew(tower: Tower) -> None:
    alert = tower.tell()
    tower.climb()
    tower.take(alert)
    tower.reached()

    tower.ward.now += timedelta(minutes=30)
    tower.tell(replace(DANGER, why="Wrote 'taken all my tablets'."))
    tower.climb(timedelta(0))

    assert tower.reached() == set(tower.team)
    again = tower.ward.alerts()["T-06"]
    assert (again.id, again.state, again.acknowledged_by) == (alert.id, AlertState.OPEN, None)
    assert "tablets" in tower.ward.why("T-06")


def test_what_is_no_emergency_and_comes_again_stays_with_whoever_has_it(tower: Tower) -> None:
    alert = tower.tell(STRUGGLE)
    tower.take(alert)

    tower.tell(STRUGGLE)

    assert tower.ward.alerts()["T-06"].acknowledged_by == tower.ward.user_id


def test_a_lasting_fault_of_the_service_is_not_told_anew_while_somebody_has_it(
    tower: Tower,
) -> None:
    def tell_of_fault() -> None:
        with tower.ward.transactions.begin() as session:
            alerting.tell_every_organisation(session, taken_finding(), now=tower.ward.now)

    tell_of_fault()
    tower.take(tower.ward.alerts()["S-03"])
    tower.ward.now += timedelta(minutes=20)
    tell_of_fault()

    fault = tower.ward.alerts()["S-03"]
    assert (fault.times, fault.acknowledged_by) == (2, tower.ward.user_id)


def test_what_somebody_closed_is_not_opened_again(tower: Tower) -> None:
    alert = tower.tell()
    tower.take(alert)
    with tower.ward.transactions.begin() as session:
        alerting.resolve(
            session,
            tower.ward.scope,
            alert.id,
            user_id=tower.ward.user_id,
            outcome=Outcome.SPOKE,
            note="Safe for now.",
            now=tower.ward.now,
        )

    assert reopen(tower, timedelta(days=30)) == 0


# --- Letters that come back later ---------------------------------------------------------

BOUNCE = """\
From: MAILER-DAEMON@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status

Final-Recipient: rfc822; gone@example.com
Action: failed
Status: 5.1.1

Message-ID: <{reference}@example.org>
"""


def come_back(tower: Tower, reference: str) -> bool:
    with tower.ward.transactions.begin() as session:
        bounce = BOUNCE.format(reference=reference)
        return escalating.take_bounce(session, bounce, now=tower.ward.now)


def test_a_letter_that_comes_back_later_takes_the_next_rung_at_once(tower: Tower) -> None:
    tower.tell()
    tower.climb()
    reference = tower.mailer.sent[0].reference
    tower.reached()

    assert come_back(tower, reference)
    tower.climb()

    assert tower.reached() == {*tower.team, tower.elsewhere}
    with tower.ward.transactions.reading() as session:
        actions = [entry.action for entry in session.query(audit.AuditEntry)]
    assert "letter about an alert came back" in actions


def test_a_bounce_of_somebody_elses_letter_changes_nothing(tower: Tower) -> None:
    tower.tell()
    tower.climb()
    tower.reached()

    assert not come_back(tower, f"{uuid4().hex}.0")
    assert not come_back(tower, "something")

    assert tower.climb() == 0


def test_what_is_closed_while_it_is_looked_at_stays_closed(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.take(tower.tell())
    locked = alerts.locked

    def closed_meanwhile(session: Session, alert_id: UUID) -> Alert:
        alert = locked(session, alert_id)
        alert.state = AlertState.RESOLVED
        return alert

    monkeypatch.setattr(alerts, "locked", closed_meanwhile)

    assert reopen(tower, timedelta(days=30)) == 0
