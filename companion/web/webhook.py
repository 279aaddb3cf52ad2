"""What Twilio tells us: texts that came in, and how far ours have got.

Nothing is believed before the signature fits, and a signature alone is not enough: it
joins names and values without a mark between them, so the same signature fits other
fields too. Hence each field exactly once, our account, our number, the form of the id.
It answers only once what came is committed; then a repeat changes nothing.
"""

from http import HTTPStatus

from flask import Blueprint, Response, abort, request

from companion.clock import real_now
from companion.core.sending import DELIVERY_RANKS
from companion.runtime import Runtime
from companion.services import following, receiving
from companion.sms.twilio import MESSAGE_SID
from companion.store.database import DATABASE_TROUBLE
from companion.web.access import open_to_all
from companion.web.current import current_runtime, now

LONGEST_BODY_BYTES = 64_000
FORM = "application/x-www-form-urlencoded"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

blueprint = Blueprint("webhook", __name__)


@blueprint.post("/sms/incoming")
@open_to_all
def incoming() -> Response:
    """Keep and handle a patient's text; the answer leaves through the queue."""
    runtime = current_runtime()
    fields = _genuine_fields(runtime)
    _require(_field(fields, "To") in runtime.settings.twilio.numbers, HTTPStatus.FORBIDDEN)
    try:
        receiving.receive(
            runtime.transactions,
            runtime.wording,
            provider_id=_sid(fields),
            phone=_field(fields, "From"),
            body=_field(fields, "Body"),
            opt_out_type=fields.get("OptOutType"),
            now=now(),
            real_now=real_now(),
        )
    except DATABASE_TROUBLE:
        # Twilio tries again, and what it gives up on stays in its list.
        abort(HTTPStatus.SERVICE_UNAVAILABLE)
    runtime.wake.set()
    return Response(EMPTY_TWIML, mimetype="text/xml")


@blueprint.post("/sms/status/<string(minlength=1, maxlength=64):token>")
@open_to_all
def status(token: str) -> Response:
    """Take in how far one of our texts has got. Always 204, also for what is not ours."""
    runtime = current_runtime()
    fields = _genuine_fields(runtime)
    sid, word = _sid(fields), _field(fields, "MessageStatus")
    if word in DELIVERY_RANKS:
        try:
            with runtime.transactions.begin() as session:
                following.record_delivery(
                    session,
                    token=token,
                    provider_id=sid,
                    word=word,
                    code=fields.get("ErrorCode"),
                    now=now(),
                )
        except DATABASE_TROUBLE:
            abort(HTTPStatus.SERVICE_UNAVAILABLE)
    return Response(status=HTTPStatus.NO_CONTENT)


def _genuine_fields(runtime: Runtime) -> dict[str, str]:
    """Return the fields of a request that Twilio surely made, or end it."""
    if runtime.requests is None:  # the simulator is the gateway: nothing comes from outside
        abort(HTTPStatus.NOT_FOUND)
    request.max_content_length = LONGEST_BODY_BYTES
    _require(request.mimetype == FORM, HTTPStatus.BAD_REQUEST)
    pairs = [(name, value) for name, values in request.form.lists() for value in values]
    fields = dict(pairs)
    _require(len(fields) == len(pairs), HTTPStatus.BAD_REQUEST)
    url = runtime.settings.server.public_url.rstrip("/") + request.path
    signature = request.headers.get("X-Twilio-Signature")
    _require(runtime.requests.is_genuine(url, fields, signature), HTTPStatus.FORBIDDEN)
    ours = runtime.settings.twilio.account_sid
    _require(fields.get("AccountSid") == ours, HTTPStatus.FORBIDDEN)
    return fields


def _sid(fields: dict[str, str]) -> str:
    sid = _field(fields, "MessageSid")
    _require(MESSAGE_SID.fullmatch(sid) is not None, HTTPStatus.BAD_REQUEST)
    return sid


def _field(fields: dict[str, str], name: str) -> str:
    _require(name in fields, HTTPStatus.BAD_REQUEST)
    return fields[name]


def _require(holds: bool, otherwise: HTTPStatus) -> None:
    if not holds:
        abort(otherwise)
