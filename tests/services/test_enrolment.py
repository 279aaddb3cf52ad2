"""Registering patients, confirming their phone, and changing how they are reached."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from companion.core.people import Pathway, PatientStatus
from companion.core.sending import MessageState
from companion.services import checking_in, enrolment, signposting
from companion.services.enrolment import Details, StaleError
from companion.services.enrolment_checks import EnrolmentError
from companion.sms.gateway import TryLater
from companion.store import audit, messages, patients
from companion.store.audit import SYSTEM
from companion.store.patients import Patient
from tests.rigs.enrolled import Ward

TOMORROW = date(2027, 1, 5)


def test_who_is_registered_is_texted_without_any_clinical_word(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.send()

    said = ward.said()[0]
    assert said.startswith("Hello from the team.")
    assert not any(word in said.lower() for word in ("pain", "medicine", "opioid", "ada"))
    assert ward.again(patient).status is PatientStatus.AWAITING_HANDSHAKE


def test_what_was_entered_is_kept_sealed(ward: Ward) -> None:
    patient = ward.register(communication_needs="Large print")

    with ward.transactions.reading() as session:
        identity = patients.identity_of(session, patient)
        assert patients.needs_of(session, patient) == ("", "Large print")
        assert patients.name_of(session, patient) == "Ada Lane0"
    assert identity.phone.startswith("+447700900")
    assert identity.nhs_number == "9990000018"
    assert identity.born_on == date(1960, 1, 2)
    assert "Ada" not in patient.first_name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": " "}, "first_name"),
        ({"last_name": "x" * 101}, "last_name"),
        ({"address": ""}, "address"),
        ({"emergency_contact": "x" * 501}, "emergency_contact"),
        ({"born_on": TOMORROW}, "born_on"),
        ({"born_on": date(1850, 1, 1)}, "born_on"),
        ({"nhs_number": "999 000 0019"}, "nhs_number"),
        ({"phone": "020 7946 0018"}, "phone"),
        ({"safe_from": time(6)}, "safe_from"),
        ({"safe_until": time(22)}, "safe_until"),
        ({"safe_until": time(8, 20)}, "safe_until"),
        ({"check_in_at": time(7)}, "check_in_at"),
        ({"check_in_at": time(19, 40)}, "check_in_at"),
        ({"language": "cs"}, "language"),
        ({"ways": "x" * 501}, "ways"),
        ({"communication_needs": "x" * 501}, "communication_needs"),
        ({"asked_by": " "}, "consent_asked_by"),
        ({"asked_by": "x" * 501}, "consent_asked_by"),
        ({"how": ""}, "consent_how"),
        ({"asked_on": TOMORROW}, "consent_asked_on"),
        ({"team_id": uuid4()}, "team_id"),
        ({"gp_practice": "x" * 501}, "gp_practice"),
        ({"pharmacy": "x" * 501}, "pharmacy"),
        ({"pathway": Pathway.DISCHARGE}, "discharged_on"),
        ({"pathway": Pathway.DISCHARGE, "discharged_on": TOMORROW}, "discharged_on"),
        ({"baseline_pain": Decimal(11)}, "baseline_pain"),
        ({"baseline_pain": Decimal("NaN")}, "baseline_pain"),
    ],
)
def test_what_cannot_stand_is_named_and_nothing_is_saved(
    ward: Ward, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(EnrolmentError) as raised:
        ward.register(**changes)

    assert field in raised.value.fields
    with ward.transactions.reading() as session:
        assert patients.patients_of(session, ward.scope) == []


def test_every_fault_is_told_at_once(ward: Ward) -> None:
    with pytest.raises(EnrolmentError) as raised:
        ward.register(first_name="", phone="x", nhs_number="y", how="")

    assert set(raised.value.fields) == {"first_name", "phone", "nhs_number", "consent_how"}


def test_nobody_is_registered_twice(ward: Ward) -> None:
    ward.register()
    ward.registered = 0

    with pytest.raises(EnrolmentError) as raised:
        ward.register()

    assert set(raised.value.fields) == {"nhs_number"}


def test_a_phone_is_one_patients_until_they_have_finished(ward: Ward) -> None:
    first = ward.register()
    number = ward.phone_of(first)
    with pytest.raises(EnrolmentError) as raised:
        ward.register(phone=number)
    ward.change(first, lambda session, p: enrolment.finish(session, p, actor=SYSTEM, now=ward.now))

    second = ward.register(phone=number)

    assert set(raised.value.fields) == {"phone"}
    assert ward.phone_of(second) == number


def details_of(ward: Ward, patient: Patient, **changes: Any) -> Details:
    with ward.transactions.reading() as session:
        identity = patients.identity_of(session, patient)
        wishes = enrolment.wishes_of(session, patient)
    given = {
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "address": identity.address,
        "emergency_contact": identity.emergency_contact,
        "gp_practice": patient.gp_practice,
        "pharmacy": patient.pharmacy,
        "wishes": wishes,
    }
    return Details(**{**given, **changes})


def amend(ward: Ward, patient: Patient, details: Details, based_on: int) -> None:
    ward.change(
        patient,
        lambda session, p: enrolment.amend(
            session, p, details, ward.wording, based_on=based_on, actor=ward.actor, now=ward.now
        ),
    )


def test_details_change_and_the_patient_is_found_by_the_new_name(ward: Ward) -> None:
    patient = ward.register()

    amend(ward, patient, details_of(ward, patient, last_name="Rivers"), 1)

    with ward.transactions.reading() as session:
        found = patients.find_by_name(session, ward.scope, " rivers ", date(1960, 1, 2))
    assert [p.id for p in found] == [patient.id]
    assert ward.again(patient).revision == 2


def test_a_change_based_on_an_older_one_is_refused(ward: Ward) -> None:
    patient = ward.register()
    amend(ward, patient, details_of(ward, patient, address="2 New Road"), 1)

    with pytest.raises(StaleError):
        amend(ward, patient, details_of(ward, patient, address="3 Old Road"), 1)


def test_details_that_cannot_stand_change_nothing(ward: Ward) -> None:
    patient = ward.register()

    with pytest.raises(EnrolmentError) as raised:
        amend(ward, patient, details_of(ward, patient, address="", pharmacy="x" * 501), 1)

    assert set(raised.value.fields) == {"address", "pharmacy"}
    assert ward.again(patient).revision == 1


def wish(ward: Ward, patient: Patient, **changes: Any) -> None:
    """Change how a patient may be reached."""
    now = ward.again(patient)
    with ward.transactions.reading() as session:
        wishes = replace(enrolment.wishes_of(session, now), **changes)
    amend(ward, now, details_of(ward, now, wishes=wishes), now.revision)


def hold_back(ward: Ward, do: Callable[[], object]) -> None:
    """Do what queues one text while the provider takes none, an hour after it could leave."""
    ward.gateway.answer_next(TryLater(60))
    do()
    ward.send()
    ward.said()
    ward.now += timedelta(hours=1)


def waiting_question(ward: Ward) -> Patient:
    patient = ward.register()
    ward.agree(patient)
    ward.send()
    ward.now += timedelta(days=2)
    hold_back(ward, lambda: checking_in.queue_due(ward.transactions, ward.wording, now=ward.now))
    return patient


def test_a_question_that_waits_keeps_to_the_hours_that_hold_now(ward: Ward) -> None:
    patient = waiting_question(ward)

    wish(ward, patient, safe_from=time(14), check_in_at=time(15))
    ward.send()
    early = ward.said()
    ward.now = ward.now.replace(hour=14)
    ward.send()

    assert early == []
    assert [said[:10] for said in ward.said()] == ["Wed 6 Jan:"]
    assert ward.alerts() == {}


def test_a_question_whose_hours_are_over_now_is_told_and_never_sent(ward: Ward) -> None:
    patient = waiting_question(ward)

    wish(ward, patient, safe_until=time(9, 45))
    ward.now += timedelta(days=1)
    ward.send()

    assert ward.said() == []
    assert ward.alerts().keys() == {"U-03"}


def test_a_question_that_waits_is_asked_in_the_language_that_holds_now(ward: Ward) -> None:
    patient = waiting_question(ward)

    wish(ward, patient, language="pl")
    ward.send()

    (said,) = ward.said()
    assert said == ward.wording.text_for("pain_question", "pl", day="śr. 6 sty")
    ward.answer(patient)
    assert ward.alerts() == {}


def test_a_question_that_is_over_is_not_asked_anew(ward: Ward) -> None:
    patient = waiting_question(ward)
    ward.change(patient, lambda session, p: checking_in.expire_open(session, p, ward.now))

    wish(ward, patient, language="pl")
    ward.send()

    assert ward.said() == []
    assert ward.alerts() == {}


def test_a_reminder_that_waits_comes_once_in_the_language_that_holds_now(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)
    ward.ask(days=2)
    ward.now += timedelta(days=1)
    remind = partial(checking_in.notice_silence, ward.transactions, ward.wording)
    hold_back(ward, lambda: remind(now=ward.now))

    wish(ward, patient, language="pl")
    remind(now=ward.now)
    remind(now=ward.now)
    ward.send()

    (said,) = ward.said()
    question = ward.wording.text_for("pain_question", "pl", day="śr. 6 sty")
    assert said == ward.wording.text_for("reminder", "pl", question=question)


def test_a_signpost_that_waits_is_not_sent_to_who_now_wants_no_medicine_named(ward: Ward) -> None:
    patient = ward.register(detailed=True)
    ward.send()
    resource = next(one for one in ward.wording.resources if not one.discreet)
    hold_back(
        ward,
        lambda: ward.change(
            patient,
            lambda session, p: signposting.send_by_hand(
                session, ward.wording, p, resource, user_id=ward.user_id, now=ward.now
            ),
        ),
    )

    wish(ward, patient, detailed=False)
    ward.send()

    assert ward.said() == []
    assert ward.alerts().keys() == {"U-03"}


def test_a_handshake_that_waits_is_sent_anew_in_the_language_that_holds_now(ward: Ward) -> None:
    ward.now = ward.now.replace(hour=21)
    patient = ward.register(confirmed=False)

    wish(ward, patient, language="pl")
    ward.now += timedelta(hours=12)
    ward.send()

    assert ward.said() == [ward.wording.text_for("handshake", "pl", team="the team")]
    ward.text(patient, "1")
    assert ward.again(patient).status is PatientStatus.ACTIVE


def test_what_waits_is_left_alone_where_only_an_address_changed(ward: Ward) -> None:
    patient = waiting_question(ward)

    amend(ward, patient, details_of(ward, patient, address="2 New Road"), 1)
    ward.send()

    assert [said[:10] for said in ward.said()] == ["Wed 6 Jan:"]


def test_nothing_leaves_for_an_old_number(ward: Ward) -> None:
    patient = ward.register(confirmed=False)

    ward.change_phone(patient, "07700 900099")
    ward.send()

    assert [text.to for text in ward.gateway.sent] == ["+447700900099"]
    assert ward.again(patient).status is PatientStatus.AWAITING_HANDSHAKE
    with ward.transactions.reading() as session:
        states = {m.state for m in messages.texts_of(session, ward.scope, patient.id, limit=9)}
    assert states == {MessageState.ACCEPTED, MessageState.CANCELLED}


@pytest.mark.parametrize("phone", ["x", "020 7946 0018"])
def test_a_number_that_cannot_be_texted_is_refused(ward: Ward, phone: str) -> None:
    with pytest.raises(EnrolmentError):
        ward.change_phone(ward.register(), phone)


def test_somebody_elses_number_is_refused(ward: Ward) -> None:
    other = ward.register()

    with pytest.raises(EnrolmentError):
        ward.change_phone(ward.register(), ward.phone_of(other))


def test_a_number_changed_on_an_old_page_is_refused(ward: Ward) -> None:
    with pytest.raises(StaleError):
        ward.change_phone(ward.register(), "07700 900099", based_on=0)


def pause(ward: Ward, patient: Patient) -> None:
    ward.change(
        patient,
        lambda session, p: enrolment.pause(
            session, p, reason="Staff stopped the texts.", actor=ward.actor, now=ward.now
        ),
    )


def resume(ward: Ward, patient: Patient) -> None:
    ward.change(
        patient,
        lambda session, p: enrolment.resume(
            session, p, ward.wording, actor=ward.actor, now=ward.now
        ),
    )


def test_texts_stop_and_go_on(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient)

    pause(ward, patient)
    pause(ward, patient)
    ward.now += timedelta(days=2)
    stopped = checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    resume(ward, patient)
    going = checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)

    assert (stopped, going) == (0, 1)
    assert ward.again(patient).revision == 3


def test_a_phone_that_was_never_confirmed_is_asked_again(ward: Ward) -> None:
    patient = ward.register(confirmed=False)
    ward.send()
    pause(ward, patient)
    ward.said()

    resume(ward, patient)
    ward.send()

    assert ward.said()[0].startswith("Hello from the team.")
    assert ward.again(patient).status is PatientStatus.AWAITING_HANDSHAKE


def test_staff_cannot_undo_a_stop(ward: Ward) -> None:
    patient = ward.register()
    ward.change(
        patient, lambda session, p: enrolment.opt_out(session, p, actor=SYSTEM, now=ward.now)
    )
    ward.change(
        patient, lambda session, p: enrolment.opt_out(session, p, actor=SYSTEM, now=ward.now)
    )

    with pytest.raises(EnrolmentError):
        resume(ward, patient)

    assert ward.again(patient).revision == 2


def test_looking_at_a_patient_is_recorded_with_who_looked(ward: Ward) -> None:
    patient = ward.register(baseline_pain=None)

    ward.change(
        patient,
        lambda session, p: enrolment.view(
            session, p, what="patient viewed", actor=ward.actor, now=ward.now
        ),
    )

    with ward.transactions.reading() as session:
        newest = audit.entries_about(session, ward.scope, patient.id)[0]
    assert (newest.action, newest.actor) == ("patient viewed", str(ward.user_id))
