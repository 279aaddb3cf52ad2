"""Twilio's adapter against a hostile provider over real HTTP."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from twilio.request_validator import RequestValidator

from companion.sms.gateway import (
    Accepted,
    ListedIn,
    ListedOut,
    Outgoing,
    Refused,
    TryLater,
    Uncertain,
    Unlisted,
)
from companion.sms.twilio import (
    MESSAGE_SID,
    TRY_AGAIN,
    TwilioAccount,
    TwilioGateway,
    TwilioRequests,
)
from tests.rigs.provider import Mode, Provider, running_provider

ACCOUNT_SID = "AC" + "0" * 32
TEXT = Outgoing("+447700900123", "How is your pain, 0 to 10?", "token-1", 3_600)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


def account_at(base: str, *, sender: str = "+447700900001") -> TwilioAccount:
    return TwilioAccount(
        account_sid=ACCOUNT_SID,
        sender=sender,
        public_url="https://texts.example/",
        numbers=("+447700900001",),
        auth_token="secret",
        auth_token_previous="older-secret",
        api_base=base,
    )


def test_a_text_carries_all_that_the_provider_must_know(provider: Provider) -> None:
    gateway = TwilioGateway(account_at(provider.base))

    result = gateway.send(TEXT)

    [call] = provider.calls
    assert result == Accepted(provider.taken[0]["sid"])
    assert call == {
        "path": f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
        "To": "+447700900123",
        "From": "+447700900001",
        "Body": TEXT.body,
        "ValidityPeriod": "3600",
        "StatusCallback": "https://texts.example/sms/status/token-1#rc=3&rp=all",
    }


def test_a_messaging_service_takes_the_place_of_a_number(provider: Provider) -> None:
    service = "MG" + "1" * 32

    TwilioGateway(account_at(provider.base, sender=service)).send(TEXT)

    assert provider.calls[0]["MessagingServiceSid"] == service
    assert "From" not in provider.calls[0]


@pytest.mark.parametrize(("left", "asked"), [(5, "60"), (61, "61"), (999_999, "36000")])
def test_validity_stays_within_what_the_provider_takes(
    provider: Provider, left: int, asked: str
) -> None:
    TwilioGateway(account_at(provider.base)).send(Outgoing(TEXT.to, "x", "t", left))

    assert provider.calls[0]["ValidityPeriod"] == asked


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (Mode.SLOW_DOWN, TryLater(7, "the provider asks to slow down")),
        (Mode.SLOW_DOWN_SILENTLY, TryLater(30, "the provider asks to slow down")),
        (Mode.SIGNED_OUT, TryLater(30, "the provider refuses our account (401)", True)),
        (Mode.NOT_ALLOWED, TryLater(30, "the provider refuses our account (403)", True)),
        (Mode.OPTED_OUT, Refused("21610")),
        (Mode.BAD_NUMBER, Refused("21211")),
        (Mode.PROBLEM_DOCUMENT, Refused("21614")),
        (Mode.UNKNOWN_REFUSAL, Uncertain("the provider answered 400, code 99999")),
        (Mode.SERVER_ERROR, Uncertain("the provider answered 500, code 20500")),
        (Mode.TAKE_THEN_500, Uncertain("the provider answered 500, code 20500")),
        (Mode.REDIRECT, Uncertain("the provider answered 307, code 307")),
        (Mode.TAKE_THEN_RESET, Uncertain("the call broke off: ConnectionError")),
        (Mode.TAKE_THEN_CUT, Uncertain("the call broke off: ChunkedEncodingError")),
        (Mode.FLOOD, Uncertain("the call broke off: ContentDecodingError")),
        (Mode.EMPTY, Uncertain("the provider took the text but did not name it")),
        (Mode.NONSENSE, Uncertain("an answer that cannot be read: JSONDecodeError")),
        (Mode.LIST, Uncertain("an answer that cannot be read: AttributeError")),
        (Mode.ODD_SID, Uncertain("the provider took the text but did not name it")),
        (Mode.NO_TO, Uncertain("the provider did not say whom the text is for")),
        (Mode.WRONG_TO, Uncertain("the provider names another number than ours", True)),
    ],
)
def test_each_answer_means_one_thing_and_is_asked_for_once(
    provider: Provider, mode: Mode, expected: object
) -> None:
    provider.always = mode

    result = TwilioGateway(account_at(provider.base)).send(TEXT)

    assert result == expected
    assert len(provider.calls) == 1


@pytest.mark.parametrize("mode", [Mode.HANG, Mode.DRIP])
def test_a_call_ends_at_the_deadline_however_slow_the_far_end(
    provider: Provider, mode: Mode
) -> None:
    provider.always = mode

    result = TwilioGateway(account_at(provider.base), deadline_seconds=0.3).send(TEXT)

    assert isinstance(result, Uncertain)
    assert provider.asked.wait(30)


def test_calls_that_hang_do_not_pile_up(provider: Provider) -> None:
    provider.always = Mode.HANG
    gateway = TwilioGateway(account_at(provider.base), deadline_seconds=0.3, most_calls=1)
    first = gateway.send(TEXT)

    second = gateway.send(TEXT)

    assert isinstance(first, Uncertain)
    assert isinstance(second, TryLater)
    assert provider.asked.wait(30)
    assert len(provider.calls) == 1


def test_a_refused_connection_is_surely_no_text() -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"

        result = TwilioGateway(account_at(base)).send(TEXT)

    assert result == TryLater(5, "the provider cannot be reached")


def test_a_proxy_in_the_environment_is_not_used(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    result = TwilioGateway(account_at(provider.base)).send(TEXT)

    assert isinstance(result, Accepted)


def test_without_a_replaced_address_the_call_would_go_to_twilio(provider: Provider) -> None:
    from companion.sms.twilio import _Http

    address = _Http(None, 0.0)._address("https://api.twilio.com/x?y=1")

    assert address == "https://api.twilio.com/x?y=1"


def test_nothing_secret_or_personal_shows_in_a_repr() -> None:
    shown = repr(account_at("http://stub")) + repr(TEXT)

    assert "secret" not in shown
    assert "07700" not in shown
    assert "7700900123" not in shown
    assert "pain" not in shown


URL = "https://texts.example/sms/incoming"
FIELDS = {"From": "+447700900123", "Body": "7 é 😀", "MessageSid": "SM" + "a" * 32}


@pytest.mark.parametrize("token", ["secret", "older-secret"])
def test_the_current_and_the_previous_token_sign_genuine_requests(token: str) -> None:
    signature = RequestValidator(token).compute_signature(URL, FIELDS)

    assert TwilioRequests(account_at("http://stub")).is_genuine(URL, FIELDS, signature)


@pytest.mark.parametrize("signature", [None, "", "x", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "é" * 28])
def test_a_missing_or_wrong_signature_is_refused(signature: str | None) -> None:
    assert not TwilioRequests(account_at("http://stub")).is_genuine(URL, FIELDS, signature)


@pytest.mark.parametrize(
    ("url", "changed"),
    [
        (URL.replace("https", "http"), {}),
        (URL + "/", {}),
        (URL, {"Body": "8"}),
        (URL, {"Extra": "1"}),
    ],
)
def test_a_signature_belongs_to_one_address_and_one_set_of_fields(
    url: str, changed: dict[str, str]
) -> None:
    signature = RequestValidator("secret").compute_signature(URL, FIELDS)

    genuine = TwilioRequests(account_at("http://stub")).is_genuine(
        url, {**FIELDS, **changed}, signature
    )

    assert not genuine


def test_twilios_published_example_is_genuine() -> None:
    # The worked example of https://www.twilio.com/docs/usage/security.
    account = TwilioAccount("AC", "+1", "https://x", (), "12345")
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }

    assert TwilioRequests(account).is_genuine(url, fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


@pytest.mark.parametrize("sid", ["SM" + "a" * 32, "MM" + "0" * 32])
def test_message_names_have_one_form(sid: str) -> None:
    assert MESSAGE_SID.fullmatch(sid)
    assert not MESSAGE_SID.fullmatch(sid + "0")


# --- The provider's lists ----------------------------------------------------------------

OURS, THEIRS = "+447700900001", "+447700900123"
NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def listed(number: int, *, minutes_ago: int, direction: str = "outbound-api") -> dict[str, str]:
    moment = format_datetime(NOON - timedelta(minutes=minutes_ago))
    inbound = direction == "inbound"
    return {
        "sid": f"SM{number:032x}",
        "from": THEIRS if inbound else OURS,
        "to": OURS if inbound else THEIRS,
        "body": f"text {number} \u0645\u0646 10",
        "direction": direction,
        "status": "received" if inbound else "queued",
        "date_created": moment,
        "date_sent": moment if inbound else "",
    }


def test_what_the_provider_took_for_a_phone_is_read_back_to_a_moment(provider: Provider) -> None:
    provider.listed = [
        listed(3, minutes_ago=1),
        listed(9, minutes_ago=2, direction="inbound") | {"to": THEIRS},
        listed(2, minutes_ago=5),
        listed(1, minutes_ago=60),
    ]

    found = TwilioGateway(account_at(provider.base)).texts_out(THEIRS, NOON - timedelta(minutes=5))

    assert found == (
        ListedOut(f"SM{3:032x}", NOON - timedelta(minutes=1)),
        ListedOut(f"SM{2:032x}", NOON - timedelta(minutes=5)),
    )
    assert provider.calls[0]["To"] == THEIRS
    assert "DateSent" not in str(provider.calls)


def test_what_phones_texted_us_is_read_page_by_page(provider: Provider) -> None:
    provider.listed = [listed(n, minutes_ago=n, direction="inbound") for n in range(250)]

    found = TwilioGateway(account_at(provider.base)).texts_in(NOON - timedelta(days=1))

    assert not isinstance(found, Unlisted)
    assert len(found) == 250
    assert found[7] == ListedIn(
        f"SM{7:032x}", THEIRS, "text 7 \u0645\u0646 10", NOON - timedelta(minutes=7)
    )
    assert len(provider.calls) == 3


@pytest.mark.parametrize(
    "mode",
    [
        Mode.SERVER_ERROR,
        Mode.SIGNED_OUT,
        Mode.SLOW_DOWN,
        Mode.REDIRECT,
        Mode.EMPTY,
        Mode.NONSENSE,
        Mode.LIST,
        Mode.FLOOD,
        Mode.NO_DATES,
        Mode.BROKEN_PAGE,
    ],
)
def test_a_list_that_cannot_be_read_to_its_end_is_not_an_empty_one(
    provider: Provider, mode: Mode
) -> None:
    provider.listed = [listed(1, minutes_ago=1)]
    provider.modes.append(mode)

    found = TwilioGateway(account_at(provider.base)).texts_out(THEIRS, NOON - timedelta(days=1))

    assert isinstance(found, Unlisted)


def test_a_list_that_drips_or_hangs_ends_with_its_deadline(provider: Provider) -> None:
    gateway = TwilioGateway(account_at(provider.base), list_seconds=0.5)
    provider.modes.extend([Mode.DRIP, Mode.HANG])

    for _ in range(2):
        assert isinstance(gateway.texts_out(THEIRS, NOON), Unlisted)


def test_a_list_without_end_is_not_read_for_ever(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.sms.twilio.MOST_LISTED", 5)
    provider.listed = [listed(1, minutes_ago=1)]
    provider.always = Mode.ENDLESS_PAGES

    found = TwilioGateway(account_at(provider.base)).texts_out(THEIRS, NOON - timedelta(days=1))

    assert found == Unlisted("a list that cannot be read: ValueError")


def test_too_many_calls_at_once_are_no_empty_list(provider: Provider) -> None:
    gateway = TwilioGateway(account_at(provider.base), most_calls=1, list_seconds=0.2)
    provider.modes.append(Mode.HANG)
    gateway.texts_out(THEIRS, NOON)

    assert isinstance(gateway.texts_in(NOON), Unlisted)


def test_a_request_counts_as_genuine_whether_what_follows_the_hash_is_signed_or_not() -> None:
    requests, fields = TwilioRequests(account_at("")), {"MessageSid": "SM1"}
    url = "https://texts.example/sms/incoming"

    for signed in (url, url + TRY_AGAIN):
        signature = RequestValidator("secret").compute_signature(signed, fields)
        assert requests.is_genuine(url, fields, signature)
    other = RequestValidator("secret").compute_signature(url + "#rc=9", fields)
    assert not requests.is_genuine(url, fields, other)


# --- Whose the number is ------------------------------------------------------------------

MARK = "0123456789abcdef"


def test_a_mark_is_written_beside_the_name_of_our_number_and_read_back(provider: Provider) -> None:
    gateway = TwilioGateway(account_at(provider.base))
    assert gateway.holder() == ""

    assert gateway.take_hold("f" * 16) is None
    assert gateway.take_hold(MARK) is None

    assert gateway.holder() == MARK
    assert provider.number["friendly_name"] == f"Taper line [companion {MARK}]"


def test_a_long_name_leaves_room_for_the_mark(provider: Provider) -> None:
    provider.number["friendly_name"] = "n" * 64
    gateway = TwilioGateway(account_at(provider.base))

    gateway.take_hold(MARK)

    assert len(provider.number["friendly_name"]) <= 64
    assert gateway.holder() == MARK


def test_a_number_that_is_not_in_the_account_is_never_taken_for_ours(provider: Provider) -> None:
    provider.numbers_shown = False
    gateway = TwilioGateway(account_at(provider.base))

    assert isinstance(gateway.holder(), Unlisted)
    assert isinstance(gateway.take_hold(MARK), Unlisted)


def test_everything_that_went_since_is_listed_with_its_words(provider: Provider) -> None:
    ours = {"from": "+447700900001", "body": "How is it?"}
    provider.listed = [
        {**listed(1, minutes_ago=1), **ours},
        {**listed(2, minutes_ago=2), **ours, "from": "+447700900002"},
        {**listed(3, minutes_ago=3, direction="inbound"), **ours},
        {**listed(4, minutes_ago=4), "body": "waits in a messaging service"},
        {**listed(5, minutes_ago=60), **ours},
    ]

    found = TwilioGateway(account_at(provider.base)).all_texts_out(NOON - timedelta(minutes=30))

    assert not isinstance(found, Unlisted)
    assert [text.body for text in found] == ["How is it?", "waits in a messaging service"]
    assert {text.to for text in found} == {THEIRS}
