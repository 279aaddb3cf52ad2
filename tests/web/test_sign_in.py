"""Signing in and out, and what a session is worth afterwards."""

from datetime import timedelta

from companion.clock import real_now
from companion.store import accounts
from companion.store.database import Transactions
from companion.web import sessions
from companion.web.app import create_app
from companion.web.sessions import COOKIE, hash_of
from companion.wording import Wording
from tests.rigs.clinic import Clinic, Person, runtime_for, words_of


def cookie_of(person: Person) -> str:
    cookie = person.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_the_right_password_leads_to_today(clinic: Clinic) -> None:
    person = clinic.visitor()

    answer = person.sign_in(f"pharmacist@{clinic.organisation_id}.example")

    assert answer.location == "/"
    assert "Who needs someone today" in words_of(person.get("/"))


def test_an_address_is_known_in_any_spelling(clinic: Clinic) -> None:
    address = f"Pharmacist@{clinic.organisation_id}.example".upper()

    assert clinic.visitor().sign_in(address.lower().title()).status_code == 302


def test_a_wrong_password_and_a_wrong_address_look_the_same(clinic: Clinic) -> None:
    one = clinic.visitor().sign_in(f"pharmacist@{clinic.organisation_id}.example", "wrong words")
    other = clinic.visitor().sign_in("nobody@nowhere.example", "wrong words")

    assert one.status_code == other.status_code
    assert "The e-mail address or the password is not right" in words_of(one)
    assert "The e-mail address or the password is not right" in words_of(other)


def test_ten_wrong_tries_in_a_minute_make_wait(clinic: Clinic) -> None:
    visitor = clinic.visitor()

    codes = [visitor.sign_in("nobody@nowhere.example", "wrong").status_code for _ in range(11)]

    assert 429 not in codes[:10]
    assert codes[10] == 429


def test_tries_without_a_token_count_too(clinic: Clinic) -> None:
    client = clinic.app.test_client()

    codes = [client.post("/sign-in", data={"email": "x"}).status_code for _ in range(11)]

    assert codes[10] == 429


def test_signing_in_gives_the_session_a_new_key(clinic: Clinic) -> None:
    person = clinic.visitor()
    person.get("/sign-in")
    before = cookie_of(person)

    person.sign_in(f"pharmacist@{clinic.organisation_id}.example")

    assert cookie_of(person) != before
    with clinic.runtime.transactions.reading() as session:
        assert accounts.web_session(session, hash_of(before)) is None


def test_after_sign_out_the_old_cookie_is_worth_nothing(clinic: Clinic) -> None:
    person = clinic.signed_in()
    stolen = cookie_of(person)

    person.post("/sign-out")

    thief = clinic.visitor()
    thief.client.set_cookie(COOKIE, stolen)
    assert thief.get("/").status_code == 302


def test_an_idle_session_ends(clinic: Clinic) -> None:
    person = clinic.signed_in()
    with clinic.runtime.transactions.begin() as session:
        found = accounts.web_session(session, hash_of(cookie_of(person)))
        assert found is not None
        found.seen_at = real_now() - sessions.IDLE - timedelta(seconds=1)

    assert person.get("/").status_code == 302


def test_a_session_that_is_used_goes_on(clinic: Clinic) -> None:
    person = clinic.signed_in()
    key = hash_of(cookie_of(person))
    earlier = real_now() - timedelta(minutes=20)
    with clinic.runtime.transactions.begin() as session:
        found = accounts.web_session(session, key)
        assert found is not None
        found.seen_at = earlier

    assert person.get("/").status_code == 200
    with clinic.runtime.transactions.reading() as session:
        again = accounts.web_session(session, key)
        assert again is not None
        assert again.seen_at > earlier


def test_no_session_outlives_a_working_day(clinic: Clinic) -> None:
    person = clinic.signed_in()
    with clinic.runtime.transactions.begin() as session:
        found = accounts.web_session(session, hash_of(cookie_of(person)))
        assert found is not None
        found.started_at = real_now() - sessions.LONGEST - timedelta(seconds=1)

    assert person.get("/").status_code == 302


def test_whoever_comes_sweeps_up_the_sessions_that_have_ended(clinic: Clinic) -> None:
    gone, here = (hash_of(cookie_of(clinic.signed_in())) for _ in range(2))
    with clinic.runtime.transactions.begin() as session:
        ended = accounts.web_session(session, gone)
        assert ended is not None
        ended.seen_at = real_now() - sessions.IDLE - timedelta(seconds=1)

    clinic.signed_in()

    with clinic.runtime.transactions.reading() as session:
        assert accounts.web_session(session, gone) is None
        assert accounts.web_session(session, here) is not None


def test_somebody_made_inactive_is_out_at_once(clinic: Clinic) -> None:
    person = clinic.signed_in()
    with clinic.runtime.transactions.begin() as session:
        user = accounts.user_with_email(session, f"pharmacist@{clinic.organisation_id}.example")
        assert user is not None
        user.active = False

    assert person.get("/").status_code in {302, 403}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(clinic: Clinic) -> None:
    person = clinic.visitor()
    answer = person.get("/sign-in")
    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_under_https_the_cookie_is_secure_and_https_is_asked_for(
    sqlite: Transactions, wording: Wording
) -> None:
    runtime = runtime_for(sqlite, wording, public_url="https://taper.example")
    client = create_app(runtime).test_client()

    answer = client.get("/sign-in")

    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_sign_in_leads_back_to_the_page_that_was_wanted_but_never_elsewhere(
    clinic: Clinic,
) -> None:
    visitor = clinic.visitor()
    email = f"pharmacist@{clinic.organisation_id}.example"

    wanted = visitor.post("/sign-in", email=email, password="three random words", next="/patients/")
    elsewhere = clinic.visitor().post(
        "/sign-in", email=email, password="three random words", next="https://evil.example/"
    )

    assert wanted.location == "/patients/"
    assert "evil" not in (elsewhere.location or "")
    page = clinic.visitor().get("/sign-in?next=https://evil.example/")
    assert "evil" not in page.get_data(as_text=True)


def test_nothing_of_a_session_can_be_read_in_the_database(clinic: Clinic) -> None:
    person = clinic.signed_in()

    with clinic.runtime.transactions.reading() as session:
        found = accounts.web_session(session, hash_of(cookie_of(person)))
        assert found is not None
        assert "_user_id" not in found.data
        assert "_user_id" in accounts.session_data(session, found)
