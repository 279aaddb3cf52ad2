"""Whoever is told of an alert can see it."""

from datetime import timedelta

from companion.core.triage import help_finding
from companion.core.urgency import Urgency
from companion.mail import SimulatedMailer
from companion.services import alerting, seeing
from companion.services import rota as planning_rota
from companion.services.escalating import Routes, escalate_once
from companion.store import accounts, alerts, organisations, patients
from companion.store.accounts import RoleName, User
from companion.store.alerts import Alert, Outcome
from companion.store.database import Scope
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


def add_elsewhere(ward: Ward) -> User:
    """Add somebody of another team."""
    with ward.transactions.begin() as session:
        other = organisations.add_team(
            session, ward.scope.organisation_id, name="others", phone="1", hours="never"
        )
        return accounts.add_user(
            session,
            ward.scope.organisation_id,
            email="elsewhere@example.com",
            name="Else Where",
            password_hash="unused",
            roles=[RoleName.FOLLOW_UP],
            team_ids=[other.id],
            now=ward.now,
        )


def scope(ward: Ward, user: User) -> Scope:
    with ward.transactions.reading() as session:
        return seeing.scope_of(session, user, now=ward.now)


def sees(ward: Ward, user: User, alert: Alert, patient: Patient) -> bool:
    """Tell whether *user* sees the alert; the patient is seen or hidden with it."""
    own = scope(ward, user)
    with ward.transactions.begin() as session:
        found = alerts.alert_of(session, own, alert.id) is not None
        assert found == (patients.patient_of(session, own, patient.id) is not None)
    return found


def climb(ward: Ward, after: timedelta) -> None:
    ward.now += after
    escalate_once(
        ward.transactions,
        SimulatedMailer(),
        Routes("https://taper.example.org"),
        now=ward.now,
        real_now=lambda: ward.now,
    )


def tell(ward: Ward, patient: Patient) -> Alert:
    with ward.transactions.begin() as session:
        return alerting.tell_about(session, patient, help_finding(), now=ward.now)


def cover(ward: Ward, user: User, *, away_too: bool = False) -> None:
    """Let *user* cover for the pharmacist today."""
    today = ward.now.date()
    with ward.transactions.begin() as session:
        absent = session.get_one(User, ward.user_id)
        planning_rota.plan_absence(
            session, absent, first_day=today, last_day=today, cover=user, now=ward.now
        )
        if away_too:
            third = session.get_one(User, ward.colleague_id)
            planning_rota.plan_absence(
                session, user, first_day=today, last_day=today, cover=third, now=ward.now
            )


def test_a_cover_sees_the_team_on_the_days_of_the_cover(ward: Ward) -> None:
    patient, user = ward.register(), add_elsewhere(ward)
    alert = tell(ward, patient)
    before = sees(ward, user, alert, patient)
    cover(ward, user)

    assert not before
    assert sees(ward, user, alert, patient)
    ward.now += timedelta(days=1)
    assert not sees(ward, user, alert, patient)


def test_a_cover_who_is_away_too_is_told_of_nothing_and_sees_nothing_more(ward: Ward) -> None:
    patient, user = ward.register(), add_elsewhere(ward)
    alert = tell(ward, patient)
    cover(ward, user, away_too=True)

    assert not sees(ward, user, alert, patient)


def test_what_everybody_was_told_of_everybody_sees_until_it_is_closed(ward: Ward) -> None:
    patient, user = ward.register(), add_elsewhere(ward)
    quiet = ward.register()
    alert = tell(ward, patient)
    assert alert.level is Urgency.URGENT
    climb(ward, timedelta(0))
    told_the_team = sees(ward, user, alert, patient)
    climb(ward, timedelta(hours=2))

    assert not told_the_team
    assert sees(ward, user, alert, patient)
    with ward.transactions.begin() as session:
        assert patients.patient_of(session, scope(ward, user), quiet.id) is None
        alerting.resolve(
            session,
            scope(ward, user),
            alert.id,
            user_id=user.id,
            outcome=Outcome.SPOKE,
            note="",
            now=ward.now,
        )
    assert not sees(ward, user, alert, patient)
