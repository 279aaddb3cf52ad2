"""How moments, doses and states are written on pages."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_timedelta,
    get_day_names,
)
from babel.numbers import format_currency
from flask_babel import get_locale

from companion.core.agreement import MarkSide, VersionState
from companion.core.confirming import Taken
from companion.core.doses import DoseUnit, TimeOfDay, plain
from companion.core.ladder import Reach
from companion.core.medicines import labelled
from companion.core.numbers import show_nhs_number
from companion.core.own_question import OwnKind
from companion.core.pace import Say
from companion.core.people import Pathway, PatientStatus
from companion.core.protocols import Often
from companion.core.sending import MessageKind, MessageState
from companion.core.signposting import Sure, Topic
from companion.core.situation import Risk, Support, Use
from companion.core.triage import Agreed
from companion.core.urgency import Urgency
from companion.core.what_to_do import WHAT_TO_DO
from companion.store.alerts import Outcome
from companion.web.copy_words import amount_on_paper, filled, isolated
from companion.web.current import current_runtime, current_zone
from companion.web.showing_answers import question, short_question
from companion.web.words import gettext as _
from companion.web.words import lazy as _l


def moment(value: datetime | None) -> str:
    """Return a moment in the organisation's time, such as ``Mon 4 Jan 09:00``."""
    if value is None:
        return ""
    local = value.astimezone(current_zone())
    return format_datetime(local, "EEE d MMM HH:mm", locale=get_locale())


def moment_of_year(value: datetime) -> str:
    """Return a moment with its year, for paper: ``4 Jan 2027 09:00``."""
    local = value.astimezone(current_zone())
    return format_datetime(local, "d MMM yyyy HH:mm", locale=get_locale())


def day(value: date | None) -> str:
    """Return a day such as ``Mon 4 Jan 2027``."""
    return "" if value is None else format_date(value, "EEE d MMM yyyy", locale=get_locale())


def short_day(value: date) -> str:
    """Return a day for the foot of a picture, such as ``4 Jan``."""
    return str(format_date(value, "d MMM", locale=get_locale()))


def weekday(value: date) -> str:
    """Return a day of the week such as ``Mon``."""
    return str(format_date(value, "EEE", locale=get_locale()))


def how_long(since: datetime, now: datetime) -> str:
    """Return how long ago *since* was, such as ``40 minutes``."""
    gone = max(now - since, timedelta(minutes=1))
    return format_timedelta(gone, granularity="minute", threshold=1.5, locale=get_locale())


def number(value: Decimal) -> str:
    """Return an amount without trailing zeros."""
    return plain(value)


def urgency(level: int) -> str:
    """Return an urgency in words."""
    return {
        Urgency.EMERGENCY: _("Emergency"),
        Urgency.URGENT: _("Today"),
        Urgency.SOON: _("Next working day"),
        Urgency.NONE: _("No action"),
    }[Urgency(level)]


def how_often(value: Often) -> str:
    """Return how often somebody wants to be asked."""
    return {
        Often.SELDOM: _("Less often"),
        Often.USUAL: _("As usual"),
        Often.OFTEN: _("More often"),
    }[value]


def week_days(days: frozenset[int]) -> str:
    """Return days of the week, Monday 0, such as ``Mon, Thu``."""
    names = get_day_names("abbreviated", locale=get_locale())
    return ", ".join(names[day] for day in sorted(days))


def agreed_scores(agreed: Agreed) -> str:
    """Return from which scores on the team is told, as agreed with the patient."""
    told = []
    if agreed.pain_at is not None:
        told.append(_("pain is %(n)s or more twice running", n=plain(agreed.pain_at)))
    if agreed.coping_at is not None:
        told.append(_("coping is %(n)s or less", n=plain(agreed.coping_at)))
    return "; ".join(told)


def protocol(name: str) -> str:
    """Return what a way of asking is for; a name of an organisation's own stays."""
    return {
        "taper": _("While an agreed plan runs"),
        "hold": _("While a plan is on hold"),
        "after-taper": _("In the year after the taper"),
        "post-discharge": _("After discharge"),
    }.get(name, name)


