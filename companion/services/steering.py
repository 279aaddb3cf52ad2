"""What a patient steers by text: words such as HOLD and SLOWER, and the code for agreeing.

HOLD, and agreeing by a code to a version that raises nothing, are the only things that a text
does to a plan. All else only asks a person.
"""

import re

from companion.core import triage
from companion.core.pace import Say
from companion.core.protocols import Often
from companion.core.reading.readings import Keyword
from companion.core.sending import MessageKind
from companion.services import agreeing, asking, enrolment, planning, queueing, telling_plan
from companion.services.agreeing import CodeAnswer
from companion.services.checking_in import may_be_asked
from companion.services.incoming import Incoming
from companion.services.standing import is_at_risk
from companion.store import plans
from companion.store.audit import PATIENT

SAYS = {Keyword.SLOWER: Say.SLOWER, Keyword.READY: Say.READY, Keyword.SAME: Say.SAME}
OFTENS = {Keyword.OFTEN: Often.OFTEN, Keyword.SELDOM: Often.SELDOM}
PLAN_WISHES = frozenset({*SAYS, Keyword.HOLD})
"""Whole messages that raise a finding of their own: their words need no second one."""
FROM_ANY_PHONE = frozenset({Keyword.HELP, Keyword.WRONG, Keyword.LANGUAGE})
"""Words that are answered without saying that there is a plan, or a patient."""
CODE = re.compile(r"\s*(\d{3})[\s-]?(\d{3})\s*[.!]?\s*")
"""Six digits as people copy them; no answer to a question is one."""


def may_steer(text: Incoming, keyword: Keyword) -> bool:
    """Tell whether *keyword* counts: not from a phone that is no longer, or not yet, the patient's.

    HOLD counts after STOP too: staying on the same dose is the safe direction.
    """
    if keyword in FROM_ANY_PHONE or may_be_asked(text.patient):
        return True
    return keyword is Keyword.HOLD and text.is_theirs


def steer(text: Incoming, keyword: Keyword) -> None:
    """Do what *keyword* asks for, or ask a person to."""
    match keyword:
        case Keyword.HELP:
            text.tell(triage.help_finding(answered=text.reachable))
            text.answer_danger("help")
        case Keyword.HOLD:
            held = planning.hold(
                text.session, text.patient, by_text=True, actor=PATIENT, now=text.now
            )
            text.answer("hold_nothing" if held is None else "hold_done")
        case Keyword.PLAN:
            key, values = telling_plan.answer_for(
                text.session, text.wording, text.patient, now=text.now
            )
            version = plans.agreed_version(text.session, text.patient)
            text.answer(key, values=values, plan_version_id=version.id if version else None)
        case Keyword.OFTEN | Keyword.SELDOM:
            enrolment.ask_more_or_less(
                text.session, text.patient, OFTENS[keyword], actor=PATIENT, now=text.now
            )
            text.answer(f"{OFTENS[keyword]}_done")
        case Keyword.LANGUAGE:
            text.tell(triage.language_finding())
            text.answer("language_noted")
        case Keyword.SLOWER | Keyword.READY | Keyword.SAME:
            asking.ask(
                text.session,
                text.patient,
                SAYS[keyword],
                by_text=True,
                actor=PATIENT,
                now=text.now,
                reply_id=text.reply.id,
            )
            text.answer("say_noted")
        case _:
            stop_for_wrong_person(text)


def stop_for_wrong_person(text: Incoming) -> None:
    """Stop all texts to a phone that may be somebody else's, and tell a person."""
    at_risk = is_at_risk(text.session, text.patient, now=text.now)
    reason = "The phone may belong to somebody else."
    # An answer was meant for the patient. Where to turn in danger may be read by anybody.
    queueing.cancel_waiting(
        text.session, text.patient, reason=reason, now=text.now, kinds=[MessageKind.REPLY]
    )
    enrolment.pause(text.session, text.patient, reason=reason, actor=PATIENT, now=text.now)
    text.patient.handshake_confirmed_at = None
    text.tell(triage.wrong_person_finding(at_risk=at_risk))
    text.answer("wrong_person_done")


def is_code(body: str) -> bool:
    """Tell whether a text is a code and nothing else."""
    return body.isascii() and CODE.fullmatch(body) is not None


def take_code(text: Incoming) -> None:
    """Take the patient's yes to a proposed version, where the code is that version's."""
    found = CODE.fullmatch(text.body)
    assert found is not None  # looked at by the caller
    answer = agreeing.take_code(text.session, text.patient, found[1] + found[2], now=text.now)
    match answer:
        case CodeAnswer.AGREED:
            text.answer("code_agreed")
        case CodeAnswer.WRONG:
            text.answer("code_wrong")
        case _:  # it is over
            text.tell(triage.code_finding())
            text.answer("code_over")
