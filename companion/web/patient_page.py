"""What the patient page and the list of patients show, gathered in one read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from companion.core.agreement import MarkSide
from companion.core.calendar import local_day
from companion.core.doses import DayDoses
from companion.core.people import ContactWishes, Identity
from companion.core.plan_changes import Difference, difference
from companion.core.questions import Question
from companion.core.sending import MessageState
from companion.core.supply import Quantities, balance
from companion.core.taper import Hold, Step, held_from
from companion.services import asking, confirming, planning
from companion.services.enrolment import wishes_of
from companion.services.plan_today import PlanToday, plan_on, plan_today
from companion.store import (
    accounts,
    agreeing,
    alerts,
    audit,
    check_ins,
    messages,
    organisations,
    own_questions,
    patients,
    plan_drafts,
    plans,
    replies,
    sent,
    supplies,
)
from companion.store.agreeing import PlanRequest
from companion.store.alerts import Alert
from companion.store.audit import AuditEntry
from companion.store.check_ins import CheckIn
from companion.store.database import Scope, Session
from companion.store.patients import Patient
from companion.store.plans import PlanHold, PlanMark, PlanVersion
from companion.store.sent import Sent
from companion.store.supplies import PlanSupply, PlanTaken
from companion.web.chart import ScoreChart, StepChart, score_chart, step_chart
from companion.web.proposed_view import ProposedView, proposed_view
from companion.web.risk_view import RiskView, risk_view
from companion.web.showing import short_day
from companion.web.showing_answers import answer, question
from companion.web.waiting_plans import missing_in, waiting_plans

TEXTS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert with its words opened and its people named."""

    alert: Alert
    why: str
    note: str
    taken_by: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of the plan with everything under it."""

    version: PlanVersion
    steps: tuple[Step, ...]
    marks: Sequence[tuple[PlanMark, str]]
    """Each mark with how it was given."""
    missing: tuple[MarkSide, ...]
    goal_words: str
    reasons: str
    """Why it is right although concerns stood against it."""
    set_by: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the patient asks of the plan, and the rest of it redrawn for that."""

    request: PlanRequest
    steps: tuple[Step, ...]
    """Empty where nothing is left to redraw."""
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A plan that somebody left in the form, with all that stood in it."""

    written_by: str
    written_at: datetime
    content: dict[str, str]


@dataclass(frozen=True, slots=True)
class TextView:
    """One text, in or out, with its words opened."""

    at: datetime
    incoming: bool
    body: str
    state: MessageState | None
    reason: str
    segments: int = 0
    """How many it is charged as; 0 for one that came in."""


@dataclass(frozen=True, slots=True)
class CheckInView:
    """One check-in and what was answered."""

    check_in: CheckIn
    answers: dict[Question, Decimal]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """All that is shown of one patient."""

    patient: Patient
    identity: Identity
    wishes: ContactWishes
    team_name: str
    today: date
    in_force_on: date
    """The day whose step is in force: today, or the day of a hold."""
    version: VersionView | None
    """The agreed version: that which is in force today, with the steps that come under it."""
    coming: VersionView | None
    """A newer agreed version, whose first day is to come."""
    coming_on: date | None
    """When that begins; None where a hold keeps it from beginning."""
    proposed: VersionView | None
    weighed: ProposedView | None
    """What is to think about before the proposed version is marked."""
    difference: Difference | None
    """How the proposed version differs from the agreed one, where they can be compared."""
    newest_id: UUID | None
    """The newest version, whoever wrote it."""
    code_sent: datetime | None
    """When a code for agreeing was texted that may still be answered."""
    draft: DraftView | None
    request: RequestView | None
    unconfirmed: Step | None
    """The reduction that is due but may not have been taken."""
    stands_still: bool
    """Whether the next one is announced to nobody, because a worry stands open."""
    taken: Sequence[tuple[PlanTaken, str]]
    """What people found to be taken, newest first, with their words."""
    supply: PlanSupply | None
    balance: Quantities | None
    """What of the supply is left over under the proposed version; negative is needed more."""
    risk: RiskView | None
    older: Sequence[PlanVersion]
    hold: PlanHold | None
    doses_today: DayDoses | None
    next_step: Step | None
    chart: StepChart | None
    check_ins: Sequence[CheckInView]
    asked: Mapping[Question, str]
    """The questions that any of the check-ins has an answer to, each with what it is about."""
    scores: ScoreChart | None
    texts: Sequence[TextView]
    sent: Sent
    """All that was ever sent to the patient."""
    alerts: Sequence[AlertView]
    audit: Sequence[tuple[AuditEntry, str]]


def alert_view(session: Session, alert: Alert, names: dict[UUID, str]) -> AlertView:
    """Open one alert for showing."""
    return AlertView(
        alert=alert,
        why=alerts.why_of(session, alert),
        note=alerts.note_of(session, alert),
        taken_by=names.get(alert.acknowledged_by, "") if alert.acknowledged_by else "",
        closed_by=names.get(alert.resolved_by, "") if alert.resolved_by else "",
    )


def version_view(session: Session, version: PlanVersion, names: dict[UUID, str]) -> VersionView:
    """Open one version for showing."""
    marks = plans.marks_of(session, version)
    return VersionView(
        version=version,
        steps=plans.steps_of(session, version),
        marks=[(mark, plans.how_of(session, mark)) for mark in marks],
        missing=missing_in(session, version),
        goal_words=plans.goal_words_of(session, version),
        reasons=plans.reasons_of(session, version),
        set_by=names.get(version.set_by, ""),
    )


def patient_page(session: Session, scope: Scope, patient: Patient, now: datetime) -> PatientPage:
    """Return all that is shown of *patient*."""
    organisation = organisations.organisation_of(session, patient.organisation_id)
    names = accounts.names_of(session, patient.organisation_id)
    today = local_day(now, organisation.time_zone)
    versions = plans.versions_of(session, patient)
    plan = plan_on(session, patient, today)
    agreed, shown = plan.agreed, plan.version or plan.agreed
    proposed = next((v for v in versions if v.state == "proposed"), None)
    view = None if shown is None else until_next(version_view(session, shown, names), plan)
    steps = () if view is None else view.steps
    holds = () if shown is None else plans.binding_holds(session, shown)
    asked = _check_ins(session, patient)
    open_code = agreeing.open_code(session, patient)
    new = None if proposed is None else version_view(session, proposed, names)
    return PatientPage(
        patient=patient,
        identity=patients.identity_of(session, patient),
        wishes=wishes_of(session, patient),
        team_name=organisations.team_of(session, patient.organisation_id, patient.team_id).name,
        today=today,
        in_force_on=min(today, held_from(steps, holds) or today),
        version=view,
        coming=None if agreed in {None, shown} else version_view(session, agreed, names),
        coming_on=begins_on(plan),
        proposed=new,
        weighed=None
        if new is None
        else proposed_view(session, patient, new.version, new.steps, today),
        difference=_difference(session, patient, agreed, new, today),
        newest_id=versions[0].id if versions else None,
        code_sent=None if open_code is None else open_code[0].sent_at,
        draft=_draft(session, patient, names),
        request=None if agreed is None else _request(session, patient, agreed, today),
        unconfirmed=None
        if shown is None
        else confirming.unconfirmed(session, patient, shown, today),
        stands_still=confirming.stands_still(session, patient),
        taken=[]
        if shown is None
        else [(t, supplies.words_of(session, t)) for t in supplies.taken_of(session, shown)],
        supply=None if shown is None else supplies.supply_for(session, shown),
        balance=_balance(session, view, new, holds, today),
        risk=risk_view(session, patient, now),
        older=[v for v in versions if v not in (agreed, shown, proposed)],
        hold=None if agreed is None else plans.open_hold(session, agreed.plan_id),
        doses_today=plan.doses,
        next_step=plan.next_step,
        chart=step_chart(steps, today=today, day_text=short_day) if steps else None,
        check_ins=asked,
        asked=_named(session, patient, asked),
        scores=_scores(asked),
        texts=_texts(session, scope, patient),
        sent=sent.sent_to(session, patient),
        alerts=[
            alert_view(session, alert, names)
            for alert in alerts.alerts_about(session, scope, patient.id)
        ],
        audit=[
            (entry, _actor(entry, names))
            for entry in audit.entries_about(session, scope, patient.id, limit=20)
        ],
    )


def begins_on(plan: PlanToday) -> date | None:
    """Return the first day of the version that was agreed last, None where a hold keeps it away."""
    newest = None if plan.agreed is None else plan.agreed.id
    return next((s.starts_on for s in plan.timeline.stretches if s.of.name == newest), None)


def until_next(view: VersionView, plan: PlanToday) -> VersionView:
    """Leave out the steps of *view*, in force today, that a newer agreed version takes over."""
    ends_on = None if view.version is plan.agreed else begins_on(plan)
    steps = tuple(step for step in view.steps if ends_on is None or step.starts_on < ends_on)
    return replace(view, steps=steps)


def _difference(
    session: Session,
    patient: Patient,
    agreed: PlanVersion | None,
    new: VersionView | None,
    today: date,
) -> Difference | None:
    if agreed is None or new is None or not agreed.counts_like(new.version):
        return None
    steps, holds = plans.steps_of(session, agreed), plans.binding_holds(session, agreed)
    begins = planning.beginning_of(session, new.version)
    found = difference(steps, new.steps, today, holds)
    return replace(found, raises=planning.rises(session, patient, begins, today))


def _draft(session: Session, patient: Patient, names: dict[UUID, str]) -> DraftView | None:
    draft = plan_drafts.draft_of(session, patient)
    if draft is None:
        return None
    content = plan_drafts.content_of(session, draft)
    return DraftView(names.get(draft.written_by, ""), draft.written_at, content)


def _balance(
    session: Session,
    agreed: VersionView | None,
    new: VersionView | None,
    holds: Sequence[Hold],
    today: date,
) -> Quantities | None:
    if agreed is None or new is None:
        return None
    old, version = agreed.version, new.version
    supply, product = supplies.supply_for(session, old), version.product
    is_same = (old.drug, old.form) == (version.drug, version.form)
    if supply is None or product is None or not is_same:
        return None
    return balance(product, agreed.steps, new.steps, supply.supplied, holds, today)


def _request(
    session: Session, patient: Patient, agreed: PlanVersion, today: date
) -> RequestView | None:
    request = agreeing.open_request(session, agreed.plan_id)
    if request is None:
        return None
    steps = asking.redrawn(session, patient, request.say, today) or ()
    holds = plans.binding_holds(session, agreed)
    return RequestView(
        request,
        steps,
        difference(plans.steps_of(session, agreed), steps, today, holds) if steps else None,
    )


def _actor(entry: AuditEntry, names: dict[UUID, str]) -> str:
    user_id = audit.Actor(entry.actor).user_id
    return entry.actor if user_id is None else names.get(user_id, "")


def _check_ins(session: Session, patient: Patient) -> list[CheckInView]:
    answers = sorted(check_ins.answers_of(session, patient), key=lambda a: str(a.check_in_id))
    by_check_in = {
        check_in_id: {a.question: a.value for a in group}
        for check_in_id, group in groupby(answers, key=lambda a: a.check_in_id)
    }
    return [
        CheckInView(check_in, by_check_in.get(check_in.id, {}))
        for check_in in check_ins.check_ins_of(session, patient)
    ]


def _named(session: Session, patient: Patient, views: Sequence[CheckInView]) -> dict[Question, str]:
    own = own_questions.ever_asked(session, patient.organisation_id)
    return {
        one: own[one].name if one in own else question(one)
        for one in Question
        if any(one in view.answers for view in views)
    }


def _scores(newest_first: Sequence[CheckInView]) -> ScoreChart | None:
    series: dict[str, list[tuple[date, Decimal]]] = {}
    for view in reversed(newest_first):
        for one in (Question.PAIN, Question.COPING):
            if one in view.answers:
                scored = (view.check_in.local_day, view.answers[one])
                series.setdefault(one.value, []).append(scored)
    return score_chart(series, day_text=short_day)


def _texts(session: Session, scope: Scope, patient: Patient) -> list[TextView]:
    went = [
        TextView(m.queued_at, False, messages.body_of(session, m), m.state, m.reason, m.segments)
        for m in messages.texts_of(session, scope, patient.id, limit=TEXTS_SHOWN)
    ]
    came = [
        TextView(r.received_at, True, replies.body_of(session, r), None, "")
        for r in replies.replies_of(session, patient, limit=TEXTS_SHOWN)
    ]
    # A text and its answer may share a moment: the patient's own goes first.
    return sorted([*came, *went], key=lambda text: (text.at, not text.incoming), reverse=True)[
        :TEXTS_SHOWN
    ]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One patient in the list."""

    patient: Patient
    name: str
    doses_today: DayDoses | None
    drug: str | None
    on_hold: bool
    unconfirmed: bool
    waits_for: tuple[MarkSide, ...]
    """Whose marks a proposed version lacks."""
    last_check_in: CheckIn | None
    urgency: int