def conversation_part(name: str) -> str:
    """Return the heading of one part of a conversation."""
    return {
        "before": _("Before the first check-in"),
        "check-in": _("A check-in: each question, and how it is asked once more"),
        "afterwards": _("After the answers"),
        "words": _("Answers to words such as HOLD"),
        "danger": _("Danger"),
        "own": _("Your own questions, asked after the others"),
    }[name]


def language_status(status: str) -> str:
    """Return how far a language has come."""
    return {
        "draft": _("draft: being written"),
        "reviewed": _("reviewed by a clinician"),
        "live": _("may be chosen"),
    }[status]


def own_kind(value: OwnKind) -> str:
    """Return how an organisation's own question is answered."""
    return {
        OwnKind.NUMBER: _("A number"),
        OwnKind.CHOICE: _("A choice: the words say what 1, 2, 3 stand for"),
        OwnKind.WORDS: _("Words, for a person to read"),
    }[value]


def topic(value: Topic) -> str:
    """Return what a signpost helps with."""
    return {
        Topic.GENERAL: _("Living with pain"),
        Topic.PAIN: _("Understanding pain"),
        Topic.FLARE_UP: _("Flare-ups"),
        Topic.COPING: _("Coping"),
        Topic.MOOD: _("Mood"),
        Topic.SLEEP: _("Sleep"),
        Topic.PACING: _("Pacing"),
        Topic.RELAXATION: _("Relaxation"),
        Topic.MOVING: _("Moving more"),
        Topic.USE: _("Cutting down"),
        Topic.HOLD: _("Waiting for a while"),
        Topic.PEOPLE: _("Company and groups"),
        Topic.CRISIS: _("Crisis"),
    }[value]


def sure(value: Sure) -> str:
    """Return how sure we are of an address."""
    return {
        Sure.SEEN: _("opened"),
        Sure.KNOWN: _("published, not opened"),
        Sure.TO_CONFIRM: _("to be confirmed"),
    }[value]


def reach(how_far: Reach) -> str:
    """Return whom a rung of the ladder reaches, in words."""
    return {
        Reach.TEAM: _("The team"),
        Reach.EVERYBODY: _("Everybody who works with patients"),
        Reach.LEAD: _("The team's lead"),
        Reach.DUTY: _("Everybody, and the duty address"),
    }[how_far]


def urgency_colour(level: int) -> str:
    """Return the class that colours an urgency; the words stand beside it."""
    return {
        Urgency.EMERGENCY: "nhsuk-tag--red",
        Urgency.URGENT: "nhsuk-tag--orange",
        Urgency.SOON: "nhsuk-tag--yellow",
        Urgency.NONE: "nhsuk-tag--grey",
    }[Urgency(level)]


def status(value: PatientStatus) -> str:
    """Return where a patient stands, in words."""
    return {
        PatientStatus.AWAITING_HANDSHAKE: _("Waiting for the phone to be confirmed"),
        PatientStatus.ACTIVE: _("Active"),
        PatientStatus.PAUSED: _("Texts stopped"),
        PatientStatus.FINISHED: _("Finished"),
    }[value]


def pathway(value: Pathway) -> str:
    """Return why somebody is followed, in words."""
    return {Pathway.TAPER: _("Taper"), Pathway.DISCHARGE: _("After discharge")}[value]


def version_state(value: VersionState) -> str:
    """Return where a version stands, in words."""
    return {
        VersionState.PROPOSED: _("Proposed, not agreed yet"),
        VersionState.AGREED: _("Agreed"),
        VersionState.SUPERSEDED: _("Replaced"),
        VersionState.WITHDRAWN: _("Taken back"),
        VersionState.FINISHED: _("Finished"),
    }[value]


def language(tag: str) -> str:
    """Return a language by its own name; the tag where it is in use no more."""
    names = {each.tag: each.name for each in current_runtime().wording.languages}
    return names.get(tag, tag)


def side(value: MarkSide) -> str:
    """Return whose mark it is."""
    return {MarkSide.PATIENT: _("Patient"), MarkSide.PRESCRIBER: _("Prescriber")}[value]


