"""Alerts: opened with their cause, taken by people, closed with an outcome."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from companion.core.ladder import FORGOTTEN_MINUTES
from companion.core.triage import Finding, service_finding
from companion.core.urgency import Urgency
from companion.services import alerting
from companion.services.alerting import AlertError, AlreadyTakenError, ChangedError
from companion.store import alerts, audit
from companion.store.alerts import Alert, AlertState, Outcome
from companion.store.database import Scope
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

SOON = Finding("T-02", Urgency.SOON, "Coping 2 out of 10.")
URGENT = Finding("T-02", Urgency.URGENT, "Coping 1 out of 10.")


def tell(ward: Ward, patient: Patient | None, finding: Finding) -> Alert:
    with ward.transactions.begin() as session:
        return alerting.raise_alert(
            session,
            organisation_id=ward.scope.organisation_id,
            team_id=ward.team_id if patient else None,
            patient_id=patient.id if patient else None,
            finding=finding,
            now=ward.now,
        )


def take(ward: Ward, alert: Alert, *, over: bool = False, colleague: bool = False) -> Alert | None:
    with ward.transactions.begin() as session:
        return alerting.acknowledge(
            session,
            ward.scope,
            alert.id,
            user_id=ward.colleague_id if colleague else ward.user_id,
            now=ward.now,
            take_over=over,
        )


def close(
    ward: Ward, alert: Alert, outcome: Outcome = Outcome.SPOKE, note: str = ""
) -> Alert | None:
    with ward.transactions.begin() as session:
        return alerting.resolve(
            session,
            ward.scope,
            alert.id,
            user_id=ward.user_id,
            outcome=outcome,
            note=note,
            now=ward.now,
        )


def test_a_repeat_adds_to_what_stands(ward: Ward) -> None:
    patient = ward.register()
    first = tell(ward, patient, SOON)
    ward.now += timedelta(hours=1)

    again = tell(ward, patient, SOON)

    assert again.id == first.id
    assert (again.times, again.last_at) == (2, ward.now)
    assert again.opened_at < ward.now


def test_urgency_rises_and_opens_again_for_everybody(ward: Ward) -> None:
    patient = ward.register()
    take(ward, tell(ward, patient, SOON))

    risen = tell(ward, patient, URGENT)

    assert (risen.level, risen.state) == (Urgency.URGENT, AlertState.OPEN)
    assert risen.acknowledged_by is None
    assert ward.why("T-02") == URGENT.why


def test_urgency_never_falls(ward: Ward) -> None:
    patient = ward.register()
    tell(ward, patient, URGENT)

    again = tell(ward, patient, SOON)

    assert again.level is Urgency.URGENT
    assert ward.why("T-02") == URGENT.why


def test_after_closing_the_same_rule_opens_a_new_one(ward: Ward) -> None:
    patient = ward.register()
    first = tell(ward, patient, SOON)
    close(ward, first)

    assert tell(ward, patient, SOON).id != first.id


def test_what_concerns_nobody_in_particular_merges_too(ward: Ward) -> None:
    assert tell(ward, None, SOON).id == tell(ward, None, SOON).id
    assert tell(ward, ward.register(), SOON).id != tell(ward, None, SOON).id


def test_who_took_it_is_known_and_it_is_not_taken_twice(ward: Ward) -> None:
    alert = tell(ward, ward.register(), SOON)
    take(ward, alert)

    again = take(ward, alert)
    with pytest.raises(AlreadyTakenError) as raised:
        take(ward, alert, colleague=True)
    over = take(ward, alert, colleague=True, over=True)

    assert again is not None
    assert again.acknowledged_by == ward.user_id
    assert raised.value.holder == ward.user_id
    assert over is not None
    assert over.acknowledged_by == ward.colleague_id


def test_what_a_colleague_took_since_the_page_was_read_stays_theirs(ward: Ward) -> None:
    patient = ward.register()
    theirs = tell(ward, patient, SOON)
    tell(ward, patient, replace(URGENT, rule="T-01"))
    with ward.transactions.begin() as session:
        seen = alerts.alerts_about(session, ward.scope, patient.id)  # both are free here
        session.execute(
            sa.update(Alert)
            .where(Alert.id == theirs.id)
            .values(state=AlertState.ACKNOWLEDGED, acknowledged_by=ward.colleague_id)
            .execution_options(synchronize_session=False)
        )
        taken = alerting.acknowledge_open(
            session, ward.scope, patient.id, user_id=ward.user_id, now=ward.now
        )

    assert (len(seen), taken) == (2, 1)
    assert ward.alerts()["T-02"].acknowledged_by == ward.colleague_id
    assert ward.alerts()["T-01"].acknowledged_by == ward.user_id


def test_closing_keeps_outcome_note_and_who(ward: Ward) -> None:
    closed = close(ward, tell(ward, ward.register(), SOON), note=" Called. ")

    assert closed is not None
    assert (closed.state, closed.outcome, closed.resolved_by) == (
        AlertState.RESOLVED,
        Outcome.SPOKE,
        ward.user_id,
    )
    with ward.transactions.reading() as session:
        assert alerts.note_of(session, closed) == "Called."
    assert ward.alerts() == {}


@pytest.mark.parametrize(("outcome", "note"), [(Outcome.OTHER, " "), (Outcome.SPOKE, "x" * 2001)])
def test_an_outcome_that_cannot_stand_closes_nothing(
    ward: Ward, outcome: Outcome, note: str
) -> None:
    alert = tell(ward, ward.register(), SOON)

    with pytest.raises(AlertError):
        close(ward, alert, outcome, note)

    assert "T-02" in ward.alerts()


def test_what_is_closed_stays_closed(ward: Ward) -> None:
    alert = tell(ward, ward.register(), SOON)
    close(ward, alert)

    with pytest.raises(AlertError):
        take(ward, alert)
    with pytest.raises(AlertError):
        close(ward, alert)


def test_what_another_organisation_has_cannot_be_touched(ward: Ward) -> None:
    alert = tell(ward, ward.register(), SOON)
    elsewhere = Scope(uuid4(), frozenset({ward.team_id}))

    with ward.transactions.begin() as session:
        taken = alerting.acknowledge(
            session, elsewhere, alert.id, user_id=ward.user_id, now=ward.now
        )
        closed = alerting.resolve(
            session,
            elsewhere,
            alert.id,
            user_id=ward.user_id,
            outcome=Outcome.SPOKE,
            note="",
            now=ward.now,
        )

    assert taken is None
    assert closed is None
    assert "T-02" in ward.alerts()


def test_every_move_is_in_the_audit_trail(ward: Ward) -> None:
    patient = ward.register()
    alert = tell(ward, patient, SOON)
    take(ward, alert)
    close(ward, alert)

    with ward.transactions.reading() as session:
        entries = audit.entries_about(session, ward.scope, patient.id)
        assert audit.verify(session, ward.scope.organisation_id) is None
    done = [entry.action for entry in entries if entry.subject == f"alert:{alert.id}"]
    assert done == ["alert resolved", "alert acknowledged", "alert raised"]


def test_a_fault_of_the_service_that_lasts_is_not_written_down_at_every_tick(ward: Ward) -> None:
    for second in range(0, 1300, 100):
        with ward.transactions.begin() as session:
            alerting.tell_every_organisation(
                session, service_finding("asking"), now=ward.now + timedelta(seconds=second)
            )
    assert ward.alerts()["S-01"].times == 3

    with ward.transactions.begin() as session:
        alerting.tell_every_organisation(session, service_finding("sending"), now=ward.now)

    assert ward.alerts()["S-01"].times == 4
    assert "sending" in ward.why("S-01")


def test_what_came_again_since_it_was_read_is_not_closed(ward: Ward) -> None:
    patient = ward.register()
    alert = tell(ward, patient, SOON)
    tell(ward, patient, SOON)

    def close_as_seen(times: int) -> None:
        with ward.transactions.begin() as session:
            alerting.resolve(
                session,
                ward.scope,
                alert.id,
                user_id=ward.user_id,
                outcome=Outcome.SPOKE,
                note="",
                now=ward.now,
                seen=times,
            )

    with pytest.raises(ChangedError):
        close_as_seen(1)
    assert "T-02" in ward.alerts()
    close_as_seen(2)
    assert "T-02" not in ward.alerts()


def test_a_text_that_joins_what_staff_wrote_down_stands_behind_it(ward: Ward) -> None:
    patient = ward.register()
    tell(ward, patient, replace(URGENT, rule="T-10"))

    reply_id = ward.text(patient, "please can somebody ring")

    assert ward.alerts()["T-10"].reply_id == reply_id


DANGER = Finding("T-06", Urgency.EMERGENCY, 'Wrote "want to die".')


@pytest.mark.parametrize("finding", [DANGER, URGENT])
def test_a_call_that_nobody_answered_closes_nothing_pressing(ward: Ward, finding: Finding) -> None:
    alert = tell(ward, ward.register(), finding)
    take(ward, alert, colleague=True)
    ward.now += timedelta(minutes=5)

    close(ward, alert, Outcome.NO_ANSWER, "Rang twice.")
    tried = close(ward, alert, Outcome.NO_ANSWER, "Rang the sister.")

    assert tried is not None
    assert (tried.state, tried.outcome) == (AlertState.ACKNOWLEDGED, Outcome.NO_ANSWER)
    assert (tried.acknowledged_by, tried.acknowledged_at) == (ward.user_id, ward.now)
    assert tried.resolved_at is None
    with ward.transactions.reading() as session:
        assert alerts.note_of(session, tried) == "Rang twice.\nRang the sister."
        actions = [entry.action for entry in session.query(audit.AuditEntry)]
    assert actions.count("alert tried, no answer") == 2


def test_a_call_that_nobody_answered_is_told_anew_like_what_was_forgotten(ward: Ward) -> None:
    alert = tell(ward, ward.register(), DANGER)
    close(ward, alert, Outcome.NO_ANSWER)
    ward.now += timedelta(minutes=FORGOTTEN_MINUTES)

    assert alerting.reopen_forgotten(ward.transactions, now=ward.now) == 1
    assert ward.alerts()["T-06"].state is AlertState.OPEN


def test_what_is_for_the_next_days_may_end_without_an_answer(ward: Ward) -> None:
    close(ward, tell(ward, ward.register(), SOON), Outcome.NO_ANSWER)

    assert ward.alerts() == {}


@pytest.mark.parametrize("outcome", [Outcome.SPOKE, Outcome.NOTHING_NEEDED, Outcome.URGENT_CARE])
def test_an_emergency_is_not_closed_without_a_note_in_words(ward: Ward, outcome: Outcome) -> None:
    alert = tell(ward, ward.register(), DANGER)

    for nothing in ("", " ", "..."):
        with pytest.raises(AlertError):
            close(ward, alert, outcome, nothing)
    assert "T-06" in ward.alerts()
    close(ward, alert, outcome, "Safe with her sister.")
    assert ward.alerts() == {}
