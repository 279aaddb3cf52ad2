"""One text of one patient while it is handled: what it says, whom to tell, how to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from companion.core import triage
from companion.core.crisis import call_key, crisis_key
from companion.core.reading.readings import Vocabulary
from companion.core.screening import Screening
from companion.core.sending import MessageKind
from companion.core.triage import Finding
from companion.core.working import Nation
from companion.services import queueing
from companion.services.alerting import tell_about
from companion.store import messages, organisations
from companion.store.database import Session
from companion.store.patients import Patient
from companion.store.replies import Reply
from companion.team_hours import hours_in
from companion.wording import Wording

FLOOD, FLOOD_WITHIN = 30, timedelta(hours=1)
"""Rule R-03: how many answers one phone gets in that time; crisis answers are never counted."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text of one patient, with what handling it needs."""

    session: Session
    wording: Wording
    patient: Patient
    reply: Reply
    body: str
    screening: Screening
    now: datetime

    @property
    def reachable(self) -> bool:
        """Whether a text can answer this one: not after STOP."""
        return self.patient.opted_out_at is None

    @property
    def is_theirs(self) -> bool:
        """Whether the phone was confirmed as the patient's, and nobody said otherwise since."""
        return self.patient.handshake_confirmed_at is not None

    @property
    def vocabulary(self) -> Vocabulary:
        """The reading words of the patient's language."""
        return self.wording.vocabulary(self.patient.language)

    def tell(self, finding: Finding | None) -> None:
        """Raise *finding*, if there is one, and say so where no text can answer."""
        if finding is not None:
            if not self.reachable:
                finding = triage.out_of_reach(finding)
            tell_about(self.session, self.patient, finding, now=self.now, reply_id=self.reply.id)

    def answer(
        self,
        key: str,
        *,
        kind: MessageKind = MessageKind.REPLY,
        check_in_id: UUID | None = None,
        plan_version_id: UUID | None = None,
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Queue the one text that answers this one."""
        self.answer_in(
            self.said(key, values),
            key,
            kind=kind,
            check_in_id=check_in_id,
            plan_version_id=plan_version_id,
        )

    def answer_in(
        self,
        body: str,
        key: str,
        *,
        kind: MessageKind = MessageKind.REPLY,
        check_in_id: UUID | None = None,
        plan_version_id: UUID | None = None,
    ) -> None:
        """Queue the one text that answers this one, in words that are ready."""
        if not self.reachable or self._is_flood(kind):
            return
        queueing.queue_text(
            self.session,
            patient=self.patient,
            kind=kind,
            text_key=key,
            body=body,
            dedupe_key=f"reply:{self.reply.id}",
            now=self.now,
            check_in_id=check_in_id,
            reply_id=self.reply.id,
            plan_version_id=plan_version_id,
        )

    def said(self, key: str, values: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return a text with what the patient's team says of itself put in."""
        return texts_for(self.session, self.wording, self.patient, key, values)

    def answer_danger(self, key: str) -> None:
        """Answer with the crisis services of the patient's nation: ``crisis`` or ``help``."""
        nation = _nation_of(self.session, self.patient)
        self.answer(crisis_key(key, nation), kind=MessageKind.CRISIS)

    def _is_flood(self, kind: MessageKind) -> bool:
        """Tell whether the phone answers our answers, as a machine does. Rule R-03."""
        if kind is MessageKind.CRISIS:
            return False
        since = self.now - FLOOD_WITHIN
        if messages.answers_since(self.session, self.patient, since) < FLOOD:
            return False
        self.tell(triage.flood_finding())
        return True


def texts_for(
    session: Session,
    wording: Wording,
    patient: Patient,
    key: str,
    values: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the text of *key* for *patient*: their language, team and nation put in."""
    team = organisations.team_of(session, patient.organisation_id, patient.team_id)
    nation = _nation_of(session, patient)
    return wording.text_for(
        key,
        patient.language,
        **{
            "team": team.name,
            "team_phone": team.phone,
            "hours": hours_in(team.hours, patient.language),
            "call": wording.text_for(call_key(nation), patient.language),
            **values,
        },
    )


def _nation_of(session: Session, patient: Patient) -> Nation:
    return organisations.organisation_of(session, patient.organisation_id).home
