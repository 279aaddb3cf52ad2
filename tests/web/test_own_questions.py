"""Questions of an organisation's own, as its people add them."""

from tests.rigs.clinic import Clinic, words_of

WALKS = {
    "name": "Walks",
    "kind": "number",
    "low": "0",
    "high": "20",
    "protocols": "taper",
    "text-en-GB": "How often did you walk? Reply with a number.",
}


def test_one_is_added_listed_and_taken_away(clinic: Clinic) -> None:
    nurse = clinic.signed_in("follow-up")

    added = nurse.post("/own-questions/", **WALKS)
    page = nurse.get("/own-questions/")
    text = page.get_data(as_text=True)
    address = text.split('action="/own-questions/')[1].split('"')[0]
    nurse.post(f"/own-questions/{address}")

    assert added.status_code == 302
    assert "Walks (A number, 0–20): While an agreed plan runs" in words_of(page)
    assert "None yet." in words_of(nurse.get("/own-questions/"))


def test_it_stands_in_the_preview_of_whatever_asks_it_and_in_no_other(clinic: Clinic) -> None:
    nurse = clinic.signed_in("follow-up")
    nurse.post("/own-questions/", **WALKS)

    while_tapering = words_of(nurse.get("/conversations/taper/en-GB"))
    on_hold = words_of(nurse.get("/conversations/hold/en-GB"))

    assert "Your own questions, asked after the others" in while_tapering
    assert "How often did you walk? Reply with a number." in while_tapering
    assert "Your own questions" not in on_hold


def test_what_cannot_be_asked_is_said_and_kept_in_the_form(clinic: Clinic) -> None:
    answer = clinic.signed_in("follow-up").post("/own-questions/", **{**WALKS, "high": "0"})

    assert answer.status_code == 422
    assert "must go up" in words_of(answer)
    assert "How often did you walk?" in answer.get_data(as_text=True)


def test_what_is_not_theirs_is_not_found(clinic: Clinic) -> None:
    patient = clinic.register()

    nurse = clinic.signed_in("follow-up")

    assert nurse.post(f"/own-questions/{patient.id}/withdraw").status_code == 404
