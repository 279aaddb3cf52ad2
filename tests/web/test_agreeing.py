"""What people agree about a plan, in the browser: marks, codes, wishes, what is taken, supply."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from companion.core.agreement import MarkSide, VersionState
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.product import Product, product_from
from companion.core.taper import Step
from companion.services import planning, receiving
from companion.services.planning import PlanDraft
from companion.store import agreeing, patients, plans
from companion.store.audit import Actor
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from tests.rigs.clinic import Clinic, open_clinic, words_of


def propose(
    clinic: Clinic,
    patient: Patient,
    *cuts: tuple[int, int],
    based_on: PlanVersion | None = None,
    product: Product | None = None,
    begins: int = 0,
) -> PlanVersion:
    """Propose a plan from 60 mg a week ago; each cut is days from then and the new dose.

    With *begins* it begins so many days from then, with the first of those doses.
    """
    now = clinic.runtime.clock.now()
    steps = tuple(
        Step(
            now.date() + timedelta(days=day - 7),
            DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)}),
        )
        for day, amount in ((0, 60), *(cuts or ((14, 45), (28, 30))))
        if day >= begins
    )
    with clinic.runtime.transactions.begin() as session:
        return planning.propose(
            session,
            patient,
            PlanDraft(
                "morphine",
                DoseUnit.MILLIGRAM,
                steps,
                steps[-1].doses.total,
                "",
                "Dr A",
                based_on=None if based_on is None else based_on.id,
                product=product,
            ),
            actor=Actor.user(clinic.pharmacist_id),
            now=now,
        )


def agree(
    clinic: Clinic,
    patient: Patient,
    *cuts: tuple[int, int],
    product: Product | None = None,
    based_on: PlanVersion | None = None,
    begins: int = 0,
) -> PlanVersion:
    version = propose(clinic, patient, *cuts, product=product, based_on=based_on, begins=begins)
    with clinic.runtime.transactions.begin() as session:
        found = plans.version_of(session, clinic.scope, version.id)
        assert found is not None
        for side in MarkSide:
            planning.mark(
                session, patient, found, side, how="yes",
                actor=Actor.user(clinic.pharmacist_id), now=clinic.runtime.clock.now(),
            )  # fmt: skip
    return version


def text(clinic: Clinic, patient: Patient, body: str) -> None:
    runtime = clinic.runtime
    with runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    receiving.receive(
        runtime.transactions, runtime.wording, provider_id=f"SM{uuid4().hex}", phone=phone,
        body=body, opt_out_type=None, now=runtime.clock.now(), real_now=runtime.clock.now(),
    )  # fmt: skip


def newest(clinic: Clinic, patient: Patient) -> PlanVersion:
    with clinic.runtime.transactions.reading() as session:
        return plans.versions_of(session, patient)[0]


def page_of(patient: Patient) -> str:
    return f"/patients/{patient.id}"


def test_a_pharmacist_cannot_mark_for_the_prescriber(clinic: Clinic) -> None:
    patient = clinic.register()
    version = propose(clinic, patient)

    refused = clinic.signed_in().post(f"/plans/{version.id}/mark/prescriber", how="he said so")
    page = words_of(clinic.signed_in().get(page_of(patient)))

    assert refused.status_code == 403
    assert "Dr A, or another prescriber, signs in and marks it here" in page
    with clinic.runtime.transactions.reading() as session:
        assert not plans.marks_of(session, version)


def test_a_code_is_texted_and_said_so(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    version = propose(clinic, patient)

    answer = person.post(f"/plans/{version.id}/code")
    page = words_of(person.get(answer.location))

    assert "A code is on its way" in page
    assert "and may still be answered" in page
    assert "you can agree to the plan that we talked about by replying" in page


def test_a_code_that_cannot_go_says_why(clinic: Clinic) -> None:
    patient, person = clinic.register(confirmed=False), clinic.signed_in()
    version = propose(clinic, patient)

    answer = person.post(f"/plans/{version.id}/code")

    assert "This patient cannot be texted" in words_of(person.get(answer.location))
    assert "Text a code for agreeing" not in words_of(person.get(page_of(patient)))
    assert person.post(f"/plans/{uuid4()}/code").status_code == 404


def test_a_wish_by_text_is_redrawn_and_proposed_with_one_click(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    agreed = agree(clinic, patient)
    text(clinic, patient, "SLOWER")

    page = words_of(person.get(page_of(patient)))
    with clinic.runtime.transactions.reading() as session:
        request = agreeing.open_request(session, agreed.plan_id)
    assert request is not None
    answer = person.post(f"/requests/{request.id}/propose", based_on=str(agreed.id))
    after = words_of(person.get(answer.location))

    assert "The patient asks to go slower" in page
    assert "60 mg a day instead of 45" in page
    assert "It ends 4 weeks later." in page
    assert "Proposed, waiting for agreement" in after
    assert "The patient asks to go slower" not in after
    assert "60 mg a day instead of 45" in after, "the difference stands beside the proposal too"
    assert newest(clinic, patient).state is VersionState.PROPOSED


def test_two_versions_in_other_concentrations_are_not_shown_as_a_difference(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    weak, strong = (
        product_from("morphine", f"oral solution {name}", "0.5")
        for name in ("10 mg/5 ml", "20 mg/ml")
    )
    agreed = agree(clinic, patient, product=strong)

    propose(clinic, patient, (28, 45), based_on=agreed, product=strong)
    same = words_of(person.get(page_of(patient)))
    propose(clinic, patient, (28, 45), based_on=newest(clinic, patient), product=weak)
    page = words_of(person.get(page_of(patient)))

    assert "a day instead of" in same
    assert "a day instead of" not in page
    assert "Proposed, waiting for agreement" in page


def test_a_wish_can_be_written_down_and_left_as_it_is(clinic: Clinic) -> None:
    patient, nurse, person = clinic.register(), clinic.signed_in("follow-up"), clinic.signed_in()
    agreed = agree(clinic, patient)
    nurse.post(f"{page_of(patient)}/ask/ready")

    seen = words_of(nurse.get(page_of(patient)))
    with clinic.runtime.transactions.reading() as session:
        request = agreeing.open_request(session, agreed.plan_id)
    assert request is not None
    answer = person.post(f"/requests/{request.id}/decline")
    twice = person.post(f"/requests/{request.id}/decline")

    assert "The patient asks to go on" in seen
    assert "Written down by staff" in seen
    assert "Propose this" not in seen, "a nurse does not propose"
    assert nurse.post(f"/requests/{request.id}/propose").status_code == 403
    assert answer.status_code == twice.status_code == 302
    assert "The patient asks" not in words_of(person.get(page_of(patient))).replace(
        "The patient asks for another pace", ""
    )
    assert newest(clinic, patient).id == agreed.id


def test_wishes_that_nobody_can_have_are_refused(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()

    none = person.post(f"{page_of(patient)}/ask/slower")

    assert "No agreed plan runs" in words_of(person.get(none.location))
    assert person.post(f"{page_of(patient)}/ask/faster").status_code == 404
    assert person.post(f"/requests/{uuid4()}/decline").status_code == 404
    agreed = agree(clinic, patient)
    text(clinic, patient, "SAME")
    with clinic.runtime.transactions.reading() as session:
        request = agreeing.open_request(session, agreed.plan_id)
    assert request is not None
    assert person.post(f"/requests/{request.id}/propose", based_on="?").status_code == 400
    stale = person.post(f"/requests/{request.id}/propose", based_on=str(uuid4()))
    assert "Somebody else has changed this plan" in words_of(person.get(stale.location))


def test_another_teams_wish_is_not_there(clinic: Clinic) -> None:
    patient = clinic.register()
    agreed = agree(clinic, patient)
    text(clinic, patient, "SLOWER")
    with clinic.runtime.transactions.reading() as session:
        request = agreeing.open_request(session, agreed.plan_id)
    assert request is not None
    stranger = open_clinic(clinic.runtime, clinic.app, name="Elsewhere").signed_in()

    for path in (
        f"/requests/{request.id}/decline",
        f"/plans/{agreed.id}/code",
        f"/plans/{agreed.id}/mark/patient",
        f"{page_of(patient)}/taken",
        f"{page_of(patient)}/supply",
        f"{page_of(patient)}/ask/slower",
    ):
        assert stranger.post(path, how="x", taken="as_planned").status_code == 404, path


def test_an_unsure_reduction_is_shown_asked_about_and_written_down(clinic: Clinic) -> None:
    patient, nurse = clinic.register(), clinic.signed_in("follow-up")
    agree(clinic, patient, (7, 45), (28, 30))  # the cut is today
    text(clinic, patient, "HELP")

    page = words_of(nurse.get(page_of(patient)))
    listed = words_of(nurse.get("/patients/"))
    step_on = clinic.runtime.clock.now().date().isoformat()
    nothing = nurse.post(f"{page_of(patient)}/taken", taken="everything", step_on=step_on)
    said = words_of(nurse.get(nothing.location))
    odd = nurse.post(f"{page_of(patient)}/taken", taken="dose_before", step_on="today")
    nurse.post(f"{page_of(patient)}/taken", taken="dose_before", words="Not yet", step_on=step_on)
    again = nurse.post(f"{page_of(patient)}/taken", taken="dose_before", step_on=step_on)
    told = words_of(nurse.get(again.location))
    after = words_of(nurse.get(page_of(patient)))

    assert "Due, unconfirmed: may have been taken" in page
    assert "Today by the plan, unconfirmed: 45 mg" in page
    assert "(not announced while an alert stands)" in page
    assert "Reduction unconfirmed" in listed
    assert "Reduction unconfirmed" not in words_of(nurse.get("/patients/"))
    assert "Choose what is taken" in said
    assert odd.status_code == 400
    assert "Somebody has written this down already" in told
    assert "(now)" in after.split("60 60 mg")[0], "the step that is held is the one in force"
    assert "Due, unconfirmed" not in after
    assert "still the dose before. Not yet" in after
    assert "Today: 60 mg" in after
    assert "On hold since" in after


@pytest.mark.parametrize(
    ("day", "words"),
    [(("31", "2", "2027"), "Enter a real date"), (("1", "1", "2020"), "within three months")],
)
def test_a_supply_that_cannot_be_says_why(
    clinic: Clinic, day: tuple[str, str, str], words: str
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    agree(clinic, patient)
    boxes = dict(zip(("lasts-day", "lasts-month", "lasts-year"), day, strict=True))

    answer = person.post(f"{page_of(patient)}/supply", **boxes)

    assert words in words_of(person.get(answer.location))


def test_a_supply_is_written_down_and_shown(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    agree(clinic, patient)
    last = clinic.runtime.clock.now().date() + timedelta(days=20)
    boxes = {"lasts-day": last.day, "lasts-month": last.month, "lasts-year": last.year}

    before = words_of(person.get(page_of(patient)))
    person.post(f"{page_of(patient)}/supply", **boxes)
    after = words_of(person.get(page_of(patient)))

    assert "How far the supply goes is not written down" in before
    assert f"The supply goes up to {last:%a} {last.day} {last:%b %Y}" in after


def test_what_is_left_of_the_supply_stands_beside_a_new_version(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    tablets = product_from("morphine", "modified-release tablet", "15 30 60")
    agreed = agree(clinic, patient, product=tablets)
    last = clinic.runtime.clock.now().date() + timedelta(days=9)
    boxes = {"lasts-day": last.day, "lasts-month": last.month, "lasts-year": last.year}
    person.post(f"{page_of(patient)}/supply", **boxes)

    propose(clinic, patient, (28, 45), based_on=agreed, product=tablets)
    page = words_of(person.get(page_of(patient)))

    assert "3 more of 60 mg needed" in page, "three days of 60 in the place of 45"
    assert "3 of 30 mg left over: back to the pharmacy" in page
    assert "3 of 15 mg left over" in page


def test_the_next_version_is_written_from_the_one_before_and_what_is_taken_today(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in("prescriber")
    agree(clinic, patient, (7, 45), (28, 30))

    page = person.get(f"{page_of(patient)}/plan").get_data(as_text=True)

    assert 'id="morning"' in page
    assert 'value="45"' in page
    assert 'value="60"' in page, "what percentages of the start are counted from"
    assert 'value="Dr A"' in page
    assert 'value="morphine"' in page


# --- A version agreed for later --------------------------------------------------------------


def test_a_version_agreed_for_later_stands_beside_the_one_in_force(clinic: Clinic) -> None:
    patient, pharmacist = clinic.register(), clinic.signed_in()
    old = agree(clinic, patient, (14, 45), (60, 30))
    # Its first day is three weeks from now: until then the old one goes on, its cut to 45 too.
    later = agree(clinic, patient, (28, 45), (90, 20), based_on=old, begins=28)

    day = clinic.runtime.clock.now() + timedelta(days=60 - 7)
    never = f"{day.day} {day:%b %Y}"

    page = words_of(pharmacist.get(f"/patients/{patient.id}"))
    copies = [words_of(pharmacist.get(f"/plans/{version.id}/for/gp")) for version in (old, later)]
    text(clinic, patient, "HOLD")
    held = words_of(pharmacist.get(f"/patients/{patient.id}"))

    assert "Today: 60 mg. Next: 45 mg" in page
    assert "Agreed, begins on" in page
    in_force = page.split("Agreed plan")[1].split("Agreed, begins on")[0]
    assert "45 mg" in in_force
    assert never not in in_force, "a cut that will not come is not shown as one that will"
    assert never not in copies[0]
    assert "20 mg" in copies[1]
    assert "Agreed, but a hold came before its first day: it does not begin" in held
    assert "On hold since" in held


# --- Who is told that a plan waits -----------------------------------------------------------


def test_a_plan_that_waits_is_told_on_today_and_in_the_list_until_all_have_agreed(
    clinic: Clinic,
) -> None:
    first, second = clinic.register(), clinic.register()
    propose(clinic, first)
    version = propose(clinic, second)
    pharmacist, prescriber = clinic.signed_in(), clinic.signed_in("prescriber")
    pharmacist.post(f"/plans/{version.id}/mark/patient", how="in clinic")

    today, patients_page = words_of(prescriber.get("/")), words_of(prescriber.get("/patients/"))
    elsewhere = open_clinic(clinic.runtime, clinic.app, name="Elsewhere").signed_in("prescriber")
    other = words_of(elsewhere.get("/"))
    prescriber.post(f"/plans/{version.id}/mark/prescriber", how="the notes")
    after = words_of(prescriber.get("/"))

    waiting = today.split("Plans that wait for agreement")[1]
    assert waiting.index("Ada Lane1 : waits for prescriber, proposed") < waiting.index(
        "Ada Lane0 : waits for patient, prescriber, proposed"
    ), "what only a prescriber can settle stands first"
    assert "New plan waits for prescriber" in patients_page
    assert "Plans that wait" not in other
    assert "Ada Lane1" not in after
