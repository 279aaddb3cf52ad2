"""How a patient is reached: beside whatever asks for a call."""

from dataclasses import dataclass

from companion.core.numbers import mask_phone, show_phone
from companion.services.enrolment import wishes_of
from companion.store import patients
from companion.store.database import Session
from companion.store.patients import Patient
from companion.web.showing import language
from companion.web.words import gettext as _


@dataclass(frozen=True, slots=True)
class Contact:
    """What somebody needs who is about to ring a patient."""

    phone: str
    """Masked, unless *call* is there."""
    call: str
    """The number for dialling, E.164; empty until the whole number is asked for."""
    address: str
    """Where an ambulance would go."""
    emergency_contact: str
    ways: str
    communication_needs: str
    language: str
    """With the word that an interpreter is needed."""
    opted_out: bool


def contact_of(session: Session, patient: Patient, *, reveal: bool) -> Contact:
    """Return how *patient* is reached; that the number is shown is recorded by the caller."""
    identity = patients.identity_of(session, patient)
    wishes = wishes_of(session, patient)
    spoken = language(wishes.language)
    return Contact(
        phone=show_phone(identity.phone) if reveal else mask_phone(identity.phone),
        call=identity.phone if reveal else "",
        address=identity.address,
        emergency_contact=identity.emergency_contact,
        ways=wishes.ways,
        communication_needs=wishes.communication_needs,
        language=f"{spoken}, {_('interpreter for calls')}" if wishes.interpreter else spoken,
        opted_out=patient.opted_out_at is not None,
    )
