"""Three plans that a pain pharmacist meets every week, from the first question to the copy.

180 mg of Zomorph with codeine as needed; a fentanyl patch of 50; eight co-codamol a day. Each
is asked about, planned, agreed, held, slowed and printed in a real browser.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from companion.core.numbers import example_nhs_number
from companion.demo.house import PHARMACIST, PRESCRIBER
from tests.journeys.test_main_job import PATIENT, sign_in, text
from tests.rigs.browser import Window, window


@dataclass(frozen=True)
class Case:
    """One patient: what they take, and at what pace they come down."""

    name: str
    product: str
    doses: dict[str, str]
    pace: str
    risks: tuple[str, ...] = ()
    others: dict[str, str] = field(default_factory=dict)
    strengths: str = ""
    says: tuple[str, ...] = ()
    """What stands on the page of steps."""
    printed: tuple[str, ...] = ()
    """What stands on the patient's copy."""


CASES = (
    Case(
        "Zoe",
        "morphine|modified-release capsule",
        {"morning": "90", "evening": "90"},
        "opioids-aware",
        risks=("Sleep apnoea or lung disease",),
        others={"others-0-product": "codeine|tablet", "others-0-daily": "60"},
        strengths="10, 30, 60, 100, 200",
        says=("codeine tablet. All together: about 186 mg", "120 mg (Faculty of Pain Medicine"),
        printed=("morphine modified-release capsule", "90 mg"),
    ),
    Case(
        "Fenella",
        "fentanyl|72-hour patch",
        {"patch": "50"},
        "slower",
        says=("About 120 mg of oral morphine a day", "One rung deeper than the pace"),
        printed=("Take the old patch off before you put a new one on.", "every 3 days"),
    ),
    Case(
        "Coco",
        "co-codamol|tablet 30/500",
        {"morning": "2", "midday": "2", "evening": "2", "night": "2"},
        "long-use",
        says=("One rung deeper than the pace",),
        printed=("2 tablets",),
    ),
)


def registered(pharmacist: Window, patient: Window, case: Case, number: int) -> None:
    pharmacist.press("Register a patient")
    pharmacist.fill(
        {
            **PATIENT,
            "first_name": case.name,
            "nhs_number": example_nhs_number(50 + number),
            "phone": f"07700 90008{number}",
        }
    )
    pharmacist.page.get_by_label("Wants detailed texts, which may name medicines").check()
    pharmacist.press("Register and text the phone")
    patient.open("/phone")
    patient.press(f"{case.name} Field")
    assert patient.comes_to_say("Hello from")
    text(patient, "1")
    pharmacist.page.reload()


def asked_about_risk(pharmacist: Window, case: Case) -> None:
    pharmacist.press("Ask about risk")
    pharmacist.page.get_by_label("More than a year").check()
    for risk in case.risks:
        pharmacist.page.get_by_label(risk).check()
    for name, value in case.others.items():
        if name.endswith("product"):
            pharmacist.choose(name, value)
        else:
            pharmacist.fill({name: value})
            pharmacist.page.get_by_label("Taken as needed").first.check()
    pharmacist.press("Save")


def proposed(pharmacist: Window, case: Case, today: date) -> None:
    pharmacist.press("Write a plan")
    pharmacist.choose("product", case.product)
    pharmacist.fill(
        {
            **case.doses,
            "strengths": case.strengths,
            "starts_on-day": str(today.day),
            "starts_on-month": str(today.month),
            "starts_on-year": str(today.year),
            "goal_words": "To be there for the people I love.",
            "prescriber": "Dr Anna Lindqvist",
        }
    )
    pharmacist.page.get_by_text("Paces that guidance names").click()
    pharmacist.follow(pharmacist.page.locator(f"button[value='{case.pace}']"))
    pharmacist.press("Show the steps")
    for said in case.says:
        assert said in pharmacist.words(), said
    pharmacist.look(f"steps-{case.name.lower()}")
    pharmacist.fill({"reasons": "She chose it, and knows that she may stop at any time."})
    pharmacist.press("Propose this plan")
    assert "Proposed, waiting for agreement" in pharmacist.words()


def agreed(pharmacist: Window, prescriber: Window, patient: Window, case: Case) -> None:
    pharmacist.press("Text a code for agreeing")
    assert patient.comes_to_say("by replying")
    code = re.findall(r"by replying (\d{3} \d{3})", patient.words())[-1]
    text(patient, code)
    assert "we have noted that you agree" in patient.words()
    prescriber.press("Patients")
    prescriber.press(f"{case.name} Field")
    prescriber.page.locator("#how-prescriber").fill("after reading the notes")
    prescriber.press("Mark: I agree as the prescriber")
    assert "Agreed plan" in prescriber.words()


def held_and_slowed(pharmacist: Window, patient: Window, case: Case) -> None:
    text(patient, "PLAN")
    assert "Your plan says for today:" in patient.words()
    text(patient, "HOLD")
    text(patient, "PLAN")
    assert "No change will come until we have agreed one with you." in patient.words()
    text(patient, "SLOWER")
    assert "Nothing changes yet." in patient.words()
    pharmacist.page.reload()
    words = pharmacist.words()
    assert "On hold since" in words
    assert "The patient asks to go slower" in words
    asked_about_risk_again(pharmacist)
    pharmacist.look(f"slower-{case.name.lower()}")
    pharmacist.press("Propose this")
    assert "Proposed, waiting for agreement" in pharmacist.words()


def asked_about_risk_again(pharmacist: Window) -> None:
    pharmacist.press("Ask about risk again")
    pharmacist.press("Save")


def printed(pharmacist: Window, case: Case) -> None:
    pharmacist.press("for the patient")
    for said in case.printed:
        assert said in pharmacist.words(), said
    pharmacist.look(f"copy-{case.name.lower()}")
    pharmacist.press("Large print")
    pharmacist.press("Back to the patient")
    for reader, heading in (
        ("GP practice", "for the GP practice"),
        ("pharmacy", "for the pharmacy"),
    ):
        pharmacist.press(f"for the {reader}")
        assert f"Opioid reduction plan {heading}" in pharmacist.words()
        pharmacist.look(f"{reader.split()[0].lower()}-{case.name.lower()}")
        pharmacist.press("Back to the patient")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n].name)
def test_a_plan_is_asked_about_planned_agreed_held_slowed_and_printed(
    browser: Browser, origin: str, folder: Path, number: int
) -> None:
    case = CASES[number]
    pharmacist, prescriber, patient = (window(browser, origin, folder) for _ in range(3))
    sign_in(pharmacist, PHARMACIST)
    sign_in(prescriber, PRESCRIBER)
    today = pharmacist.page.locator(".tc-demo time").get_attribute("datetime") or ""

    registered(pharmacist, patient, case, number)
    asked_about_risk(pharmacist, case)
    proposed(pharmacist, case, date.fromisoformat(today[:10]))
    agreed(pharmacist, prescriber, patient, case)
    pharmacist.page.reload()
    held_and_slowed(pharmacist, patient, case)
    printed(pharmacist, case)

    for at in (pharmacist, prescriber, patient):
        assert at.faults == []
