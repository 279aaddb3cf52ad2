"""Steps that are drafted of whole units from the catalogue, and drafts that are kept."""

import re
from html import unescape

import pytest

from companion.services import staffing
from companion.store import organisations, plan_drafts
from tests.rigs.clinic import Clinic, words_of
from tests.rigs.plan_pages import CHOSEN, ENTERED, agree, path_of, rows_in, steps_page, versions_of


def test_steps_of_a_chosen_medicine_are_made_of_whole_tablets(clinic: Clinic) -> None:
    rows = steps_page(clinic.signed_in(), clinic.register(), **CHOSEN)

    assert rows["step-1-on"] == "18 1 2027"
    # 12 mg less than 120 at most: with tablets from 5 mg, 110 is the lowest that can be made.
    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("55", "55")


def test_concerns_stand_beside_their_steps_and_need_a_reason_that_is_kept(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    person.post(f"/patients/{patient.id}/risk", use="under_a_year")
    answer = person.post(path_of(patient), **{**ENTERED, **CHOSEN, "strengths": "30"})
    page, rows = words_of(answer), rows_in(answer.get_data(as_text=True))
    assert "Think about" in page
    assert "One rung deeper than the pace" in page
    assert "PLAN-10" in page

    refused = person.post(path_of(patient), **rows, propose="1")
    proposed = person.post(path_of(patient), **rows, propose="1", reasons="Only 30s are to be had")

    assert refused.status_code == 422
    assert "Say why this plan is right all the same" in words_of(refused)
    assert proposed.status_code == 302
    assert "Only 30s are to be had" in words_of(person.get(f"/patients/{patient.id}"))


def test_what_cannot_be_made_is_not_proposed_whatever_the_reason(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)

    answer = person.post(
        path_of(patient), **{**rows, "step-1-morning": "57"}, propose="1", reasons="Please"
    )

    assert answer.status_code == 422
    assert "Change what cannot be agreed first" in words_of(answer)
    assert "57 mg (morning) cannot be made of whole units" in words_of(answer)
    assert versions_of(clinic, patient) == []


def test_a_plan_may_slow_down_towards_its_end(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN, slow_below="33", slow_cut="5",
        slow_every="4",
    )  # fmt: skip
    steps = [name for name in rows if name.endswith("-on")]

    assert len(steps) > 11


def test_a_fentanyl_patch_keeps_to_its_change_days(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN | {
            "product": "fentanyl|72-hour patch", "morning": "", "evening": "", "patch": "25",
            "pace_cut": "50", "unit": "mg",
        },
    )  # fmt: skip

    assert (rows["step-1-on"], rows["step-1-patch"]) == ("19 1 2027", "12.5")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"strengths": "5, x"}, "Enter strengths like 5, 10, 15"),
        ({"strengths": "0"}, "A strength is more than 0"),
        ({"strengths": " ".join(map(str, range(1, 30)))}, "No medicine has so many strengths"),
        ({"strengths": "0.001"}, "These strengths are too small"),
        ({"pace_cut": "0"}, "Enter how much to reduce by"),
        ({"pace_cut": "101"}, "Enter a percentage above 0 and at most 100"),
        ({"pace_every_days": "0"}, "Enter a whole number"),
        ({"slow_below": "101"}, "Enter a percentage above 0 and at most 100"),
        ({"slow_below": "33"}, "Enter how much to reduce by"),
        ({"goal": "200"}, "the goal must be below what is taken now"),
        ({"pace_cut": "0.01", "pace_basis": "amount", "pace_period": "months"}, "ten years"),
        ({"product": "cake|slice"}, "Choose the medicine, or enter its name"),
        ({"product": "", "medicine": "x"}, "Enter the strengths that the steps can be made of"),
        (
            {"product": "", "medicine": "x", "strengths": "0.001"},
            "These strengths are too small",
        ),
    ],
)
def test_a_pace_that_cannot_be_followed_says_why(
    clinic: Clinic, changes: dict[str, str], says: str
) -> None:
    answer = clinic.signed_in().post(path_of(clinic.register()), **{**ENTERED, **CHOSEN, **changes})

    assert answer.status_code == 422
    assert says in words_of(answer)