def message_state(value: MessageState) -> str:
    """Return how far a text has come, in words."""
    return {
        MessageState.QUEUED: _("Waiting"),
        MessageState.SENDING: _("Being sent"),
        MessageState.ACCEPTED: _("Sent"),
        MessageState.DELIVERED: _("Arrived"),
        MessageState.UNDELIVERED: _("Did not arrive"),
        MessageState.FAILED: _("Not sent"),
        MessageState.UNCERTAIN: _("Not known yet"),
        MessageState.HELD: _("Not known: a person must look"),
        MessageState.MISSED: _("Not sent"),
        MessageState.CANCELLED: _("Not sent"),
    }[value]


def unit(value: DoseUnit) -> str:
    """Return a unit as it stands on the label."""
    return {
        DoseUnit.MILLIGRAM: _("mg"),
        DoseUnit.MILLILITRE: _("ml"),
        DoseUnit.MICROGRAM_PER_HOUR: _("microgram/hour"),
        DoseUnit.TABLET: _("tablets"),
    }[value]


def amount(value: Decimal, in_unit: DoseUnit, drug: str | None = None) -> str:
    """Return an amount with its unit, as the label of *drug* writes it: ``1 tablet``."""
    if in_unit is DoseUnit.TABLET:
        return _("1 tablet") if value == 1 else _("%(n)s tablets", n=plain(value))
    return f"{labelled(drug, value)} {unit(in_unit)}"


def time_of_day(value: TimeOfDay) -> str:
    """Return a time of day in words."""
    return {
        TimeOfDay.MORNING: _("Morning"),
        TimeOfDay.MIDDAY: _("Midday"),
        TimeOfDay.EVENING: _("Evening"),
        TimeOfDay.NIGHT: _("Night"),
        TimeOfDay.DAILY: _("Whole day"),
        TimeOfDay.PATCH: _("Patch"),
    }[value]


def outcome(value: Outcome) -> str:
    """Return what came of an alert, in words."""
    return {
        Outcome.SPOKE: _("Spoke to the patient"),
        Outcome.NO_ANSWER: _("Tried to reach them, no answer"),
        Outcome.PLAN_CHANGED: _("The plan is being changed"),
        Outcome.URGENT_CARE: _("Sent for urgent care"),
        Outcome.NOTHING_NEEDED: _("Nothing needed to be done"),
        Outcome.OTHER: _("Something else (say what in the note)"),
    }[value]


def demo_moment(value: datetime) -> str:
    """Return a moment on the demonstration's own pages, where nobody is signed in."""
    local = value.astimezone(ZoneInfo("Europe/London"))
    return format_datetime(local, "EEE d MMM yyyy HH:mm", locale=get_locale())


def message_kind(value: MessageKind) -> str:
    """Return what a text is for, in words."""
    return {
        MessageKind.CRISIS: _("Crisis numbers"),
        MessageKind.REPLY: _("Answers"),
        MessageKind.HANDSHAKE: _("Confirming a phone"),
        MessageKind.CHECK_IN: _("Check-ins"),
        MessageKind.REMINDER: _("Reminders"),
        MessageKind.TEAM: _("Sent by the team"),
        MessageKind.STAFF: _("Alerts to staff"),
    }[value]


def say(value: Say) -> str:
    """Return what a patient asks of the plan, in words."""
    return {
        Say.SLOWER: _("to go slower"),
        Say.READY: _("to go on"),
        Say.SAME: _("to stay on this dose for one step more"),
    }[value]


def taken(value: Taken) -> str:
    """Return what a person found to be taken, in words."""
    return {
        Taken.AS_PLANNED: _("what the plan says"),
        Taken.DOSE_BEFORE: _("still the dose before"),
        Taken.OTHERWISE: _("something else"),
    }[value]


