"""The main job in a real browser: a pharmacist, a patient and a nurse, from plan to alert."""

from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from companion.demo.house import NURSE, PASSWORD, PHARMACIST, PRESCRIBER
from tests.rigs.browser import Window, window

PATIENT = {
    "first_name": "Nora",
    "last_name": "Field",
    "born_on-day": "27",
    "born_on-month": "3",
    "born_on-year": "1962",
    "nhs_number": "999 000 0094",
    "phone": "07700 900099",
    "address": "2 Mill Lane, Riverside",
    "emergency_contact": "A brother, 01632 960112",
    "baseline_pain": "5",
    "consent_asked_by": "Priya Shah",
    "consent_how": "In clinic, spoken",
    "consent_asked_on-day": "2",
    "consent_asked_on-month": "11",
    "consent_asked_on-year": "2026",
}


def sign_in(at: Window, email: str) -> None:
    at.open("/sign-in")
    at.fill({"email": email, "password": PASSWORD})
    at.follow(at.page.locator("main").get_by_role("button", name="Sign in"))


def given_a_registered_patient(pharmacist: Window) -> None:
    sign_in(pharmacist, PHARMACIST)
    pharmacist.press("Register a patient")
    pharmacist.fill(PATIENT)
    pharmacist.press("Register and text the phone")
    assert "one of the digits is wrong" in pharmacist.words()
    assert pharmacist.page.locator("#first_name").input_value() == "Nora"
    pharmacist.look("register-fault")

    pharmacist.fill({"nhs_number": "999 000 0093"})
    pharmacist.press("Register and text the phone")
    assert "Waiting for the phone to be confirmed" in pharmacist.words()


def given_the_phone_is_confirmed(patient: Window) -> None:
    patient.open("/phone")
    patient.look("phones")
    patient.press("Nora Field")
    assert patient.comes_to_say("Hello from")
    assert "medicine" not in patient.page.locator(".tc-phone__texts").inner_text()
    text(patient, "1")
    assert "Thank you. We'll text you" in patient.words()


def text(patient: Window, body: str) -> None:
    """Send a text, and wait for the answer: the next text is about that one."""
    patient.fill({"body": body})
    patient.press("Send")
    newest = patient.page.locator("#newest")
    assert patient.comes_to(lambda: "tc-bubble--theirs" in (newest.get_attribute("class") or ""))


def given_an_agreed_plan(pharmacist: Window, starts_on: date) -> None:
    first_cut_on = starts_on + timedelta(days=10)
    pharmacist.press("Ask about risk")
    pharmacist.page.get_by_label("Three months to a year").check()
    pharmacist.page.get_by_label("Sleep apnoea or lung disease").check()
    pharmacist.look("risk")
    pharmacist.press("Save")
    assert "Local service" in pharmacist.words()
    pharmacist.press("Write a plan")
    pharmacist.look("plan")
    pharmacist.choose("product", "morphine|modified-release tablet")
    pharmacist.fill(
        {
            "morning": "60",
            "evening": "60",
            "starts_on-day": str(starts_on.day),
            "starts_on-month": str(starts_on.month),
            "starts_on-year": str(starts_on.year),
            "pace_cut": "10",
            "pace_every_days": "14",
            "first_cut_on-day": str(first_cut_on.day),
            "first_cut_on-month": str(first_cut_on.month),
            "first_cut_on-year": str(first_cut_on.year),
            "goal": "60",
            "goal_words": "To walk the dog without a fog in my head.",
            "prescriber": "Dr Anna Lindqvist",
        }
    )
    with pharmacist.page.expect_navigation():
        pharmacist.page.locator("#prescriber").press("Enter")  # as people do; no pace's button
    assert pharmacist.page.locator("svg.tc-chart").is_visible()
    assert "110 mg" in pharmacist.words()
    assert "Think about" in pharmacist.words()
    pharmacist.look("plan-preview")
    pharmacist.press("Propose this plan")
    assert "Say why this plan is right all the same" in pharmacist.words()
    pharmacist.fill({"reasons": "She wants it, and has the tablets at home."})
    pharmacist.press("Propose this plan")
    pharmacist.page.locator("#how-patient").fill("in clinic")
    pharmacist.press("Record: patient agrees")
    assert "Dr Anna Lindqvist, or another prescriber, signs in" in pharmacist.words()


