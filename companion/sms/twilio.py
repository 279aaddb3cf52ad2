"""Texts through Twilio, and the proof that a request really comes from Twilio.

The only module that imports ``twilio``. Its ``create`` call is not idempotent, so nothing
here tries again: each answer becomes one of the gateway's values, and what is not surely
yes, no or not yet is ``Uncertain``. One connection is made for each text, because a kept
one that the far end has just closed looks the same as a text that was taken and lost.
"""

import itertools
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from companion.sms.gateway import (
    LONGEST_VALIDITY_SECONDS,
    SHORTEST_VALIDITY_SECONDS,
    Accepted,
    ListedIn,
    ListedOut,
    Outgoing,
    Refused,
    SendResult,
    SentOut,
    TryLater,
    Uncertain,
    Unlisted,
)

T = TypeVar("T")

CONNECT_SECONDS = 5.0
READ_SECONDS = 8.0
DEADLINE_SECONDS = 10.0
"""A call is over by then, whatever the far end does; the lease must be longer."""
LONGEST_ANSWER_BYTES = 65_536
LIST_SECONDS = 30.0
"""A whole list, page by page, is read by then or not at all."""
LONGEST_PAGE_BYTES = 1_000_000
PIECE_BYTES = 16_384
PAGE_TEXTS = 100
MOST_LISTED = 10_000
"""A longer list is not read to its end, and so not believed."""
WHOLE_LIST_SECONDS = 600.0
MOST_LISTED_OF_ALL = 200_000
"""The same for everything we sent, which is read only after a backup was restored."""
MOST_CALLS_AT_ONCE = 64
"""Calls under way, those included that nobody waits for any more."""
BACK_OFF_SECONDS = 30
"""When the provider says to wait, but not how long."""
UNREACHABLE_SECONDS = 5
LONGEST_BACK_OFF_SECONDS = 900

TRY_AGAIN = "#rc=3&rp=all"
"""Asks Twilio to try three times more on any failure. It is not part of the request.
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""
MARK = re.compile(r"\[companion ([0-9a-f]{16})\]")
LONGEST_NAME = 35
"""Letters of a number's name that are kept beside the mark: Twilio takes 64 in all."""
MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
PERMANENT_CODES = frozenset(
    {21211, 21214, 21408, 21610, 21612, 21614, 21617, 21635, 30004, 30006, 30007}
)
"""Twilio's codes for a text that will never leave: https://www.twilio.com/docs/api/errors."""
NOT_SIGNED_IN = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """One account at Twilio and the numbers of ours in it.

    *sender* is a number of ours in E.164 or a messaging service (``MG...``); *numbers* are
    all of ours, which phones may text. *api_base*
    replaces scheme and host of every call, for a compatible server in tests.
    """

    account_sid: str
    sender: str
    public_url: str
    numbers: tuple[str, ...]
    auth_token: str = field(repr=False)
    auth_token_previous: str | None = field(default=None, repr=False)
    api_base: str | None = None