USES = {
    Use.UNDER_3_MONTHS: _l("Less than three months"),
    Use.UNDER_A_YEAR: _l("Three months to a year"),
    Use.OVER_A_YEAR: _l("More than a year"),
}
RISKS = {
    Risk.PREGNANT: _l("Pregnant, or may be"),
    Risk.CANCER_OR_END_OF_LIFE: _l("Pain of active cancer, or near the end of life"),
    Risk.OPIOID_USE_DISORDER: _l("Opioid use disorder, or opioids from several sources"),
    Risk.UNSTABLE_MENTAL_HEALTH: _l("Mental health not stable, or thoughts of suicide"),
    Risk.UNSTABLE_HEART: _l("Heart disease or high blood pressure that is not stable"),
    Risk.OVERDOSE_BEFORE: _l("An overdose in the past"),
    Risk.ALCOHOL_OR_DRUGS: _l("Much alcohol, or other drugs"),
    Risk.SEDATIVES: _l("Benzodiazepine, Z-drug, gabapentin or pregabalin"),
    Risk.BREATHING: _l("Sleep apnoea or lung disease"),
    Risk.COGNITION: _l("Trouble with memory or understanding"),
    Risk.FAILED_BEFORE: _l("A reduction that failed before"),
}
SUPPORTS = {
    Support.ADVICE: _l("Advice"),
    Support.BRIEF_INTERVENTION: _l("Brief intervention"),
    Support.LOCAL_SERVICE: _l("Local service"),
    Support.SPECIALIST_TEAM: _l("Specialist team"),
}


def use(value: Use) -> str:
    """Return for how long opioids have been taken, in words."""
    return str(USES[value])


def risk(value: Risk) -> str:
    """Return a characteristic, in words."""
    return str(RISKS[value])


def support(value: Support) -> str:
    """Return how much support is called for, in words."""
    return str(SUPPORTS[value])


def how_much_later(days: int) -> str:
    """Return how much later a plan ends, in words; empty where it ends on the same day."""
    if days == 0:
        return ""
    length = format_timedelta(timedelta(days=abs(days)), threshold=1.5, locale=get_locale())
    return (
        _("It ends %(length)s later.", length=length)
        if days > 0
        else _("It ends %(length)s sooner.", length=length)
    )


def month(value: date) -> str:
    """Return a month such as ``January 2027``."""
    return str(format_skeleton("yMMMM", value, locale=get_locale()))


def price(segments: int, digits: int = 2) -> str:
    """Return what so many segments cost, as the settings say, to two digits or up to *digits*."""
    sms = current_runtime().settings.sms
    pattern = "¤#,##0.00" + "#" * (digits - 2)
    amount = sms.segment_price * segments
    return str(
        format_currency(amount, sms.currency, pattern, locale=get_locale(), currency_digits=False)
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "moment_of_year": moment_of_year,
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "number": number,
    "labelled": lambda amount, drug: labelled(drug, amount),
    "isolated": isolated,
    "filled": filled,
    "amount_on_paper": amount_on_paper,
    "capitalize_first": lambda words: words[:1].upper() + words[1:],
    "urgency": urgency,
    "urgency_colour": urgency_colour,
    "reach": reach,
    "status": status,
    "pathway": pathway,
    "version_state": version_state,
    "side": side,
    "say": say,
    "use": use,
    "risk": risk,
    "support": support,
    "taken": taken,
    "taken_name": lambda name: taken(Taken(name)),
    "how_much_later": how_much_later,
    "language": language,
    "message_state": message_state,
    "message_kind": message_kind,
    "month": month,
    "price": price,
    "demo_moment": demo_moment,
    "nhs": show_nhs_number,
    "question": question,
    "topic": topic,
    "own_kind": own_kind,
    "protocol": protocol,
    "conversation_part": conversation_part,
    "language_status": language_status,
    "short_question": short_question,
    "sure": sure,
    "what_to_do": lambda rule: WHAT_TO_DO.get(rule, ""),
    "how_often": how_often,
    "week_days": week_days,
    "agreed_scores": agreed_scores,
    "time_of_day_name": lambda name: time_of_day(TimeOfDay(name)),
    "unit": unit,
    "amount": amount,
    "time_of_day": time_of_day,
    "outcome": outcome,
}
"""What templates may use after a bar."""