def given_the_prescriber_agrees(prescriber: Window) -> None:
    sign_in(prescriber, PRESCRIBER)
    prescriber.press("Patients")
    prescriber.press("Nora Field")
    prescriber.page.locator("#how-prescriber").fill("after reading the notes")
    prescriber.press("Mark: I agree as the prescriber")
    assert "Agreed plan" in prescriber.words()


def when_the_check_in_is_answered(patient: Window) -> None:
    for button in ("1 day on", "1 day on", "1 hour on"):
        patient.press(button)
    assert patient.comes_to_say("how bad is your pain now")
    text(patient, "quite bad")
    assert "Reply with just a number" in patient.words()
    text(patient, "8")
    text(patient, "3")
    text(patient, "about a 2 today")
    for answer in ("0", "1", "0", "8"):
        text(patient, answer)
    assert "Please don't take extra" in patient.words()
    text(patient, "HOLD")
    assert "the next change won't come" in patient.words()
    patient.look("phone")


def then_a_nurse_sees_why_and_acts(nurse: Window) -> None:
    sign_in(nurse, NURSE)
    assert "Nora Field" in nurse.words()
    nurse.look("today")
    card = nurse.page.locator(".tc-card", has_text="Nora Field")
    said = card.inner_text()
    assert "took more than agreed" in said
    assert "Coping 2 out of 10" in said
    assert "Asked to stay on this dose" in said

    nurse.follow(card.get_by_role("button").first)
    assert "Nick Byrne has this" in nurse.words()
    while nurse.page.locator(".tc-card", has_text="Nora Field").count():
        card = nurse.page.locator(".tc-card", has_text="Nora Field")
        nurse.follow(card.get_by_role("link", name="Record what happened", exact=False).first)
        nurse.page.get_by_label("Spoke to the patient").check()
        nurse.fill({"note": "Called. Better now, staying on this dose."})
        nurse.look("outcome")
        nurse.press("Save and close")
    assert "Nora Field" not in nurse.words()


def test_from_an_agreed_plan_to_a_nurse_who_acts(
    browser: Browser, origin: str, folder: Path
) -> None:
    pharmacist, prescriber, patient, nurse = (window(browser, origin, folder) for _ in range(4))

    given_a_registered_patient(pharmacist)
    given_the_phone_is_confirmed(patient)
    pharmacist.page.reload()
    today = pharmacist.page.locator(".tc-demo time").get_attribute("datetime") or ""
    given_an_agreed_plan(pharmacist, date.fromisoformat(today[:10]))
    given_the_prescriber_agrees(prescriber)
    when_the_check_in_is_answered(patient)
    then_a_nurse_sees_why_and_acts(nurse)
    pharmacist.press("Patients")
    pharmacist.look("patients")
    pharmacist.press("Nora Field")
    pharmacist.look("patient")
    assert "On hold since" in pharmacist.words()
    pharmacist.press("How this works")
    pharmacist.look("how-it-works")
    pharmacist.press("Texts and costs")
    assert "One segment costs" in pharmacist.words() or "No price is set" in pharmacist.words()
    pharmacist.look("costs")
    pharmacist.press("Sign out")
    pharmacist.look("sign-in")
    pharmacist.page.go_back()
    pharmacist.page.reload()

    assert "Nora Field" not in pharmacist.words()
    for at in (pharmacist, prescriber, patient, nurse):
        assert at.faults == []


def test_every_page_works_without_scripts(browser: Browser, origin: str, folder: Path) -> None:
    nurse = window(browser, origin, folder, scripts=False)

    sign_in(nurse, NURSE)
    nurse.follow(nurse.page.get_by_role("button", name="I have this", exact=False).first)

    assert "Nick Byrne has this" in nurse.words()
    assert nurse.faults == []
