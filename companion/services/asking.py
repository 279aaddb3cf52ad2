"""What a patient asks of the plan: SLOWER, READY or SAME, and what a clinician makes of it.

A request changes nothing. The redrawn rest is there to look at; a clinician proposes it or
says no, and both agree to what was proposed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from companion.core.pace import Say, redraw
from companion.core.taper import PlanError, Step
from companion.core.triage import request_finding
from companion.services import assessing, planning
from companion.services.alerting import tell_about
from companion.services.plan_today import plan_on
from companion.services.planning import PlanDraft
from companion.store import agreeing, audit, organisations, plans
from companion.store.agreeing import PlanRequest
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion


def ask(
    session: Session,
    patient: Patient,
    say: Say,
    *,
    by_text: bool,
    actor: Actor,
    now: datetime,
    reply_id: UUID | None = None,
) -> PlanRequest | None:
    """Keep what the patient asks for and tell the team; None when no agreed plan runs.

    A newer wish takes the place of one that nobody has settled.
    """
    version = plans.agreed_version(session, patient)
    tell_about(
        session,
        patient,
        request_finding(say, has_plan=version is not None),
        now=now,
        reply_id=reply_id,
    )
    if version is None:
        return None
    plans.lock(session, version)
    standing = agreeing.open_request(session, version.plan_id)
    if standing is not None:
        standing.settled_at, standing.settled_by = now, actor.user_id
    asked = PlanRequest(
        id=uuid4(), plan_id=version.plan_id, say=say, asked_at=now, asked_by_text=by_text
    )
    session.add(asked)
    session.flush()
    planning.record(session, patient, version, actor, f"asked for: {say}", now)
    return asked


def redrawn(session: Session, patient: Patient, say: Say, today: date) -> tuple[Step, ...] | None:
    """Return the agreed plan from *today* on as *say* asks for, or None with nothing left.

    Nothing is redrawn of what has not begun, or of what is in force only until then: what is
    taken now and what comes after it are of two versions, and a person writes the third.
    """
    plan = plan_on(session, patient, today)
    version = plan.version
    if version is None or version is not plan.agreed:
        return None
    product = version.product
    return redraw(
        say,
        plan.steps,
        today,
        plan.holds,
        change_days=None if product is None else product.form.change_days,
    )


def propose(
    session: Session,
    patient: Patient,
    request: PlanRequest,
    *,
    based_on: UUID,
    asked_above: Decimal,
    actor: Actor,
    now: datetime,
) -> PlanVersion:
    """Propose the redrawn rest, with one click.

    Raises:
        PlanError: it was settled already, nothing is left to redraw, or the load is above
            *asked_above* (mg of oral morphine a day) and nobody has asked about risk since.
        StaleError: another version came since *based_on*.
    """
    agreeing.lock_request(session, request)
    version = plans.agreed_version(session, patient)
    if request.settled_at is not None or version is None:
        raise PlanError("request", "This was settled already")
    today = organisations.today_of(session, patient.organisation_id, now)
    steps = redrawn(session, patient, request.say, today)
    if steps is None:
        raise PlanError("request", "Nothing of the plan is left to redraw")
    if assessing.must_ask(
        session, patient, assessing.tapered_load(session, patient, now), asked_above
    ):
        raise PlanError("request", "Answer the questions about risk first: the load is high")
    proposed = planning.propose(
        session,
        patient,
        _as_draft(session, version, request, steps, based_on, today),
        actor=actor,
        now=now,
    )
    _settle(session, patient, request, actor, now, "request proposed")
    request.version_id = proposed.id
    return proposed


def _as_draft(
    session: Session,
    version: PlanVersion,
    request: PlanRequest,
    steps: Sequence[Step],
    based_on: UUID,
    today: date,
) -> PlanDraft:
    review_on = version.review_on
    return PlanDraft(
        medicine=version.medicine,
        unit=version.unit,
        steps=steps,
        goal=steps[-1].doses.total,
        goal_words=plans.goal_words_of(session, version),
        prescriber=version.prescriber,
        based_on=based_on,
        reasons=f"Redrawn because the patient asked: {request.say.upper()}.",
        product=version.product,
        written_as=version.written_as,
        review_on=review_on if review_on is not None and review_on >= today else None,
    )


def decline(
    session: Session, patient: Patient, request: PlanRequest, *, actor: Actor, now: datetime
) -> None:
    """Write down that the plan stays as it is.

    Raises:
        PlanError: it was settled already.
    """
    agreeing.lock_request(session, request)
    if request.settled_at is not None:
        raise PlanError("request", "This was settled already")
    _settle(session, patient, request, actor, now, "request declined")


def _settle(
    session: Session,
    patient: Patient,
    request: PlanRequest,
    actor: Actor,
    now: datetime,
    action: str,
) -> None:
    request.settled_at, request.settled_by = now, actor.user_id
    session.flush()
    audit.record(
        session,
        patient.organisation_id,
        actor=actor,
        action=action,
        subject=f"plan_request:{request.id}",
        patient_id=patient.id,
        now=now,
    )
