"""Plans that wait for somebody's yes, so that a prescriber need not be told of them by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from companion.core.agreement import MarkSide
from companion.store import patients, plans
from companion.store.database import Scope, Session
from companion.store.patients import Patient
from companion.store.plans import PlanVersion


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """One proposed version, and whose marks it lacks."""

    patient: Patient
    name: str
    version: PlanVersion
    missing: tuple[MarkSide, ...]


def waiting_plans(session: Session, scope: Scope) -> Sequence[WaitingPlan]:
    """Return every proposed version in *scope*: first what lacks only a prescriber, oldest first."""
    found = [
        WaitingPlan(
            patient, patients.name_of(session, patient), version, missing_in(session, version)
        )
        for version, patient in plans.proposed_in(session, scope)
    ]
    return sorted(found, key=lambda one: one.missing != (MarkSide.PRESCRIBER,))


def missing_in(session: Session, version: PlanVersion) -> tuple[MarkSide, ...]:
    """Return the sides that have not marked *version*."""
    made = {mark.side for mark in plans.marks_of(session, version)}
    return tuple(side for side in MarkSide if side not in made)
