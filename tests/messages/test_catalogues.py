"""The templates that translators work from hold every sentence, and no other."""

from pathlib import Path

from babel.messages.catalog import Catalog

from companion.catalogues import ids_in, main, patient_catalogue, staff_catalogue
from companion.wording import Wording

TRANSLATIONS = Path(__file__).parents[2] / "translations"


def ids_of(catalogue: Catalog) -> set[str]:
    return {str(message.id) for message in catalogue if message.id}


def test_the_template_for_patients_is_up_to_date(wording: Wording) -> None:
    assert ids_of(patient_catalogue(wording)) == ids_in(TRANSLATIONS / "patient.pot"), (
        "type: make translations"
    )


def test_the_template_for_staff_is_up_to_date() -> None:
    assert ids_of(staff_catalogue()) == ids_in(TRANSLATIONS / "staff.pot"), (
        "type: make translations"
    )


def test_a_translator_is_told_what_each_text_is_for(wording: Wording) -> None:
    catalogue = patient_catalogue(wording)

    for text in wording.texts.values():
        message = catalogue[text.english]
        assert message is not None
        assert f"{text.key}: {text.note}" in message.auto_comments[0]


def test_templates_are_written_where_they_are_asked_for(tmp_path: Path, wording: Wording) -> None:
    main(tmp_path / "new")

    assert ids_in(tmp_path / "new" / "patient.pot") == ids_of(patient_catalogue(wording))
    assert ids_in(tmp_path / "new" / "staff.pot") == ids_of(staff_catalogue())
