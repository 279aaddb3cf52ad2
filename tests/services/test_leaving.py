"""One action, and nothing more leaves for a patient who died, moved or was admitted."""

import pytest

from companion.core.people import PatientStatus, StopReason
from companion.core.sending import MessageKind, MessageState
from companion.core.urgency import Urgency
from companion.services import leaving, queueing
from companion.store import messages, plans
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward


@pytest.fixture
def patient(ward: Ward) -> Patient:
    patient = ward.register()
    ward.agree(patient)
    with ward.transactions.begin() as session:
        for kind in (MessageKind.CHECK_IN, MessageKind.REPLY, MessageKind.CRISIS):
            queueing.queue_text(
                session,
                patient=patient,
                kind=kind,
                text_key="pain_question",
                body="How is it today?",
                dedupe_key=f"{patient.id}:{kind}",
                now=ward.now,
            )
    return patient


def stop(ward: Ward, patient: Patient, reason: StopReason) -> None:
    ward.change(
        patient,
        lambda session, one: leaving.stop_texts(
            session, one, reason, actor=ward.actor, now=ward.now
        ),
    )


@pytest.mark.parametrize("reason", StopReason)
def test_nothing_more_leaves_and_the_team_is_told_why(
    ward: Ward, patient: Patient, reason: StopReason
) -> None:
    ward.said()

    stop(ward, patient, reason)
    ward.send()

    assert ward.said() == []
    with ward.transactions.reading() as session:
        texts = messages.texts_of(session, ward.scope, patient.id, limit=20)
    withdrawn = [text.kind for text in texts if text.reason == ward.why("T-16")]
    assert set(withdrawn) >= {MessageKind.CHECK_IN, MessageKind.REPLY, MessageKind.CRISIS}
    assert not [text for text in texts if text.state is MessageState.QUEUED]
    assert ward.alerts()["T-16"].level is Urgency.SOON
    assert ward.why("T-16").startswith("Texts are stopped: ")


def test_whoever_died_has_no_plan_and_cannot_be_texted_again_by_a_click(
    ward: Ward, patient: Patient
) -> None:
    stop(ward, patient, StopReason.DIED)

    assert ward.again(patient).status is PatientStatus.FINISHED
    with ward.transactions.reading() as session:
        assert plans.agreed_version(session, patient) is None


def test_whoever_was_admitted_keeps_the_plan_and_can_be_texted_again(
    ward: Ward, patient: Patient
) -> None:
    stop(ward, patient, StopReason.ADMITTED)

    assert ward.again(patient).status is PatientStatus.PAUSED
    with ward.transactions.reading() as session:
        assert plans.agreed_version(session, patient) is not None


def test_stopping_twice_changes_nothing_more(ward: Ward, patient: Patient) -> None:
    stop(ward, patient, StopReason.MOVED)
    before = ward.again(patient).revision

    stop(ward, patient, StopReason.MOVED)

    assert ward.again(patient).revision == before
    assert ward.alerts()["T-16"].times == 2
