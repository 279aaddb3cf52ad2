"""The places that an organisation adds to the signposts: groups, walks, soundscapes."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from companion.core.discreet import tells_of_medicines
from companion.core.signposting import Topic
from companion.services.enrolment_checks import Faults
from companion.store import audit, signposts
from companion.store.audit import Actor
from companion.store.database import Session
from companion.store.signposts import LocalResource
from companion.wording import LONGEST_ADDRESS, LONGEST_TITLE, Wording

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9 ]{3,16}|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?]\S*)?", re.IGNORECASE)
"""A telephone number, or a web address of the public internet."""


@dataclass(frozen=True, slots=True)
class NewPlace:
    """What a member of staff enters. *address* is a web address or a telephone number."""

    title: str
    address: str
    topic: str
    language: str
    discreet: bool


def add(
    session: Session,
    organisation_id: UUID,
    place: NewPlace,
    wording: Wording,
    *,
    user_id: UUID,
    today: date,
    now: datetime,
) -> LocalResource:
    """Add a place that texts may point to from now on.

    Raises:
        EnrolmentError: with every fault by field; nothing is saved.
    """
    title, address = place.title.strip(), _SCHEME.sub("", place.address.strip())
    faults = Faults()
    faults.need("title", "Enter what it is called", sound=bool(title))
    too_long = "This is too long for a text: {} letters at most"
    faults.need("title", too_long.format(LONGEST_TITLE), sound=len(title) <= LONGEST_TITLE)
    faults.need("address", "Enter a web address or a number", sound=bool(address))
    faults.need("address", too_long.format(LONGEST_ADDRESS), sound=len(address) <= LONGEST_ADDRESS)
    faults.need(
        "address",
        "Enter it like www.example.org/walks, or a telephone number",
        sound=_ADDRESS.fullmatch(address) is not None,
    )
    faults.need("title", "It must be on one line", sound="\n" not in title)
    faults.need(
        "discreet",
        "It tells of medicines: take this tick away, or change its name",
        sound=not (place.discreet and tells_of_medicines(f"{title} {address}")),
    )
    listed = signposts.local_of(session, organisation_id)
    faults.need("address", "It is on the list", sound=address not in {p.address for p in listed})
    faults.need("topic", "Choose what it helps with", sound=place.topic in set(Topic))
    known = {language.tag for language in wording.languages}
    faults.need("language", "Choose a language from the list", sound=place.language in known)
    faults.settle()
    added = LocalResource(
        id=uuid4(),
        organisation_id=organisation_id,
        title=title,
        address=address,
        topic=place.topic,
        language=place.language,
        discreet=place.discreet,
        added_by=user_id,
        checked_on=today,
    )
    session.add(added)
    session.flush()
    _record(session, added, "place added", user_id, now)
    return added


def withdraw(
    session: Session, organisation_id: UUID, resource_id: UUID, *, user_id: UUID, now: datetime
) -> bool:
    """Point nobody to a place any more; tell whether the organisation has it."""
    place = signposts.local_by_id(session, organisation_id, resource_id)
    if place is None:
        return False
    if place.withdrawn_at is None:
        place.withdrawn_at = now
        _record(session, place, "place withdrawn", user_id, now)
    return True


def _record(
    session: Session, place: LocalResource, action: str, user_id: UUID, now: datetime
) -> None:
    audit.record(
        session,
        place.organisation_id,
        actor=Actor.user(user_id),
        action=action,
        subject=f"local_resource:{place.id}",
        now=now,
    )
