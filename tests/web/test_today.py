"""Today: who needs somebody, and what is done about it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.test import TestResponse

from companion import ticking
from companion.clock import real_now
from companion.core.numbers import show_phone
from companion.core.people import Pathway
from companion.core.triage import Finding, help_finding, service_finding
from companion.core.urgency import Urgency
from companion.mail import Letter, NotMailed, SimulatedMailer
from companion.services import alerting, receiving
from companion.store import accounts, alerts, audit, organisations, patients, rota
from companion.store.accounts import RoleName, User
from companion.store.alerts import Alert, AlertState
from companion.store.audit import AuditEntry
from companion.store.patients import Patient
from tests.rigs.clinic import HASH, Clinic, Person, words_of


def alert(clinic: Clinic, patient: Patient | None, finding: Finding) -> Alert:
    with clinic.runtime.transactions.begin() as session:
        return alerting.raise_alert(
            session,
            organisation_id=clinic.organisation_id,
            team_id=patient.team_id if patient else None,
            patient_id=patient.id if patient else None,
            finding=finding,
            now=clinic.runtime.clock.now(),
        )


def alert_again(clinic: Clinic, one: Alert) -> Alert:
    with clinic.runtime.transactions.begin() as session:
        found = alerts.alert_of(session, clinic.scope, one.id)
        assert found is not None
        return found


def record(person: Person, one: Alert, **fields: Any) -> TestResponse:
    """Send the form that records what came of an alert, as its page has it now."""
    page = person.get(f"/alerts/{one.id}/outcome").get_data(as_text=True)
    return person.post(f"/alerts/{one.id}/outcome", **shown(page), **fields)


def shown(page: str) -> dict[str, str]:
    """Return what the page of an alert says of how much was shown."""
    return dict(re.findall(r'name="(seen-[^"]+)" value="([^"]+)"', page))


def add_elsewhere(clinic: Clinic) -> User:
    """Add somebody of another team, who signs in as ``elsewhere``."""
    with clinic.runtime.transactions.begin() as session:
        team = organisations.add_team(
            session, clinic.organisation_id, name="others", phone="1", hours="never"
        )
        return accounts.add_user(
            session,
            clinic.organisation_id,
            email=f"elsewhere@{clinic.organisation_id}.example",
            name="Else Where",
            password_hash=HASH,
            roles=[RoleName.FOLLOW_UP],
            team_ids=[team.id],
            now=clinic.runtime.clock.now(),
        )


def test_a_cover_from_another_team_sees_whom_they_are_told_of(clinic: Clinic) -> None:
    patient, cover = clinic.register(), add_elsewhere(clinic)
    one = alert(clinic, patient, help_finding())
    person = clinic.signed_in("elsewhere")
    before = person.get(f"/alerts/{one.id}/outcome").status_code
    today = clinic.runtime.clock.now().date()
    with clinic.runtime.transactions.begin() as session:
        nurse = session.get_one(User, clinic.nurse_id)
        rota.add_absence(session, nurse, first_day=today, last_day=today, cover=cover)

    assert before == 404
    assert "Texted HELP" in words_of(person.get("/"))
    assert person.get(f"/alerts/{one.id}/outcome").status_code == 200
    assert person.get(f"/patients/{patient.id}").status_code == 200
    with clinic.runtime.transactions.reading() as session:
        entries = audit.entries_about(session, clinic.scope, patient.id)
    assert ("patient viewed", str(cover.id)) in [(e.action, e.actor) for e in entries]


def test_an_emergency_that_everybody_was_told_of_stands_on_everybodys_today(
    clinic: Clinic,
) -> None:
    patient = clinic.register()
    add_elsewhere(clinic)
    one = alert(clinic, patient, Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    person = clinic.signed_in("elsewhere")
    ticking.tell_people(clinic.runtime)
    told_the_team = words_of(person.get("/"))
    clinic.runtime.clock.advance(timedelta(minutes=5))
    ticking.tell_people(clinic.runtime)

    assert "Nobody needs someone" in told_the_team
    assert "Wrote something." in words_of(person.get("/"))
    assert "How to reach them" in words_of(person.get(f"/alerts/{one.id}/outcome"))


def test_nobody_needing_anybody_is_said(clinic: Clinic) -> None:
    page = words_of(clinic.signed_in("follow-up").get("/"))

    assert "Nobody needs someone right now" in page


def test_the_most_urgent_stand_first_with_why_and_since_when(clinic: Clinic) -> None:
    one, other = clinic.register(), clinic.register()
    alert(clinic, one, Finding("T-02", Urgency.SOON, "Coping 2 out of 10."))
    alert(clinic, other, Finding("T-06", Urgency.EMERGENCY, 'Wrote "want to die".'))
    alert(clinic, one, help_finding())

    page = words_of(clinic.signed_in("follow-up").get("/"))

    assert page.index("Ada Lane1") < page.index("Ada Lane0")
    assert 'Wrote "want to die".' in page
    assert page.index("Texted HELP") < page.index("Coping 2 out of 10")
    assert "Nobody has this yet" in page
    assert "For 1 minute" in page


def test_what_stands_for_longer_than_its_urgency_allows_is_named_overdue(clinic: Clinic) -> None:
    alert(clinic, clinic.register(), Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    alert(clinic, clinic.register(), Finding("T-02", Urgency.SOON, "Coping 2 out of 10."))
    person = clinic.signed_in("follow-up")
    clinic.runtime.clock.advance(timedelta(minutes=14))
    before = words_of(person.get("/"))
    clinic.runtime.clock.advance(timedelta(minutes=1))
    after = words_of(person.get("/"))

    assert "Overdue" not in before
    assert "Emergency Overdue Wrote something." in after
    assert after.count("Overdue") == 1


def test_whoever_takes_it_is_named_to_everybody(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), help_finding())

    clinic.signed_in("follow-up").post(f"/alerts/{one.id}/acknowledge")

    assert "Follow-Up Person has this" in words_of(clinic.signed_in().get("/"))
    assert alert_again(clinic, one).state is AlertState.ACKNOWLEDGED


def test_what_somebody_has_can_be_taken_over_but_not_by_accident(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), help_finding())
    clinic.signed_in("follow-up").post(f"/alerts/{one.id}/acknowledge")
    person = clinic.signed_in()

    answer = person.post(f"/alerts/{one.id}/acknowledge")
    by_accident = alert_again(clinic, one).acknowledged_by
    page = words_of(person.get(answer.location))
    person.post(f"/alerts/{one.id}/acknowledge", take_over="1")

    assert "Somebody else has this already" in page
    assert by_accident == clinic.nurse_id
    assert alert_again(clinic, one).acknowledged_by == clinic.pharmacist_id


def test_recording_what_happened_takes_it_off_the_list(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, help_finding())
    person = clinic.signed_in("follow-up")

    form = person.get(f"/alerts/{one.id}/outcome")
    answer = record(person, one, outcome="spoke", note="Doing better")

    assert "Texted HELP" in words_of(form)
    assert answer.status_code == 302
    assert "Nobody needs someone" in words_of(person.get("/"))
    page = words_of(person.get(f"/patients/{patient.id}"))
    assert "Spoke to the patient, Follow-Up Person" in page
    assert "Doing better" in page


def test_an_outcome_that_says_nothing_is_refused(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), help_finding())
    person = clinic.signed_in("follow-up")

    none = record(person, one, note="A note that must stay")
    other = record(person, one, outcome="other", note=" ")

    assert none.status_code == other.status_code == 422
    assert "Choose what happened" in words_of(none)
    assert "A note that must stay" in none.get_data(as_text=True)
    assert "Say in the note what came of it" in words_of(other)
    assert alert_again(clinic, one).state is AlertState.OPEN


def test_a_call_that_nobody_answered_stays_on_today_with_the_try(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    person = clinic.signed_in("follow-up")

    answer = record(person, one, outcome="no_answer", note="Rang twice")
    page = words_of(person.get(answer.location))

    assert "It stays on Today until somebody has reached them" in page
    assert "Tried to reach them, no answer. Rang twice" in page
    assert "Follow-Up Person has this" in page


def test_an_emergency_asks_for_a_note_before_it_is_closed(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    person = clinic.signed_in("follow-up")

    answer = record(person, one, outcome="nothing_needed")

    assert answer.status_code == 422
    assert "say in the note how they are and what was done" in words_of(answer)


def test_what_is_closed_cannot_be_taken(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), help_finding())
    person = clinic.signed_in("follow-up")
    record(person, one, outcome="spoke")

    answer = person.post(f"/alerts/{one.id}/acknowledge")

    assert "This has been closed already" in words_of(person.get(answer.location))


def test_an_alert_that_is_not_there_is_not_found(clinic: Clinic) -> None:
    person = clinic.signed_in("follow-up")

    assert person.post(f"/alerts/{uuid4()}/acknowledge").status_code == 404
    assert person.get(f"/alerts/{uuid4()}/outcome").status_code == 404
    assert person.post(f"/alerts/{uuid4()}/outcome", outcome="spoke").status_code == 404


def test_trouble_of_the_service_itself_stands_on_today(clinic: Clinic) -> None:
    alert(clinic, None, service_finding("sending texts"))

    page = words_of(clinic.signed_in("follow-up").get("/"))

    assert "The service itself" in page
    assert "Part of the service is failing: sending texts" in page


def text_in(clinic: Clinic, phone: str, body: str) -> None:
    receiving.receive(
        clinic.runtime.transactions,
        clinic.runtime.wording,
        provider_id=f"SM{uuid4().hex}",
        phone=phone,
        body=body,
        opt_out_type=None,
        now=clinic.runtime.clock.now(),
        real_now=real_now(),
    )


def test_a_strangers_text_stands_there_with_its_words(clinic: Clinic) -> None:
    text_in(clinic, "+447700900999", "<b>hello</b> who is this")
    person = clinic.signed_in("follow-up")
    page = person.get("/")

    with clinic.runtime.transactions.reading() as session:
        one = alerts.standing_alerts(session, clinic.scope)[0]
    form = person.get(f"/alerts/{one.id}/outcome").get_data(as_text=True)

    assert "No patient" in words_of(page)
    assert "&lt;b&gt;hello&lt;/b&gt;" in form


def test_a_patients_texts_and_answers_stand_on_their_page(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    text_in(clinic, phone, "bad night\x00 again \u202e really struggling")

    page = words_of(clinic.signed_in("follow-up").get(f"/patients/{patient.id}"))

    assert "really struggling" in page
    assert "The team will read this" in page


def test_seeing_names_on_today_and_behind_an_alert_is_recorded(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, help_finding())
    person = clinic.signed_in("follow-up")

    person.get("/")
    person.get("/patients/")
    person.get(f"/alerts/{one.id}/outcome")

    with clinic.runtime.transactions.reading() as session:
        about = [e.action for e in audit.entries_about(session, clinic.scope, patient.id)]
        lists = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action.in_(["today viewed", "patients listed"]))
        ).all()
    assert about[0] == "alert viewed"
    assert all(str(patient.id) in entry.detail for entry in lists)
    assert len(lists) == 2


def test_one_call_settles_whatever_is_ticked_and_nothing_else(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, help_finding())
    ticked = alert(clinic, patient, Finding("T-02", Urgency.SOON, "Coping 2 out of 10."))
    left = alert(clinic, patient, Finding("T-03", Urgency.URGENT, "Took more."))
    elsewhere = alert(clinic, clinic.register(), help_finding())
    person = clinic.signed_in("follow-up")

    page = words_of(person.get(f"/alerts/{one.id}/outcome"))
    also = [str(ticked.id), str(elsewhere.id), "nonsense"]
    answer = record(person, one, outcome="spoke", note="Called", also=also)

    assert "Coping 2 out of 10" in page
    assert answer.status_code == 302
    assert alert_again(clinic, ticked).state is AlertState.RESOLVED
    assert alert_again(clinic, left).state is AlertState.OPEN
    assert alert_again(clinic, elsewhere).state is AlertState.OPEN


def test_one_press_takes_all_that_nobody_has_about_a_patient(clinic: Clinic) -> None:
    patient = clinic.register()
    taken = alert(clinic, patient, help_finding())
    clinic.signed_in().post(f"/alerts/{taken.id}/acknowledge")
    free = [
        alert(clinic, patient, Finding("T-02", Urgency.SOON, "Coping 2 out of 10.")),
        alert(clinic, patient, Finding("T-03", Urgency.URGENT, "Took more.")),
    ]
    person = clinic.signed_in("follow-up")

    page = words_of(person.get("/"))
    person.post(f"/patients/{patient.id}/acknowledge")

    assert "I have all of this" in page
    assert {alert_again(clinic, one).acknowledged_by for one in free} == {clinic.nurse_id}
    assert alert_again(clinic, taken).acknowledged_by == clinic.pharmacist_id


def test_what_is_most_urgent_stands_first_on_the_patients_page_too(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    for body in ("I want to die", "HELP", "SLOWER"):  # the least urgent came last
        text_in(clinic, phone, body)

    page = clinic.signed_in("follow-up").get(f"/patients/{patient.id}").get_data(as_text=True)

    listed = page[page.index('class="tc-alerts"') : page.index('id="plan"')]
    tags = re.findall(r"nhsuk-tag[^>]*>([^<]+)<", listed)
    assert tags == ["Emergency", "Today", "Next working day"]


def test_of_two_strangers_each_has_an_alert_with_their_own_texts(clinic: Clinic) -> None:
    text_in(clinic, "+447700900998", "wrong number I think")
    text_in(clinic, "+447700900999", "please tell Nora to ring")
    text_in(clinic, "+447700900999", "it is about the dog")
    with clinic.runtime.transactions.reading() as session:
        found = alerts.standing_alerts(session, clinic.scope)

    person = clinic.signed_in("follow-up")
    pages = {one.times: words_of(person.get(f"/alerts/{one.id}/outcome")) for one in found}

    assert "From +447700900998" in pages[1]
    assert "wrong number I think" in pages[1]
    assert "+447700900999" not in pages[1]
    assert pages[2].index("it is about the dog") < pages[2].index("please tell Nora to ring")


def test_opening_an_alert_counts_as_looking_at_its_patient(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, help_finding())

    clinic.signed_in("follow-up").get(f"/alerts/{one.id}/outcome")

    with clinic.runtime.transactions.reading() as session:
        newest = audit.entries_about(session, clinic.scope, patient.id)[0]
    assert newest.action == "alert viewed"


def test_what_a_patient_wrote_stands_where_its_alert_is_closed(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    text_in(clinic, phone, "can somebody ring about my appointment")
    with clinic.runtime.transactions.reading() as session:
        one = alerts.standing_alerts(session, clinic.scope)[0]

    page = words_of(clinic.signed_in("follow-up").get(f"/alerts/{one.id}/outcome"))

    assert "They wrote" in page
    assert "can somebody ring about my appointment" in page
    assert phone not in page


def test_the_page_of_an_alert_says_who_was_told_and_who_will_be(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    person = clinic.signed_in("follow-up")
    ticking.tell_people(clinic.runtime)

    untaken = words_of(person.get(f"/alerts/{one.id}/outcome"))
    person.post(f"/alerts/{one.id}/acknowledge")
    taken = words_of(person.get(f"/alerts/{one.id}/outcome"))

    assert "The team, by e-mail, " in untaken
    assert "Unless somebody takes it: Everybody who works with patients, " in untaken
    assert "Nobody else will be told while " in taken
    assert "Unless somebody takes it" not in taken


def test_the_page_of_an_alert_says_who_could_not_be_reached(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    runtime = replace(clinic.runtime, mailer=Unreachable())
    ticking.tell_people(runtime)

    page = words_of(clinic.signed_in("follow-up").get(f"/alerts/{one.id}/outcome"))

    assert "The team could not be reached, " in page
    assert "Everybody who works with patients could not be reached, " in page
    assert "Unless somebody takes it: Everybody, and the duty address, " in page


class Unreachable(SimulatedMailer):
    """A mail server that takes nothing."""

    def send(self, letter: Letter) -> NotMailed:
        """Refuse *letter*."""
        assert letter.to
        return NotMailed("nobody answers")


def test_an_alert_shows_the_words_the_newest_answers_and_what_to_do(clinic: Clinic) -> None:
    three_days_ago = clinic.runtime.clock.now().date() - timedelta(days=3)
    patient = clinic.register(pathway=Pathway.DISCHARGE, discharged_on=three_days_ago)
    visitor = clinic.visitor()
    visitor.post("/clock", by="next")
    for body in ("8", "2", "1", "I want to die"):
        visitor.post(f"/phone/{patient.id}", body=body)
        visitor.post("/clock", by="hour")

    page = words_of(clinic.signed_in("follow-up").get("/"))

    assert "pain 8, tablets 2, coping 1" in page
    assert "call 999 to their address" in page
    assert "I want to die" in page


def test_what_came_after_the_page_was_opened_is_not_closed_unread(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    text_in(clinic, phone, "all is dark and I want to die")
    with clinic.runtime.transactions.reading() as session:
        one = alerts.standing_alerts(session, clinic.scope)[0]
    person = clinic.signed_in("follow-up")
    old = shown(person.get(f"/alerts/{one.id}/outcome").get_data(as_text=True))
    clinic.runtime.clock.advance(timedelta(minutes=3))
    text_in(clinic, phone, "I want to die, I have the tablets here")

    fields = {"outcome": "spoke", "note": "Called, safe"}
    refused = person.post(f"/alerts/{one.id}/outcome", **old, **fields)
    unfinished = person.post(f"/alerts/{one.id}/outcome", **old, note="Called, safe")
    stands = alert_again(clinic, one).state
    page = words_of(refused)
    new = shown(refused.get_data(as_text=True))
    closed = person.post(f"/alerts/{one.id}/outcome", **new, **fields)

    assert refused.status_code == 422
    assert "Something new has come since you opened this" in page
    assert "Something new has come since you opened this" in words_of(unfinished)
    assert stands is AlertState.OPEN
    assert page.index("I have the tablets here") < page.index("all is dark")
    assert closed.status_code == 302
    assert alert_again(clinic, one).state is AlertState.RESOLVED


def test_what_is_ticked_is_not_closed_either_when_it_came_again(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, help_finding())
    ticked = alert(clinic, patient, Finding("T-03", Urgency.URGENT, "Took more."))
    person = clinic.signed_in("follow-up")
    old = shown(person.get(f"/alerts/{one.id}/outcome").get_data(as_text=True))
    alert(clinic, patient, Finding("T-03", Urgency.URGENT, "Took more."))

    refused = person.post(
        f"/alerts/{one.id}/outcome", outcome="spoke", note="Called", also=[str(ticked.id)], **old
    )

    assert refused.status_code == 422
    assert alert_again(clinic, one).state is AlertState.OPEN
    assert alert_again(clinic, ticked).state is AlertState.OPEN


def test_all_that_joined_an_alert_stands_there_newest_first(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.reading() as session:
        phone = patients.phone_of(session, patient)
    words = [f"please can somebody ring {n}" for n in range(7)]
    for body in [words[0], "5", *words[1:]]:
        text_in(clinic, phone, body)
        clinic.runtime.clock.advance(timedelta(minutes=1))
    other = clinic.register()
    text_in(clinic, "+447700900999", "somebody else's words")
    alert(clinic, other, help_finding())
    person = clinic.signed_in("follow-up")
    with clinic.runtime.transactions.reading() as session:
        found = alerts.standing_alerts(session, clinic.scope)
    [one] = [a for a in found if a.patient_id == patient.id and a.rule == "T-10"]

    page = words_of(person.get(f"/alerts/{one.id}/outcome"))
    today = words_of(person.get("/"))

    places = [page.index(body) for body in reversed(words)]
    assert places == sorted(places)
    assert "somebody else's words" not in page
    assert "They wrote" in page
    assert words[6] in today
    assert words[0] not in today
    assert "Texts that came before these: 2." in today


def test_how_to_reach_them_stands_where_a_call_is_asked_for(clinic: Clinic) -> None:
    patient = clinic.register()
    one = alert(clinic, patient, Finding("T-06", Urgency.EMERGENCY, "Wrote something."))
    with clinic.runtime.transactions.reading() as session:
        phone = show_phone(patients.phone_of(session, patient))
    person = clinic.signed_in("follow-up")

    card = person.get("/").get_data(as_text=True)
    masked = words_of(person.get(f"/alerts/{one.id}/outcome"))
    revealed = person.post(f"/alerts/{one.id}/phone-shown")
    whole = words_of(revealed)
    page = words_of(person.get(f"/patients/{patient.id}"))

    assert f"/alerts/{one.id}/outcome#contact" in card
    assert phone not in card + masked + page
    assert phone in whole
    assert f'action="/alerts/{one.id}/outcome"' in revealed.get_data(as_text=True)
    for shown_there in (masked, whole, page):
        start = shown_there[shown_there.index("How to reach them") :]
        for fact in (
            "Text first",
            "A sister, 01632 960111",
            "1 Mill Lane",
            "English",
            "Large print",
        ):
            assert fact in start
    assert page.index("How to reach them") < page.index("No plan is agreed yet")
    with clinic.runtime.transactions.reading() as session:
        about = [e.action for e in audit.entries_about(session, clinic.scope, patient.id)]
    assert "phone number shown" in about


def test_an_interpreter_and_texts_that_are_off_are_named_before_the_call(clinic: Clinic) -> None:
    patient = clinic.register()
    with clinic.runtime.transactions.begin() as session:
        changed = patients.locked(session, patient.id)
        changed.interpreter, changed.opted_out_at = True, clinic.runtime.clock.now()
    one = alert(clinic, patient, help_finding())

    page = words_of(clinic.signed_in("follow-up").get(f"/alerts/{one.id}/outcome"))

    assert "interpreter for calls" in page
    assert "Opted out of texts: call" in page


def test_a_number_that_no_patient_has_is_not_asked_for(clinic: Clinic) -> None:
    one = alert(clinic, None, service_finding("sending texts"))
    person = clinic.signed_in("follow-up")

    assert "How to reach" not in words_of(person.get(f"/alerts/{one.id}/outcome"))
    assert "How to reach" not in words_of(person.get("/"))


def test_a_closed_alert_says_who_closed_it_and_how_and_asks_nothing(clinic: Clinic) -> None:
    one = alert(clinic, clinic.register(), help_finding())
    person, colleague = clinic.signed_in("follow-up"), clinic.signed_in()
    old = shown(colleague.get(f"/alerts/{one.id}/outcome").get_data(as_text=True))
    record(person, one, outcome="spoke", note="Better after a rest")

    page = words_of(colleague.get(f"/alerts/{one.id}/outcome"))
    late = colleague.post(f"/alerts/{one.id}/outcome", outcome="no_answer", note="x", **old)

    assert "Follow-Up Person closed this" in page
    assert "Spoke to the patient. Better after a rest" in page
    for asked in ("Record what happened", "What happened?", "Save and close", "Unless somebody"):
        assert asked not in page
    assert late.status_code == 422
    assert "This has been closed already" in words_of(late)
    assert "Follow-Up Person closed this" in words_of(late)
