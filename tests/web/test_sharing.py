"""Copies of a plan: everybody reads the same doses, and nobody else reads any."""

import importlib.util
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from icalendar import Calendar

from companion import pdf
from companion.core.agreement import MarkSide
from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.medicines import CATALOGUE, Drug, Form
from companion.core.product import Product, product_from
from companion.core.situation import Risk, Situation, Use, other_from
from companion.core.taper import Step
from companion.services import assessing, planning
from companion.services.planning import PlanDraft
from companion.store.audit import Actor
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.web.copies import plan_copy
from companion.web.sharing import READERS, TEN_FOOTSTEPS
from tests.rigs.clinic import Clinic, open_clinic, words_of

MORPHINE = product_from("morphine", "modified-release tablet", "5 10 15 30 60")


def agree(
    clinic: Clinic,
    patient: Patient,
    *days: tuple[int, *tuple[str, ...]],
    product: Product | None = MORPHINE,
    marks: bool = True,
    based_on: PlanVersion | None = None,
    review_in: int | None = 21,
    unit: DoseUnit = DoseUnit.MILLIGRAM,
) -> PlanVersion:
    """Agree a plan: days from today, and the doses in the morning and in the evening."""
    today = clinic.runtime.clock.now().date()
    is_patch = unit is DoseUnit.MICROGRAM_PER_HOUR
    times = (TimeOfDay.PATCH,) if is_patch else (TimeOfDay.MORNING, TimeOfDay.EVENING)
    steps = tuple(
        Step(
            today + timedelta(days=day),
            DayDoses(unit, dict(zip(times, map(Decimal, amounts), strict=True))),
        )
        for day, *amounts in (days or ((0, "60", "60"), (14, "60", "45"), (28, "45", "45")))
    )
    actor, now = Actor.user(clinic.pharmacist_id), clinic.runtime.clock.now()
    with clinic.runtime.transactions.begin() as session:
        version = planning.propose(
            session,
            patient,
            PlanDraft(
                medicine="morphine modified-release tablet",
                unit=unit,
                steps=steps,
                goal=steps[-1].doses.total,
                goal_words="To dance <again>",
                prescriber="Dr A",
                product=product,
                review_on=None if review_in is None else today + timedelta(days=review_in),
                based_on=None if based_on is None else based_on.id,
            ),
            actor=actor,
            now=now,
        )
        for side in MarkSide if marks else ():
            planning.mark(session, patient, version, side, how="said yes", actor=actor, now=now)
    return version


def paths(version: PlanVersion) -> list[str]:
    base = f"/plans/{version.id}"
    pages = [f"{base}/for/{reader}{end}" for reader in READERS for end in ("", ".txt", ".pdf")]
    return [f"{base}/copy", f"{base}/copy.pdf", f"{base}/letter", f"{base}/calendar.ics", *pages]


def doses_by_day(page: str) -> list[str]:
    """Return what stands in the boxes of the calendar, for every day with a dose."""
    boxes = re.findall(r'class="date">.*?</span><span[^>]*>(.*?)</span>', page)
    return [re.sub(r"<[^>]+>", "", box) for box in boxes]


def test_every_copy_opens_and_is_written_down(clinic: Clinic) -> None:
    patient, nurse = clinic.register(), clinic.signed_in("follow-up")
    version = agree(clinic, patient)

    answers = [nurse.get(path) for path in paths(version)]
    page = words_of(nurse.get(f"/patients/{patient.id}"))

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert "patient's copy opened" in page
    assert "copy for the pharmacy opened" in page


def test_nobody_else_reads_a_copy(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register())
    stranger = open_clinic(clinic.runtime, clinic.app, name="Elsewhere").signed_in()
    visitor, auditor = clinic.visitor(), clinic.signed_in("auditor")

    for path in paths(version):
        assert stranger.get(path).status_code == 404
        assert visitor.get(path).status_code == 302
        assert auditor.get(path).status_code == 403
    assert clinic.signed_in().get(f"/plans/{uuid4()}/copy").status_code == 404


