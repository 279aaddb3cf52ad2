"""A patient agrees by texting back a one-time code, and never to a dose that is higher."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from companion.core.agreement import MarkSide, VersionState
from companion.core.people import PatientStatus
from companion.core.sending import MessageState
from companion.core.taper import PlanError
from companion.services import agreeing, planning
from companion.services.agreeing import CODE_GOOD_FOR, CODE_TRIES
from companion.services.planning import PlanDraft
from companion.store import messages, plans
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.enrolled import Ward


def propose(ward: Ward, patient: Patient, draft: PlanDraft | None = None) -> PlanVersion:
    with ward.transactions.begin() as session:
        return planning.propose(
            session, patient, draft or ward.draft((14, 50)), actor=ward.actor, now=ward.now,
            may_raise=True,
        )  # fmt: skip


def send_code(ward: Ward, patient: Patient, version: PlanVersion) -> str:
    """Have a code sent, and return what arrived."""
    ward.said()
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        agreeing.send_code(
            session, ward.again(patient), found, ward.wording, actor=ward.actor, now=ward.now
        )
    ward.send()
    (said,) = ward.said()
    code = re.search(r"replying (\d{3} \d{3})", said)
    assert code is not None
    return code[1]


def mark(ward: Ward, patient: Patient, version: PlanVersion, side: MarkSide) -> None:
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        planning.mark(session, patient, found, side, how="yes", actor=ward.actor, now=ward.now)


def state(ward: Ward, patient: Patient) -> VersionState:
    with ward.transactions.reading() as session:
        return plans.versions_of(session, patient)[0].state


def a_wrong(code: str) -> str:
    return ("1" if code[0] != "1" else "2") + code[1:]


@pytest.mark.parametrize("typed", ["{}", "{}.", " {} ", "nospace", "dashed"])
def test_the_right_code_is_the_patients_mark(ward: Ward, typed: str) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    mark(ward, patient, version, MarkSide.PRESCRIBER)
    code = send_code(ward, patient, version)

    forms = {"nospace": code.replace(" ", ""), "dashed": code.replace(" ", "-")}
    ward.text(patient, forms.get(typed) or typed.format(code))

    assert state(ward, patient) is VersionState.AGREED
    assert ward.said()[-1].startswith("Thank you, we have noted that you agree")
    with ward.transactions.reading() as session:
        marks = {m.side: plans.how_of(session, m) for m in plans.marks_of(session, version)}
    assert marks[MarkSide.PATIENT].startswith("by text, with the code that was sent on 4 Jan 2027")


def test_without_the_prescriber_nothing_binds_yet(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)

    ward.text(patient, send_code(ward, patient, version))

    assert state(ward, patient) is VersionState.PROPOSED
    mark(ward, patient, version, MarkSide.PRESCRIBER)
    assert state(ward, patient) is VersionState.AGREED


def test_a_code_names_nothing_a_stranger_could_read(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    send_code(ward, patient, version)

    with ward.transactions.reading() as session:
        text = messages.texts_of(session, ward.scope, patient.id, limit=1)[0]
        body = messages.body_of(session, text)
    assert "mg" not in body
    assert "morphine" not in body


def test_wrong_codes_are_counted_and_the_last_one_tells_a_person(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    code = send_code(ward, patient, version)

    for _ in range(CODE_TRIES - 1):
        ward.text(patient, a_wrong(code))
        assert "not the code that we sent" in ward.said()[-1]
    assert "T-18" not in ward.alerts()
    ward.text(patient, a_wrong(code))
    ward.text(patient, code)

    assert "can't be used any more" in ward.said()[-1]
    assert "T-18" in ward.alerts()
    assert state(ward, patient) is VersionState.PROPOSED


def test_a_code_for_what_staff_wrote_down_meanwhile_is_a_yes_and_no_fault(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    code = send_code(ward, patient, version)
    mark(ward, patient, version, MarkSide.PATIENT)

    ward.text(patient, code)

    assert "noted that you agree" in ward.said()[-1]
    assert "R-01" not in ward.alerts()


def test_a_phone_that_may_be_somebody_elses_agrees_to_nothing(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    code = send_code(ward, patient, version)
    ward.text(patient, "WRONG")

    ward.text(patient, code)

    with ward.transactions.reading() as session:
        assert not plans.marks_of(session, version)


def test_a_code_is_good_once_and_for_a_few_days(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    late = send_code(ward, patient, version)
    ward.now += CODE_GOOD_FOR + timedelta(minutes=1)
    ward.text(patient, late)
    too_late = ward.said()[-1]
    code = send_code(ward, patient, version)
    ward.text(patient, code)
    ward.said()
    ward.text(patient, code)

    assert "can't be used any more" in too_late
    assert "can't be used any more" in ward.said()[-1]


def test_a_newer_code_ends_the_one_before(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    old = send_code(ward, patient, version)
    new = send_code(ward, patient, version)

    ward.text(patient, old)
    first = ward.said()[-1]
    ward.text(patient, new)

    assert old == new or "not the code" in first
    assert "noted that you agree" in ward.said()[-1]


def test_a_code_for_a_plan_that_has_changed_since_agrees_to_nothing(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    code = send_code(ward, patient, version)
    propose(ward, patient, ward.draft((14, 40), based_on=version.id))

    ward.text(patient, code)

    assert "can't be used any more" in ward.said()[-1]
    assert state(ward, patient) is VersionState.PROPOSED
    with ward.transactions.reading() as session:
        newest = plans.versions_of(session, patient)[0]
        assert not plans.marks_of(session, newest)


def test_a_code_that_waits_is_not_sent_once_its_plan_has_changed(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    ward.now += timedelta(hours=14)  # in the night
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        agreeing.send_code(
            session, ward.again(patient), found, ward.wording, actor=ward.actor, now=ward.now
        )
        planning.withdraw(session, patient, found, actor=ward.actor, now=ward.now)
    ward.said()
    ward.now += timedelta(hours=10)
    ward.send()

    assert ward.said() == []
    with ward.transactions.reading() as session:
        text = messages.texts_of(session, ward.scope, patient.id, limit=1)[0]
    assert (text.state, text.reason) == (
        MessageState.CANCELLED,
        "The plan changed after this text was written.",
    )


def test_another_patients_code_agrees_to_nothing(ward: Ward) -> None:
    one, other = ward.register(), ward.register()
    version = propose(ward, one)
    propose(ward, other)
    code = send_code(ward, one, version)

    ward.text(other, code)

    assert "can't be used any more" in ward.said()[-1]
    with ward.transactions.reading() as session:
        assert not plans.marks_of(session, version)


def test_a_plan_that_begins_with_more_is_never_agreed_by_text(ward: Ward) -> None:
    patient = ward.register()
    old = ward.agree(patient, (14, 50), (28, 40))
    ward.now += timedelta(days=15)
    draft = replace(ward.draft((14, 50), based_on=old.id), reasons="Withdrawal was unbearable")
    version = propose(ward, patient, draft)

    with pytest.raises(PlanError, match="agreed in person"), ward.transactions.begin() as session:
        agreeing.send_code(
            session, ward.again(patient), version, ward.wording, actor=ward.actor, now=ward.now
        )


def test_a_plan_that_has_come_to_begin_with_more_is_not_agreed_by_an_older_code(
    ward: Ward,
) -> None:
    patient = ward.register()
    old = ward.agree(patient, (1, 50), (28, 40))
    version = propose(ward, patient, ward.draft((30, 50), based_on=old.id))  # 60 mg, as today
    code = send_code(ward, patient, version)
    ward.now += timedelta(days=1)  # when the agreed plan has come down to 50 mg

    ward.text(patient, code)

    assert "can't be used any more" in ward.said()[-1]
    with ward.transactions.reading() as session:
        assert not plans.marks_of(session, version)


def test_a_code_goes_only_where_it_can_be_answered(ward: Ward) -> None:
    unconfirmed, gone = ward.register(confirmed=False), ward.register()
    for patient in (unconfirmed, gone):
        version = propose(ward, patient)
        if patient is gone:
            ward.text(patient, "STOP")
        with ward.transactions.begin() as session:
            found = plans.version_of(session, ward.scope, version.id)
            assert found is not None
            with pytest.raises(PlanError, match="cannot be texted"):
                agreeing.send_code(
                    session, ward.again(patient), found, ward.wording, actor=ward.actor,
                    now=ward.now,
                )  # fmt: skip
    assert ward.again(unconfirmed).status is PatientStatus.AWAITING_HANDSHAKE


def test_no_code_for_what_is_agreed_already(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    mark(ward, patient, version, MarkSide.PATIENT)
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        with pytest.raises(PlanError, match="has agreed already"):
            agreeing.send_code(
                session, patient, found, ward.wording, actor=ward.actor, now=ward.now
            )
    mark(ward, patient, version, MarkSide.PRESCRIBER)
    with ward.transactions.begin() as session:
        found = plans.version_of(session, ward.scope, version.id)
        assert found is not None
        with pytest.raises(PlanError, match="no longer be agreed"):
            agreeing.send_code(
                session, patient, found, ward.wording, actor=ward.actor, now=ward.now
            )


def test_danger_beside_a_code_is_heard_and_agrees_to_nothing(ward: Ward) -> None:
    patient = ward.register()
    version = propose(ward, patient)
    code = send_code(ward, patient, version)

    ward.text(patient, f"{code} I want to die")

    assert "T-06" in ward.alerts()
    assert state(ward, patient) is VersionState.PROPOSED
    with ward.transactions.reading() as session:
        assert not plans.marks_of(session, version)
