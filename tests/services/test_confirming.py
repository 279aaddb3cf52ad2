"""A reduction that came while somebody may have struggled is asked about and written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from companion.core.confirming import Taken
from companion.core.taper import PlanError, Step, dose_on
from companion.services import alerting, confirming
from companion.services.plan_today import plan_today
from companion.store import alerts, plans, supplies
from companion.store.alerts import Outcome
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


def unsure(ward: Ward, patient: Patient) -> Step | None:
    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, patient)
        assert version is not None
        return confirming.unconfirmed(session, patient, version, ward.now.date())


def record(
    ward: Ward, patient: Patient, taken: Taken, words: str = "", step_on: date | None = None
) -> None:
    """Write down what is taken since the unconfirmed step, or since another that a page named."""
    if step_on is None:
        step = unsure(ward, patient)
        assert step is not None
        step_on = step.starts_on
    with ward.transactions.begin() as session:
        confirming.record_taken(
            session, patient, step_on, taken, words, actor=ward.actor, now=ward.now
        )


def struggling(ward: Ward) -> Patient:
    """Return a patient who struggled on the day before a cut and whom nobody has called."""
    patient = ward.register()
    ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=13)
    ward.text(patient, "HELP")
    ward.now += timedelta(days=1)
    return patient


def close_all(ward: Ward) -> None:
    with ward.transactions.begin() as session:
        for alert in alerts.standing_alerts(session, ward.scope):
            alerting.acknowledge(session, ward.scope, alert.id, user_id=ward.user_id, now=ward.now)
            alerting.resolve(
                session, ward.scope, alert.id, user_id=ward.user_id, outcome=Outcome.SPOKE,
                note="", now=ward.now,
            )  # fmt: skip


def test_a_cut_that_falls_due_under_an_alert_is_unsure_until_somebody_asked(ward: Ward) -> None:
    patient = struggling(ward)
    due = unsure(ward, patient)
    ward.now += timedelta(days=1)
    close_all(ward)
    still = unsure(ward, patient)
    record(ward, patient, Taken.AS_PLANNED)

    assert due is not None
    assert due.doses.total == 50
    assert still == due, "closing the alert does not say what is taken"
    assert unsure(ward, patient) is None


def test_a_cut_in_quiet_times_is_sure(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (14, 50))
    ward.now += timedelta(days=15)

    assert unsure(ward, patient) is None


def test_where_the_dose_before_is_still_taken_it_is_held(ward: Ward) -> None:
    patient = struggling(ward)
    ward.now += timedelta(days=2)

    record(ward, patient, Taken.DOSE_BEFORE, "She did not dare")

    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, patient)
        assert version is not None
        holds = plans.binding_holds(session, version)
        doses = dose_on(plans.steps_of(session, version), ward.now.date(), holds)
        assert doses is not None
        assert doses.total == 60
        (found,) = supplies.taken_of(session, version)
        assert supplies.words_of(session, found) == "She did not dare"
        assert "dare" not in found.words


def test_a_hold_by_text_on_the_lower_dose_gives_way_to_what_is_really_taken(ward: Ward) -> None:
    patient = struggling(ward)
    ward.text(patient, "HOLD")
    ward.now += timedelta(days=1)

    record(ward, patient, Taken.DOSE_BEFORE)

    with ward.transactions.reading() as session:
        version = plans.agreed_version(session, patient)
        assert version is not None
        holds = plans.binding_holds(session, version)
        doses = dose_on(plans.steps_of(session, version), ward.now.date(), holds)
        standing = plans.open_hold(session, version.plan_id)
    assert doses is not None
    assert doses.total == 60
    assert standing is not None
    assert standing.held_on < ward.now.date() - timedelta(days=1)


def test_something_else_needs_words(ward: Ward) -> None:
    patient = struggling(ward)

    with pytest.raises(PlanError, match="Say what is taken"):
        record(ward, patient, Taken.OTHERWISE, "  ")
    with pytest.raises(PlanError, match="too long"):
        record(ward, patient, Taken.OTHERWISE, "x" * 1001)
    record(ward, patient, Taken.OTHERWISE, "55 mg")

    assert unsure(ward, patient) is None


def test_without_a_plan_nothing_is_taken_by_it(ward: Ward) -> None:
    with pytest.raises(PlanError, match="No agreed plan runs"):
        record(ward, ward.register(), Taken.AS_PLANNED, step_on=ward.now.date())


def test_of_two_who_find_the_dose_before_the_second_holds_no_higher_one(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (7, 50), (14, 40))
    ward.now += timedelta(days=6)
    ward.text(patient, "HELP")  # and nobody calls: both cuts fall due under it
    ward.now += timedelta(days=9)
    step = unsure(ward, patient)
    assert step is not None

    def write(_number: int) -> str:
        try:
            record(ward, patient, Taken.DOSE_BEFORE, step_on=step.starts_on)
        except PlanError as error:
            return str(error)
        return "written"

    with ThreadPoolExecutor(3) as pool:
        came = sorted(pool.map(write, range(3)))

    assert came.count("written") == 1
    assert came[0] == "Somebody has written this down already. Look again"
    with ward.transactions.reading() as session:
        doses = plan_today(session, patient, ward.now).doses
    assert doses is not None
    assert doses.total == 50, "the dose before 40, and not the one before that"


def test_what_nobody_is_unsure_of_is_not_written_down(ward: Ward) -> None:
    patient = ward.register()
    version = ward.agree(patient, (14, 50))

    with pytest.raises(PlanError, match="written this down already"):
        record(ward, patient, Taken.DOSE_BEFORE, step_on=version.starts_on)