def test_the_patients_copy_says_what_to_take_and_what_never_to_do(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    version = agree(clinic, patient)

    answer = person.get(f"/plans/{version.id}/copy")

    page, words = answer.get_data(as_text=True), words_of(answer)
    assert "Stay on each line until the next one begins" in words
    for heading in (section.heading for section in clinic.runtime.wording.leaflet):
        assert heading in words
    assert "To dance <again>" in words
    assert "<again>" not in page
    assert "01632 960123" in words
    assert "{" not in words
    address = next(r.address for r in clinic.runtime.wording.resources if r.key == TEN_FOOTSTEPS)
    assert address in words


def test_tablets_are_drawn_with_their_strength(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register())

    page = clinic.signed_in().get(f"/plans/{version.id}/copy").get_data(as_text=True)

    drawn = re.findall(r'class="unit".*?>(\d+)</text>', page)
    assert drawn == ["60", "60", "60", "30", "15", "30", "15", "30", "15"]


def test_a_medicine_that_is_not_in_the_list_is_printed_without_tablets(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register(), product=None)
    person = clinic.signed_in()

    page = person.get(f"/plans/{version.id}/copy").get_data(as_text=True)

    assert 'class="unit"' not in page
    assert "60 mg" in page
    assert "Prescriptions" not in person.get(f"/plans/{version.id}/for/gp.txt").get_data(
        as_text=True
    )


def test_the_calendar_shows_every_day_with_its_dose(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register())

    page = clinic.signed_in().get(f"/plans/{version.id}/copy").get_data(as_text=True)

    days = doses_by_day(page)
    assert len(days) >= 29
    assert (days[0], days[14], days[28]) == ("60 · 60", "60 · 45", "45 · 45")
    assert "The calendar ends here." not in page
    assert page.count('class="changes"') == 2


def test_a_long_plans_calendar_ends_after_twelve_weeks(clinic: Clinic) -> None:
    long = [(28 * n, str(60 - 5 * n), str(60 - 5 * n)) for n in range(12)]
    version = agree(clinic, clinic.register(), *long)

    page = clinic.signed_in().get(f"/plans/{version.id}/copy").get_data(as_text=True)

    assert len(re.findall(r'class="date"', page)) == 12 * 7
    assert "The calendar ends here." in page
    assert "Swallow each one whole." in page


@pytest.mark.parametrize("reader", READERS)
def test_the_others_read_version_marks_quantities_and_whom_to_ring(
    clinic: Clinic, reader: str
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    first = agree(clinic, patient)
    second = agree(
        clinic, patient, (0, "60", "60"), (28, "60", "45"), (56, "45", "45"), based_on=first
    )

    page = words_of(person.get(f"/plans/{second.id}/for/{reader}"))
    text = person.get(f"/plans/{second.id}/for/{reader}.txt").get_data(as_text=True)

    for said in (
        "Version 2, written by Pharmacist Person",
        "It replaces version 1.",
        "Patient: said yes",
        "Prescriber: said yes",
        "SNOMED CT 373529000, substance",
        "60 mg".replace("60", "120") + " a day instead of 105",
        "56 × 60 mg",
        "01632 960123",
        "999 000 0018",
    ):
        assert said in page, said
    assert "56 x 60 mg" in text
    assert "replaces version 1" in text
    assert ("Like oral morphine" in page) is (reader == "gp")
    assert "<" not in text


def test_prescriptions_may_be_for_thirty_days(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register(), (0, "60", "60"), (60, "45", "45"))
    person = clinic.signed_in()

    usual = words_of(person.get(f"/plans/{version.id}/for/pharmacy"))
    longer = words_of(person.get(f"/plans/{version.id}/for/pharmacy?days=30"))
    odd = words_of(person.get(f"/plans/{version.id}/for/pharmacy?days=90"))

    assert "56 × 60 mg" in usual
    assert "60 × 60 mg" in longer
    assert odd == usual


def test_what_is_not_agreed_or_on_hold_says_so_first(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    proposed = agree(clinic, patient, marks=False)

    page = words_of(person.get(f"/plans/{proposed.id}/copy"))
    text = person.get(f"/plans/{proposed.id}/for/gp.txt").get_data(as_text=True)
    agreed = agree(clinic, patient, based_on=proposed)
    person.post(f"/patients/{patient.id}/hold")
    held = words_of(person.get(f"/plans/{agreed.id}/copy"))
    held_text = person.get(f"/plans/{agreed.id}/for/gp.txt").get_data(as_text=True)

    assert "This version is not agreed: it is not to be followed." in page
    assert "NOT AGREED, NOT TO BE FOLLOWED" in text
    assert "On hold: the dose stays" in held
    assert "45 mg" not in held, "what a hold keeps away is not shown as if it came"
    assert "ON HOLD, THE DOSE STAYS" in held_text


def test_a_copy_of_a_held_plan_shows_the_held_dose_long_after_later_cuts_were_due(
    clinic: Clinic,
) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    version = agree(clinic, patient)
    person.post(f"/patients/{patient.id}/hold")
    clinic.runtime.clock.advance(timedelta(days=40))
    person = clinic.signed_in()  # the sessions of before have ended

    page = person.get(f"/plans/{version.id}/copy").get_data(as_text=True)
    text = person.get(f"/plans/{version.id}/for/pharmacy.txt").get_data(as_text=True)
    patients_page = words_of(person.get(f"/patients/{patient.id}"))

    assert set(doses_by_day(page)) == {"60 · 60"}
    assert page.count('class="now"') == 1
    assert "45 mg" not in page + text
    assert "56 x 60 mg" in text, "and the held dose is what is prescribed"
    assert "Today: 120 mg" in patients_page
    assert "(now) 60 60 120 mg" in patients_page


def test_after_a_hold_the_others_read_what_was_taken_and_of_no_rise(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    first = agree(clinic, patient)
    person.post(f"/patients/{patient.id}/hold")
    clinic.runtime.clock.advance(timedelta(days=20))
    person = clinic.signed_in()  # the sessions of before have ended
    second = agree(clinic, patient, (0, "60", "60"), (30, "45", "45"), based_on=first)

    page = words_of(person.get(f"/plans/{second.id}/for/gp"))

    assert "It replaces version 1." in page
    assert "It begins with more" not in page
    assert "instead of 105" not in page


def test_a_calendar_names_nothing_and_moves_what_an_older_one_put_in(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    first = agree(clinic, patient)
    second = agree(clinic, patient, (0, "60", "60"), (30, "45", "45"), based_on=first)

    def events(version: PlanVersion) -> dict[str, tuple[date, int]]:
        answer = person.get(f"/plans/{version.id}/calendar.ics")
        calendar = Calendar.from_ical(answer.get_data())
        assert {str(e["summary"]) for e in calendar.walk("VEVENT")} == {
            "Look at your plan",
            "Talk with your team",
        }
        return {
            str(e["uid"]): (e.decoded("dtstart"), int(e.decoded("sequence")))
            for e in calendar.walk("VEVENT")
        }

    old, new = events(first), events(second)

    assert new.keys() < old.keys()
    today = clinic.runtime.clock.now().date()
    step = next(uid for uid in new if "step-1" in uid)
    assert (old[step], new[step]) == (
        (today + timedelta(days=14), 1),
        (today + timedelta(days=30), 2),
    )


def test_a_letter_invites_and_names_no_medicine(clinic: Clinic) -> None:
    patient, person = clinic.register(), clinic.signed_in()
    version = agree(clinic, patient)
    other = agree(clinic, patient, based_on=version, review_in=None)

    dated = words_of(person.get(f"/plans/{version.id}/letter"))
    undated = words_of(person.get(f"/plans/{other.id}/letter"))

    assert "We would like to talk with you on" in dated
    assert "Please ring us, so that we can find a day" in undated
    assert "morphine" not in dated
    assert "mg" not in dated


def test_every_drawn_tablet_carries_its_own_colours(clinic: Clinic) -> None:
    # A PDF takes no style sheet into a drawing: without these a tablet is a black blot.
    version = agree(clinic, clinic.register())

    page = clinic.signed_in().get(f"/plans/{version.id}/copy").get_data(as_text=True)

    shapes = re.findall(r"<(?:ellipse|rect) [^>]*>", page)
    lines = re.findall(r"<(?:path|line) [^>]*>", page)
    assert shapes
    assert lines
    assert all('fill="#fff" stroke="#000"' in shape for shape in shapes)
    assert all("stroke=" in line for line in lines)


def test_a_pdf_is_a_pdf_and_its_name_says_nothing(clinic: Clinic) -> None:
    version = agree(clinic, clinic.register())

    answer = clinic.signed_in().get(f"/plans/{version.id}/copy.pdf?large=1")

    assert answer.get_data()[:5] == b"%PDF-"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'


def test_without_the_extra_pages_print_and_nothing_offers_a_pdf(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, person = agree(clinic, clinic.register()), clinic.signed_in()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    assert "As PDF" not in words_of(person.get(f"/plans/{version.id}/copy"))
    assert person.get(f"/plans/{version.id}/copy.pdf").status_code == 404


def test_a_page_for_paper_fetches_nothing() -> None:
    with pytest.raises(pdf.FetchError, match="asks for file"):
        pdf._refuse("file:///etc/passwd")


FORMS = [(drug, form) for drug in CATALOGUE for form in drug.forms if form.change_days]


@pytest.mark.parametrize(("drug", "form"), FORMS, ids=lambda each: each.name)
def test_a_patch_says_to_take_the_old_one_off(clinic: Clinic, drug: Drug, form: Form) -> None:
    patient, today = clinic.register(), clinic.runtime.clock.now().date()
    steps = tuple(
        Step(
            today + timedelta(days=2 * index * (form.change_days or 1)),
            DayDoses(form.unit, {TimeOfDay.PATCH: strength}),
        )
        for index, strength in enumerate(sorted(form.strengths, reverse=True))
    )
    actor, now = Actor.user(clinic.pharmacist_id), clinic.runtime.clock.now()
    with clinic.runtime.transactions.begin() as session:
        version = planning.propose(
            session,
            patient,
            PlanDraft(
                f"{drug.name} {form.name}", form.unit, steps, steps[-1].doses.total, "", "Dr A",
                product=Product(drug, form, form.strengths),
            ),
            actor=actor,
            now=now,
        )  # fmt: skip

    answer = clinic.signed_in().get(f"/plans/{version.id}/copy")
    page = words_of(answer)
    days = re.findall(r'class="date">.*?</span>(<span)?', answer.get_data(as_text=True))

    new = [index for index, numbered in enumerate(days) if numbered]
    assert {b - a for a, b in pairwise(new)} == {form.change_days}
    assert new[0] == today.weekday(), "from the day on which the plan starts"
    assert "Take the old patch off before you put a new one on." in page
    assert f"Change it every {form.change_days} days" in page


def test_one_tablet_is_no_tablets(clinic: Clinic) -> None:
    patient = clinic.register()
    counted = product_from("co-codamol", "tablet 30/500", "1")
    today, now = clinic.runtime.clock.now().date(), clinic.runtime.clock.now()
    steps = tuple(
        Step(
            today + timedelta(days=day),
            DayDoses(DoseUnit.TABLET, {TimeOfDay.MORNING: Decimal(amount)}),
        )
        for day, amount in ((0, 2), (7, 1))
    )
    with clinic.runtime.transactions.begin() as session:
        version = planning.propose(
            session,
            patient,
            PlanDraft(
                "co-codamol tablet 30/500", DoseUnit.TABLET, steps, Decimal(1), "", "Dr A",
                product=counted,
            ),
            actor=Actor.user(clinic.pharmacist_id),
            now=now,
        )  # fmt: skip
    person = clinic.signed_in()

    page = words_of(person.get(f"/plans/{version.id}/copy"))
    text = person.get(f"/plans/{version.id}/for/gp.txt").get_data(as_text=True)

    assert "2 tablets" in page
    assert "1 tablet " in page
    assert "1 tablets" not in page + text
    assert "14 tablets" in text


def answered(clinic: Clinic, patient: Patient, situation: Situation) -> None:
    with clinic.runtime.transactions.begin() as session:
        assessing.record(
            session,
            patient,
            situation,
            actor=Actor.user(clinic.pharmacist_id),
            now=clinic.runtime.clock.now(),
        )


def copies_for(clinic: Clinic, version: PlanVersion, reader: str) -> list[str]:
    person = clinic.signed_in()
    return [words_of(person.get(f"/plans/{version.id}/for/{reader}{end}")) for end in ("", ".txt")]


@pytest.mark.parametrize("reader", READERS)
def test_who_prescribes_and_who_supplies_are_told_what_makes_it_dangerous(
    clinic: Clinic, reader: str
) -> None:
    patient = clinic.register()
    codeine = other_from("codeine", "tablet", Decimal(60), as_needed=True)
    assert codeine is not None
    risks = frozenset({Risk.SEDATIVES, Risk.UNSTABLE_MENTAL_HEALTH})
    answered(clinic, patient, Situation(Use.OVER_A_YEAR, risks, (codeine,)))
    version = agree(clinic, patient)

    for copy in copies_for(clinic, version, reader):
        assert "Benzodiazepine, Z-drug, gabapentin or pregabalin; " in copy
        assert "other opioids: codeine tablet 60 mg as needed." in copy
        assert "Naloxone" in copy
        assert "breathing may stop" in copy
        assert "The numbers are for all steps that fall within" in copy
        assert "the step in force" not in copy
        # A pharmacy needs to know of no thoughts of suicide in order to supply.
        assert ("suicide" in copy) == (reader == "gp")


@pytest.mark.parametrize("reader", READERS)
def test_a_copy_says_that_nobody_has_asked_about_risks(clinic: Clinic, reader: str) -> None:
    version = agree(clinic, clinic.register())

    for copy in copies_for(clinic, version, reader):
        assert "Nobody has asked about sedatives, other opioids or other risks yet." in copy


def test_a_plan_of_many_steps_names_a_concern_of_each_kind_once(clinic: Clinic) -> None:
    doses = [(14 * number, str(60 - 15 * number), "0") for number in range(4)]
    version = agree(clinic, clinic.register(), *doses)

    with clinic.runtime.transactions.reading() as session:
        made = plan_copy(session, version, clinic.runtime.clock.now(), days=28)
    rules = [concern.rule for concern in made.concerns]
    assert "PLAN-07" in rules
    assert len(rules) == len(set(rules))