def test_another_medicine_can_be_cut_by_the_week_too(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), pace_period="weeks", pace_every_days="2"
    )

    assert (rows["step-1-on"], rows["step-2-on"]) == ("18 1 2027", "1 2 2027")


def test_a_pace_of_the_guidance_is_filled_in_and_what_was_typed_stays(clinic: Clinic) -> None:
    typed = {**ENTERED, **CHOSEN, "pace_cut": "", "use_pace": "short-use", "prescriber": ""}
    answer = clinic.signed_in().post(path_of(clinic.register()), **typed)
    page, rows = answer.get_data(as_text=True), rows_in(answer.get_data(as_text=True))

    assert answer.status_code == 200
    assert (rows["pace_cut"], rows["pace_every_days"]) == ("10", "1")
    assert (rows["slow_below"], rows["slow_cut"], rows["slow_every"]) == ("30", "10", "1")
    assert rows["morning"] == "60"
    assert 'value="current" selected' in page
    assert "CDC 2022" in words_of(answer)


def test_a_pace_without_a_slower_part_empties_it(clinic: Clinic) -> None:
    typed = {**ENTERED, **CHOSEN, "slow_below": "30", "slow_cut": "5", "use_pace": "faster"}
    rows = rows_in(
        clinic.signed_in().post(path_of(clinic.register()), **typed).get_data(as_text=True)
    )

    assert (rows["slow_below"], rows["slow_cut"]) == ("", "")


def test_a_slower_part_may_be_counted_otherwise(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **CHOSEN, slow_below="30", slow_cut="10",
        slow_basis="current", slow_every="1", slow_period="months",
    )  # fmt: skip
    days = [rows[name].split() for name in rows if name.endswith("-on")]

    assert days[-1][0] == days[-2][0]  # the same day of each month


