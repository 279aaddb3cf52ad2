"""A patient's paper is in the patient's language, part by part, and no number is turned around."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from babel.dates import format_date
from icalendar import Calendar

from companion.core.doses import DoseUnit
from companion.core.product import product_from
from companion.store.database import Transactions
from companion.store.patients import Patient
from companion.store.plans import PlanVersion
from companion.web.copy_words import filled, isolated
from companion.web.sharing import READERS
from companion.wording import PLACEHOLDER, Wording
from tests.rigs.clinic import Clinic, open_clinic, runtime_for
from tests.rigs.translated import stand_in, translated_wording
from tests.web.test_sharing import agree

OLD_PATCH = "Take the old patch off before you put a new one on."
HOW_TO_READ = "Stay on each line until the next one begins. The numbers are for one day."


def clinic_with(transactions: Transactions, wording: Wording) -> Clinic:
    return open_clinic(runtime_for(transactions, wording))


@pytest.fixture
def clinic(sqlite: Transactions, tmp_path: Path) -> Clinic:
    return clinic_with(sqlite, translated_wording(tmp_path))


def speaking(clinic: Clinic, tag: str) -> Patient:
    """Return a patient of that language; drafts are not chosen on the page, so it is set here."""
    patient = clinic.register()
    with clinic.runtime.transactions.begin() as session:
        session.merge(patient).language = tag
    return patient


def copy_of(clinic: Clinic, version: PlanVersion, what: str = "copy") -> str:
    page = clinic.signed_in().get(f"/plans/{version.id}/{what}").get_data(as_text=True)
    return page.replace("&#39;", "'")


def part_of(page: str, words: str) -> str:
    """Return the opening tag of the part in which *words* stand."""
    before, _words, _after = page.split("<main>")[1].partition(words)
    opened: list[str] = re.findall(r'<(?:div|section|p)[^>]* lang="[^>]*>', before)
    return opened[-1]


def pieces(english: str) -> list[str]:
    """Return what stands between the values of a text, as far as it has letters."""
    return [piece for piece in PLACEHOLDER.split(english)[::2] if re.search(r"\w", piece)]


def test_a_copy_from_the_right_is_wholly_in_its_language(clinic: Clinic) -> None:
    version = agree(clinic, speaking(clinic, "he"))
    today = clinic.runtime.clock.now().date()

    page = copy_of(clinic, version)
    main = page.split("<main>")[1]

    assert '<html lang="he" dir="rtl">' in page
    assert 'lang="en-GB"' not in main
    for part in clinic.runtime.wording.copies:
        for english in part.texts.values():
            for piece in pieces(english)[:1]:
                if english.startswith(piece) and len(piece) > 8:
                    assert main.count(piece) == main.count(stand_in("he", piece)), english
    for heading in (stand_in("he", section.heading) for section in clinic.runtime.wording.leaflet):
        assert heading in main
    assert stand_in("he", HOW_TO_READ) in main
    assert f'<th scope="col">{stand_in("he", "Morning")}</th>' in main
    for day, pattern in ((0, "EEE d MMM yyyy"), (14, "EEE d MMM yyyy"), (14, "d MMM")):
        written = format_date(today + timedelta(days=day), pattern, locale="he")
        assert f'<bdi dir="rtl">{written}</bdi>' in main
    assert '<nav class="screen" lang="en-GB" dir="ltr"' in page, "staff read that"


def test_doses_and_numbers_keep_their_order_between_words_from_the_right(clinic: Clinic) -> None:
    page = copy_of(clinic, agree(clinic, speaking(clinic, "he")))

    assert '<bdi dir="ltr">120 mg</bdi>' in page
    assert '<bdi dir="ltr">60</bdi> · <bdi dir="ltr">45</bdi>' in page
    assert '<bdi dir="ltr" class="keep">01632 960123</bdi>' in page
    assert '<bdi dir="rtl">יום ב׳-יום ו׳ \u200e9:00-17:00</bdi>' in page
    assert '<bdi dir="ltr" class="keep">116 123</bdi>' in page, "from the translated text itself"
    assert '<bdi dir="ltr">morphine modified-release tablet</bdi>' in page
    assert not re.search(r"(?<!\">)\b01632 960123", page)
    picture = page.split('<figure class="tc-figure" dir="ltr">')[1].split("</figure>")[0]
    drawn = re.findall(r">([^<]*)</text>", picture)
    assert drawn
    assert all(re.fullmatch(r"[\d/]+", words) for words in drawn), "a PDF would turn words around"


def test_a_part_that_lacks_one_text_is_wholly_in_english(
    sqlite: Transactions, tmp_path: Path
) -> None:
    clinic = clinic_with(sqlite, translated_wording(tmp_path, left_out={HOW_TO_READ}))
    today = clinic.runtime.clock.now().date()

    page = copy_of(clinic, agree(clinic, speaking(clinic, "he")))

    assert '<html lang="en-GB" dir="ltr">' in page, "as the doses are"
    assert part_of(page, HOW_TO_READ) == '<section lang="en-GB" dir="ltr">'
    assert '<th scope="col">Morning</th>' in page
    assert format_date(today, "EEE d MMM yyyy", locale="en_GB") in page
    assert part_of(page, stand_in("he", "Whom to call")) == '<section lang="he" dir="rtl">'
    assert part_of(page, stand_in("he", "My plan")) == '<div lang="he" dir="rtl">'
    assert stand_in("he", "Printed on ") in page


def test_a_translation_that_lost_a_value_is_not_used(sqlite: Transactions, tmp_path: Path) -> None:
    wrong = {"Version {number}.": "Versio.", "{team}: {team_phone}, {hours}.": "{team} {telefon}"}
    clinic = clinic_with(sqlite, translated_wording(tmp_path, instead=wrong))

    page = copy_of(clinic, agree(clinic, speaking(clinic, "fi")))

    assert part_of(page, "Whom to call") == '<section lang="en-GB" dir="ltr">'
    assert "Version <bdi" in page
    assert "01632 960123" in page
    assert stand_in("fi", HOW_TO_READ) in page


def test_days_are_named_in_the_language(clinic: Clinic) -> None:
    version = agree(clinic, speaking(clinic, "fi"))
    monday = clinic.runtime.clock.now().date()
    monday -= timedelta(days=monday.weekday())

    page = copy_of(clinic, version)

    week = [format_date(monday + timedelta(days=n), "EEE", locale="fi") for n in range(7)]
    assert week[0] == "ma"
    assert re.findall(r'<th scope="col">(\w\w)</th>', page) == week
    month = format_date(version.starts_on, "MMM", locale="fi")
    assert month in page.split("<figure")[1].split("</figure>")[0], "under the picture too"


def test_the_warning_about_patches_is_in_the_language(clinic: Clinic) -> None:
    patches = product_from("buprenorphine", "7-day patch", "5 10 15 20")
    version = agree(
        clinic, speaking(clinic, "he"), (0, "20"), (14, "10"), (28, "0"),
        product=patches, unit=DoseUnit.MICROGRAM_PER_HOUR,
    )  # fmt: skip

    page = copy_of(clinic, version)

    assert stand_in("he", OLD_PATCH) in page
    assert stand_in("he", 'Change it every <bdi dir="ltr">7</bdi> days') in page
    assert stand_in("he", "A number marks a day") in page
    assert stand_in("he", "From the last line on you take none.") in page
    assert '<bdi dir="ltr">20 microgram/hour</bdi>' in page


def test_warnings_and_letter_and_calendar_are_in_the_language(clinic: Clinic) -> None:
    patient = speaking(clinic, "he")
    proposed = agree(clinic, patient, marks=False)

    copy, letter = copy_of(clinic, proposed), copy_of(clinic, proposed, "letter")
    answer = clinic.signed_in().get(f"/plans/{proposed.id}/calendar.ics")
    titles = {str(e["summary"]) for e in Calendar.from_ical(answer.get_data()).walk("VEVENT")}

    warning = stand_in("he", "This version is not agreed: it is not to be followed.")
    assert warning in copy
    assert warning in letter
    assert '<html lang="he" dir="rtl">' in letter
    assert stand_in("he", 'Dear <bdi dir="ltr">Ada</bdi>,') in letter
    review = format_date(proposed.review_on, "EEE d MMM yyyy", locale="he")
    assert f'<bdi dir="rtl">{review}</bdi>' in letter
    assert titles == {stand_in("he", "Look at your plan"), stand_in("he", "Talk with your team")}


def test_a_hold_is_told_in_the_language(clinic: Clinic) -> None:
    patient = speaking(clinic, "fi")
    version = agree(clinic, patient)
    clinic.signed_in().post(f"/patients/{patient.id}/hold")

    assert stand_in("fi", "On hold: the dose stays") in copy_of(clinic, version)


@pytest.mark.parametrize("reader", READERS)
def test_gp_practice_and_pharmacy_read_english(clinic: Clinic, reader: str) -> None:
    version = agree(clinic, speaking(clinic, "he"))

    page = copy_of(clinic, version, f"for/{reader}")

    assert '<html lang="en-GB" dir="ltr">' in page
    assert "ש" not in page + copy_of(clinic, version, f"for/{reader}.txt")


def test_a_copy_from_the_right_becomes_a_pdf(clinic: Clinic) -> None:
    version = agree(clinic, speaking(clinic, "he"))

    answer = clinic.signed_in().get(f"/plans/{version.id}/copy.pdf?large=1")

    assert answer.get_data()[:5] == b"%PDF-"


def test_what_is_put_in_is_escaped_and_kept_in_its_direction() -> None:
    assert filled("{name} & {day}", name="<b>", day="יום 4") == (
        '<bdi dir="ltr">&lt;b&gt;</bdi> &amp; <bdi dir="rtl">יום 4</bdi>'
    )
    assert filled("Ring 116 123, or 999.") == (
        'Ring <bdi dir="ltr" class="keep">116 123</bdi>, or 999.'
    )
    assert isolated("2.5 mg") == '<bdi dir="ltr">2.5 mg</bdi>'
