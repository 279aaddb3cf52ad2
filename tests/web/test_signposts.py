"""Signposts on the page: the list, a place of one's own, and one sent by hand."""

from companion.store import signposts
from tests.rigs.clinic import Clinic, words_of

WALKS = {
    "title": "Riverside walks",
    "address": "walks.example.org",
    "topic": "people",
    "language": "en-GB",
    "discreet": "y",
}


def test_a_place_of_ones_own_is_added_shown_and_taken_away(clinic: Clinic) -> None:
    nurse = clinic.signed_in("follow-up")

    added = nurse.post("/signposts", **WALKS)
    page = words_of(nurse.get("/signposts"))
    with clinic.runtime.transactions.reading() as session:
        place = signposts.local_of(session, clinic.organisation_id)[0]
    nurse.post(f"/signposts/{place.id}/withdraw")

    assert added.status_code == 302
    assert "Riverside walks" in page
    assert "Company and groups" in page
    assert "Ten Footsteps, 1" in page
    assert "published, not opened" in page
    assert "Riverside walks" not in words_of(nurse.get("/signposts"))


def test_a_name_with_signs_of_html_is_shown_as_it_is_written(clinic: Clinic) -> None:
    nurse, patient = clinic.signed_in("follow-up"), clinic.register()
    nurse.post("/signposts", **{**WALKS, "title": "</select><h1>Walks & <b>talks"})

    page = nurse.get(f"/patients/{patient.id}/signpost").get_data(as_text=True)

    assert "&lt;/select&gt;&lt;h1&gt;Walks &amp; &lt;b&gt;talks" in page
    assert "<h1>Walks" not in page
    assert "&amp;amp;" not in page


def test_a_place_that_will_not_fit_is_said_beside_its_field(clinic: Clinic) -> None:
    answer = clinic.signed_in("follow-up").post("/signposts", **{**WALKS, "title": "x" * 50})

    assert answer.status_code == 422
    assert "too long for a text" in words_of(answer)


def test_another_organisations_place_cannot_be_taken_away(clinic: Clinic) -> None:
    patient = clinic.register()

    answer = clinic.signed_in("follow-up").post(f"/signposts/{patient.id}/withdraw")

    assert answer.status_code == 404


def test_one_is_sent_by_hand_and_stands_on_the_page(clinic: Clinic) -> None:
    patient = clinic.register()
    nurse = clinic.signed_in("follow-up")

    answer = nurse.post(f"/patients/{patient.id}/signpost", resource="pain-toolkit")
    nurse.post(f"/patients/{patient.id}/signpost", resource="lost")
    page = words_of(nurse.get(f"/patients/{patient.id}/signpost"))

    assert answer.status_code == 302
    assert "The Pain Toolkit," in page
    assert "by hand" in page
    assert page.count("by hand") == 1


def test_what_names_a_medicine_is_not_offered_to_who_wants_none_named(clinic: Clinic) -> None:
    patient = clinic.register()
    nurse = clinic.signed_in("follow-up")

    page = words_of(nurse.get(f"/patients/{patient.id}/signpost"))
    refused = nurse.post(f"/patients/{patient.id}/signpost", resource="hull-reducing")

    assert "an NHS leaflet" not in page
    assert refused.status_code == 422


def test_who_gets_no_texts_is_sent_none(clinic: Clinic) -> None:
    patient = clinic.register(confirmed=False)

    nurse = clinic.signed_in("follow-up")
    answer = nurse.post(f"/patients/{patient.id}/signpost", resource="pain-toolkit")

    assert "Texts are off for this patient" in words_of(nurse.get(answer.location))
