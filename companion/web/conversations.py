"""What patients are asked: each protocol as a whole conversation, with what every text costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from companion.core.conversation import question_key
from companion.core.crisis import call_key, crisis_key
from companion.core.own_question import MOST_SEGMENTS, OwnQuestion
from companion.core.protocols import Often, Protocol
from companion.core.questions import OWN, WEEKLY, Question
from companion.core.sms_text import segments
from companion.core.working import Nation
from companion.store import organisations, own_questions
from companion.team_hours import hours_in
from companion.web.access import requires
from companion.web.costs import MAY_SEE
from companion.web.current import current_runtime, current_scope, now
from companion.wording import Language, Wording

blueprint = Blueprint("conversations", __name__, url_prefix="/conversations")

BEFORE = ("handshake", "handshake_again", "handshake_confirmed")
AFTERWARDS = (
    "thanks", "thanks_in_english", "withdrawal_expected", "useful_question", "useful_thanks",
    "noted", "noted_urgent", "not_understood_person", "reminder", "late_noted",
)  # fmt: skip
STEERED = (
    "hold_done", "say_noted", "plan_on_paper", "plan_today", "often_done", "seldom_done",
    "language_noted", "wrong_person_done", "started_again", "start_noted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One text as it reads, what it takes now and at most, and when it is asked."""

    key: str
    body: str
    segments: int
    budget: int
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Texts that belong together: before the check-ins, a check-in, afterwards, words, danger."""

    name: str
    texts: Sequence[Shown]


@blueprint.get("/")
@requires(*MAY_SEE)
def listed() -> ResponseReturnValue:
    """Show the protocols and the languages in which each can be read."""
    wording = current_runtime().wording
    return render_template(
        "conversations.html",
        protocols=list(wording.protocols.values()),
        languages=wording.languages,
        faults={language.tag: wording.faults(language.tag) for language in wording.languages},
        often=list(Often),
    )


@blueprint.get("/<name>/<tag>")
@requires(*MAY_SEE)
def shown(name: str, tag: str) -> ResponseReturnValue:
    """Show one protocol's whole conversation in one language."""
    runtime, scope = current_runtime(), current_scope()
    wording = runtime.wording
    protocol = wording.protocols.get(name)
    language = next((one for one in wording.languages if one.tag == tag), None)
    if protocol is None or language is None:
        abort(HTTPStatus.NOT_FOUND)
    with runtime.transactions.reading() as session:
        organisation = organisations.organisation_of(session, scope.organisation_id)
        team = organisations.teams_of(session, scope.organisation_id)[0]
        about_team = {
            "team": team.name,
            "team_phone": team.phone,
            "hours": hours_in(team.hours, tag),
        }
        nation = organisation.home
        own = own_questions.questions_of(session, scope.organisation_id).values()
    sample = _sample(wording, language, nation, about_team)
    parts = [
        *_parts(wording, protocol, language, nation, sample),
        Part("own", [*_own(own, protocol, language)]),
    ]
    return render_template(
        "conversation.html", protocol=protocol, language=language, parts=parts, one=1
    )


def _sample(
    wording: Wording, language: Language, nation: Nation, about_team: dict[str, str]
) -> dict[str, str]:
    """Return what stands for each placeholder: the team's own words, and examples."""
    resource = wording.resources[0]
    day = wording.short_day(now().date(), language.tag)
    values = {
        **about_team,
        "day": day,
        "title": resource.title,
        "address": resource.address,
        "code": "123 456",
        "number": "3",
        "low": "0",
        "high": "10",
        "amounts": "…",
        "call": "",
    }
    values["call"] = _said(wording, call_key(nation), language, values) or ""
    values["question"] = _said(wording, question_key(Question.PAIN), language, values) or ""
    return values


def _said(wording: Wording, key: str, language: Language, values: dict[str, str]) -> str | None:
    """Return a text with *values*, or None where the language lacks it."""
    if wording.lacks(key, language.tag):
        return None
    return wording.text_for(key, language.tag, **values)


def _parts(
    wording: Wording,
    protocol: Protocol,
    language: Language,
    nation: Nation,
    sample: dict[str, str],
) -> list[Part]:
    extra = [question for day in protocol.extra.values() for question in day]
    asked = [*protocol.questions, *dict.fromkeys(extra)]
    in_order = [
        key
        for question in asked
        if question not in OWN
        for key in (question_key(question), f"{question}_again")
    ]
    danger = (crisis_key("crisis", nation), crisis_key("help", nation))
    named = {
        "before": BEFORE,
        "check-in": in_order,
        "afterwards": AFTERWARDS,
        "words": STEERED,
        "danger": danger,
    }
    return [
        Part(name, list(_shown(wording, keys, language, sample))) for name, keys in named.items()
    ]


def _own(asked: Iterable[OwnQuestion], protocol: Protocol, language: Language) -> Iterator[Shown]:
    """Yield what the organisation asks itself after all others."""
    for one in asked:
        if protocol.name in one.protocols and language.tag in one.texts:
            body = one.texts[language.tag]
            yield Shown(question_key(one.slot), body, segments(body), MOST_SEGMENTS)


def _shown(
    wording: Wording, keys: Sequence[str], language: Language, sample: dict[str, str]
) -> Iterator[Shown]:
    weekly = {name for question in WEEKLY for name in (question_key(question), f"{question}_again")}
    for key in keys:
        body = _said(wording, key, language, sample)
        if body is not None:
            budget = wording.texts[key].max_segments
            yield Shown(key, body, segments(body), budget, key in weekly)