def list_rows(
    session: Session, scope: Scope, found: Sequence[Patient], now: datetime
) -> list[ListRow]:
    """Return what the list shows of the patients in *found*."""
    standing: dict[UUID, int] = {}
    for alert in alerts.standing_alerts(session, scope):
        if alert.patient_id is not None:
            standing[alert.patient_id] = max(standing.get(alert.patient_id, 0), alert.urgency)
    waiting = {one.patient.id: one.missing for one in waiting_plans(session, scope)}
    return [
        _list_row(session, patient, standing.get(patient.id, 0), waiting.get(patient.id, ()), now)
        for patient in found
    ]


def _list_row(
    session: Session,
    patient: Patient,
    urgency: int,
    waits_for: tuple[MarkSide, ...],
    now: datetime,
) -> ListRow:
    plan = plan_today(session, patient, now)
    version = plan.version
    unsure = (
        None if version is None else confirming.unconfirmed(session, patient, version, plan.today)
    )
    return ListRow(
        patient=patient,
        name=patients.name_of(session, patient),
        doses_today=plan.doses,
        drug=None if version is None else version.drug,
        on_hold=bool(plan.holds),
        unconfirmed=unsure is not None,
        waits_for=waits_for,
        last_check_in=check_ins.newest_check_in(session, patient),
        urgency=urgency,
    )


def answer_of(view: CheckInView, asked: Question) -> str:
    """Return what was answered to one question of a check-in, a dash for nothing."""
    value = view.answers.get(asked)
    return "–" if value is None else answer(asked, value)