class TwilioGateway:
    """Hands each text to Twilio once, within *deadline_seconds*.

    The limits are arguments only so that tests need not wait for them.
    """

    def __init__(
        self,
        account: TwilioAccount,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        list_seconds: float = LIST_SECONDS,
        most_calls: int = MOST_CALLS_AT_ONCE,
    ) -> None:
        self._account = account
        self._deadline_seconds = deadline_seconds
        self._list_seconds = list_seconds
        self._lines = threading.BoundedSemaphore(most_calls)

    def send(self, text: Outgoing) -> SendResult:
        """Hand over *text* and say what came of it. Never longer than the deadline."""

        def work(ends_at: float) -> SendResult:
            return self._create(text, _Http(self._account.api_base, ends_at))

        busy: SendResult = TryLater(BACK_OFF_SECONDS, "too many calls are waiting for the provider")
        late: SendResult = Uncertain("no answer within the deadline")
        return self._within(self._deadline_seconds, work, busy=busy, late=late)

    def texts_in(self, since: datetime) -> tuple[ListedIn, ...] | Unlisted:
        """Return what phones texted to our numbers since then, page by page."""
        numbers = self._account.numbers
        return self._list(lambda client: _texts_to(client, numbers, since))

    def texts_out(self, to: str, since: datetime) -> tuple[ListedOut, ...] | Unlisted:
        """Return what Twilio took for the phone *to* since then.

        Without a filter by date: a text that still waits at Twilio has no date of sending.
        """
        return self._list(
            lambda client: [
                ListedOut(one.sid, _created(one))
                for one in _since(client, since, most=MOST_LISTED, to=to)
                if one.direction != INBOUND
            ]
        )

    def all_texts_out(self, since: datetime) -> tuple[SentOut, ...] | Unlisted:
        """Return what Twilio took from us since then, page by page.

        Not asked for by sender: a text that waits in a messaging service has none yet.
        """
        ours = {*self._account.numbers, None}
        return self._list(
            lambda client: [
                SentOut(one.sid, one.to, one.body or "", _created(one))
                for one in _since(client, since, most=MOST_LISTED_OF_ALL)
                if one.direction != INBOUND and one.from_ in ours
            ],
            seconds=WHOLE_LIST_SECONDS,
        )

    def holder(self) -> str | Unlisted:
        """Return the mark that stands in the name of our first number."""
        found = self._list(lambda client: [self._number(client)])
        if isinstance(found, Unlisted):
            return found
        mark = MARK.search(found[0].friendly_name or "")
        return mark[1] if mark else ""

    def take_hold(self, mark: str) -> Unlisted | None:
        """Write *mark* into the name of our first number, beside whatever else stands there."""

        def write(client: Client) -> list[Any]:
            number = self._number(client)
            name = MARK.sub("", number.friendly_name or "").strip()[:LONGEST_NAME]
            number.update(friendly_name=f"{name} [companion {mark}]".strip())
            return []

        written = self._list(write)
        return written if isinstance(written, Unlisted) else None

    def _number(self, client: Client) -> Any:
        [first, *_] = self._account.numbers
        found = client.incoming_phone_numbers.list(phone_number=first, limit=1)
        if not found:
            raise ValueError("our number is not in the account")
        return found[0]

    def _list(
        self, read: Callable[[Client], list[Any]], *, seconds: float | None = None
    ) -> tuple[Any, ...] | Unlisted:
        def work(ends_at: float) -> tuple[Any, ...] | Unlisted:
            return self._read(read, ends_at)

        busy: tuple[Any, ...] | Unlisted = Unlisted("too many calls wait for the provider")
        late: tuple[Any, ...] | Unlisted = Unlisted("the list was not read within the deadline")
        return self._within(seconds or self._list_seconds, work, busy=busy, late=late)

    def _read(
        self, read: Callable[[Client], list[Any]], ends_at: float
    ) -> tuple[Any, ...] | Unlisted:
        http = _Http(self._account.api_base, ends_at, longest=LONGEST_PAGE_BYTES)
        try:
            return tuple(read(self._client(http)))
        except _UNREADABLE as error:
            return Unlisted(f"a list that cannot be read: {type(error).__name__}")

    def _within(self, seconds: float, work: Callable[[float], T], *, busy: T, late: T) -> T:
        """Do *work* in a thread of its own: a hanging name look-up has no time-out to set."""
        if not self._lines.acquire(blocking=False):
            return busy
        answers: queue.SimpleQueue[T] = queue.SimpleQueue()
        ends_at = time.monotonic() + seconds

        def call() -> None:
            try:
                answers.put(work(ends_at))
            finally:
                self._lines.release()

        threading.Thread(target=call, daemon=True).start()
        try:
            return answers.get(timeout=seconds)
        except queue.Empty:
            return late

    def _client(self, http: "_Http") -> Client:
        account = self._account
        return Client(account.account_sid, account.auth_token, http_client=http)

    def _create(self, text: Outgoing, http: "_Http") -> SendResult:
        account = self._account
        client = self._client(http)
        try:
            made = client.messages.create(
                to=text.to,
                body=text.body,
                validity_period=_validity(text.valid_for_seconds),
                status_callback=f"{account.public_url.rstrip('/')}/sms/status/{text.callback_token}{TRY_AGAIN}",
                **_sender(account.sender),
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return _meaning_of(error.status, error.code, http.retry_after)
        except requests.RequestException as error:
            return _meaning_of_silence(error)
        except _UNREADABLE as error:
            # A success whose body the library cannot read.
            return Uncertain(f"an answer that cannot be read: {type(error).__name__}")
        return _meaning_of_success(made.sid, made.to, expected=text.to)


class TwilioRequests:
    """Tells genuine requests of Twilio from forged ones, with the new and the old token."""

    def __init__(self, account: TwilioAccount) -> None:
        tokens = (account.auth_token, account.auth_token_previous)
        self._validators = [RequestValidator(token) for token in tokens if token]

    def is_genuine(self, url: str, fields: Mapping[str, str], signature: str | None) -> bool:
        """Tell whether *signature* belongs to *url*, as Twilio knows it, and *fields*.

        Whether what follows a ``#`` is signed is not documented, so both count.
        """
        if not signature:
            return False
        # Every token is tried, so that the time taken does not say which one fits.
        found = [
            one.validate(signed, dict(fields), signature)
            for one in self._validators
            for signed in (url, url + TRY_AGAIN)
        ]
        return any(found)


class _Http(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """The library's HTTP, bounded in time and size.

    It follows no redirect, reads no proxy or password from the environment, logs nothing,
    and keeps ``Retry-After``, which the library's exceptions drop.
    """

    def __init__(
        self, api_base: str | None, ends_at: float, *, longest: int = LONGEST_ANSWER_BYTES
    ) -> None:
        super().__init__(pool_connections=False)
        self._longest = longest
        self._api_base = urlsplit(api_base) if api_base else None
        self._ends_at = ends_at
        self.retry_after: str | None = None

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make the request, with our limits instead of those asked for."""
        with requests.Session() as session:
            session.trust_env = False
            with session.request(
                method,
                self._address(url),
                params=params,
                data=data,
                headers=headers,
                auth=auth,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer:
                self.retry_after = answer.headers.get("Retry-After")
                return Response(answer.status_code, self._text_of(answer), answer.headers)

    def _address(self, url: str) -> str:
        if self._api_base is None:
            return url
        base = self._api_base
        return urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))

    def _text_of(self, answer: requests.Response) -> str:
        body = bytearray()
        while piece := self._piece_of(answer):
            body += piece
            if time.monotonic() > self._ends_at:
                raise requests.ReadTimeout("the answer drips")
            if len(body) > self._longest:
                raise requests.exceptions.ContentDecodingError("the answer is too long")
        return body.decode(errors="replace")

    def _piece_of(self, answer: requests.Response) -> bytes:
        """Return whatever has come by now, nothing at the end.

        Any other read waits for all that was asked for, however slowly it drips.
        """
        try:
            piece: bytes = answer.raw.read1(PIECE_BYTES, decode_content=True)
        except HTTPError as error:
            raise requests.exceptions.ChunkedEncodingError(error) from error
        return piece


_UNREADABLE = (
    TwilioException,
    requests.RequestException,
    ValueError,
    TypeError,
    AttributeError,
)
INBOUND = "inbound"


def _since(client: Client, since: datetime, *, most: int, **only: str) -> Iterator[Any]:
    """Yield the texts that *only* names, which Twilio lists newest first, back to *since*."""
    listed = client.messages.stream(**only, page_size=PAGE_TEXTS)
    for number, one in enumerate(listed):
        if number == most:
            raise ValueError("the list is too long")
        if _created(one) < since:
            return
        yield one


def _texts_to(client: Client, numbers: tuple[str, ...], since: datetime) -> list[ListedIn]:
    listed = itertools.chain.from_iterable(
        _since(client, since, most=MOST_LISTED, to=to) for to in numbers
    )
    return [
        ListedIn(one.sid, one.from_, one.body or "", one.date_sent or _created(one))
        for one in listed
        if one.direction == INBOUND
    ]


def _created(one: Any) -> datetime:
    if not isinstance(one.date_created, datetime) or not MESSAGE_SID.fullmatch(one.sid):
        raise ValueError("a text without its date or name")
    return one.date_created


def _validity(seconds: int) -> int:
    return max(SHORTEST_VALIDITY_SECONDS, min(seconds, LONGEST_VALIDITY_SECONDS))


def _sender(sender: str) -> dict[str, str]:
    return {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}


def _meaning_of(status: int, code: int | None, retry_after: str | None) -> SendResult:
    if code in PERMANENT_CODES:
        return Refused(str(code))
    if status == 429:
        return TryLater(_wait(retry_after), "the provider asks to slow down")
    if status in NOT_SIGNED_IN:
        # Nothing was taken: the texts wait for a working password instead of being held.
        why = f"the provider refuses our account ({status})"
        return TryLater(_wait(retry_after), why, for_operator=True)
    return Uncertain(f"the provider answered {status}, code {code}")


def _wait(retry_after: str | None) -> int:
    if retry_after is None or not re.fullmatch(r"[0-9]{1,9}", retry_after.strip()):
        return BACK_OFF_SECONDS
    return max(1, min(int(retry_after), LONGEST_BACK_OFF_SECONDS))


def _meaning_of_silence(error: requests.RequestException) -> SendResult:
    cause = error.args[0] if error.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    if refused or isinstance(error, requests.ConnectTimeout):
        return TryLater(UNREACHABLE_SECONDS, "the provider cannot be reached")
    return Uncertain(f"the call broke off: {type(error).__name__}")


def _meaning_of_success(sid: object, to: object, *, expected: str) -> SendResult:
    if not isinstance(sid, str) or not MESSAGE_SID.fullmatch(sid):
        return Uncertain("the provider took the text but did not name it")
    if to is None:
        return Uncertain("the provider did not say whom the text is for")
    if to != expected:
        return Uncertain("the provider names another number than ours", wrong_number=True)
    return Accepted(sid)