def test_each_step_says_what_it_is_made_of_and_what_it_is_like(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(path_of(clinic.register()), **{**ENTERED, **CHOSEN})
    page = words_of(answer)

    assert "What each step is made of" in page
    assert "Mon 18 Jan 2027 1 × 30, 1 × 15, 1 × 10 1 × 30, 1 × 15, 1 × 10 110" in page
    assert "August 2020. Factor: 1." in page


def test_a_medicine_without_a_factor_says_so(clinic: Clinic) -> None:
    answer = clinic.signed_in().post(
        path_of(clinic.register()), **{**ENTERED, **CHOSEN, "product": "methadone|tablet"}
    )

    assert "gives this medicine no factor" in words_of(answer)
    assert "A reduction of methadone is for a specialist" in words_of(answer)


def test_a_dose_that_cannot_be_made_is_marked(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient, **CHOSEN)

    page = words_of(person.post(path_of(patient), **{**rows, "step-1-morning": "57"}, show="1"))

    assert "cannot be made" in page


def test_another_medicine_follows_any_pace_in_its_typed_strengths(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(),
        clinic.register(),
        strengths="15, 30",
        pace_cut="25",
        pace_basis="start",
        slow_below="50",
        slow_cut="12.5",
        slow_basis="start",
        slow_every="1",
        slow_period="months",
    )

    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("45", "45")
    assert rows["step-3-on"] == "1 3 2027", "a month after the first half was left"


def test_a_plan_that_goes_on_counts_percentages_from_where_it_began(clinic: Clinic) -> None:
    rows = steps_page(
        clinic.signed_in(), clinic.register(), **{**CHOSEN, "counted_from": "240", "morning": "60"}
    )

    assert rows["counted_from"] == "240"
    assert (rows["step-1-morning"], rows["step-1-evening"]) == ("50", "50"), "24 mg, not 12"


def test_a_form_offers_only_what_is_stocked_and_keeps_what_was_chosen(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    with clinic.runtime.transactions.begin() as session:
        found = organisations.organisation_of(session, clinic.organisation_id)
        for drug, form in (("codeine", "tablet"), ("morphine", "modified-release tablet")):
            staffing.set_stock(
                session, found, drug, form, stocked=False, now=clinic.runtime.clock.now()
            )

    page = person.get(path_of(patient)).get_data(as_text=True)
    kept = person.post(path_of(patient), **{**ENTERED, **CHOSEN, "pace_cut": "x"})

    assert '"codeine|tablet"' not in page
    assert "morphine|modified-release tablet" not in page
    assert "morphine|modified-release capsule" in page
    assert "morphine|modified-release tablet" in kept.get_data(as_text=True)


def test_what_a_plan_began_with_is_not_taken_for_another_medicines(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in("prescriber")
    first = {**CHOSEN, "morning": "40", "evening": "40"}
    rows = steps_page(person, patient, **first)
    person.post(path_of(patient), **rows, reasons="right", propose="1")
    agree(clinic, versions_of(clinic, patient)[0])
    page = person.get(path_of(patient)).get_data(as_text=True)
    counted = {"counted_from": "80", "counted_in": "80 morphine|modified-release tablet mg"}
    liquid = {
        **first, **counted, "product": "morphine|oral solution 10 mg/5 ml", "morning": "20",
        "evening": "20", "based_on": str(versions_of(clinic, patient)[0].id),
    }  # fmt: skip

    refused = person.post(path_of(patient), **{**ENTERED, **liquid})
    anew = person.post(path_of(patient), **{**ENTERED, **liquid, "counted_from": "40"})
    same = person.post(path_of(patient), **{**ENTERED, **first, **counted})

    assert f'value="{counted["counted_in"]}"' in page
    assert refused.status_code == 422
    assert "This is of another medicine" in words_of(refused)
    assert anew.status_code == same.status_code == 200


# --- Drafts that are kept --------------------------------------------------------------------


def hidden_in(page: str) -> dict[str, str]:
    """Return what the patient's page carries of a draft."""
    card = page.split('id="draft"')[1].split("</form>", maxsplit=1)[0]
    boxes = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', card)
    return {name: unescape(value) for name, value in boxes if name != "csrf_token"}


def test_a_draft_is_kept_sealed_gone_on_with_and_gone_when_it_is_proposed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    rows |= {"step-1-on": "20 1 2027", "reasons": "half <thought> through"}

    saved = person.post(path_of(patient), **rows, save_draft="1")
    page = person.get(saved.location).get_data(as_text=True)
    again = person.post(path_of(patient), **hidden_in(page))
    after = rows_in(again.get_data(as_text=True))
    other = clinic.signed_in("prescriber").get(f"/patients/{patient.id}")
    person.post(path_of(patient), **after, propose="1", reasons="through")

    assert "Left by Pharmacist Person" in words_of(other)
    assert hidden_in(page)["reasons"] == "half <thought> through"
    assert after["step-1-on"] == "20 1 2027"
    assert versions_of(clinic, patient)[0].number == 1
    assert 'id="draft"' not in person.get(f"/patients/{patient.id}").get_data(as_text=True)


def test_a_newer_draft_takes_the_place_of_the_older_one_and_can_be_thrown_away(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    person.post(path_of(patient), **rows, save_draft="1")
    person.post(path_of(patient), **{**rows, "step-1-on": "wrong"}, save_draft="1")
    kept = hidden_in(person.get(f"/patients/{patient.id}").get_data(as_text=True))

    person.post(f"/patients/{patient.id}/plan/discard")
    person.post(f"/patients/{patient.id}/plan/discard")
    page = words_of(person.get(f"/patients/{patient.id}"))
    nurse = words_of(clinic.signed_in("follow-up").get(f"/patients/{patient.id}"))

    assert kept["step-1-on"] == "wrong", "kept as it was typed"
    assert "A draft that is not proposed yet" not in page + nurse
    assert versions_of(clinic, patient) == []


def test_a_draft_is_sealed(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    rows = steps_page(person, patient)
    person.post(path_of(patient), **rows, save_draft="1")

    with clinic.runtime.transactions.reading() as session:
        draft = plan_drafts.draft_of(session, patient)
        assert draft is not None
        assert plan_drafts.content_of(session, draft)["morning"] == "60"
    assert "dreams" not in draft.content
