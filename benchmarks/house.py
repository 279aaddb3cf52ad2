"""A service to measure: its settings, its tables and some patients who may write."""

import base64
import secrets
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from companion import migrating
from companion.clock import real_now
from companion.config import Settings, load_settings
from companion.core.numbers import example_nhs_number
from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.runtime import build_runtime
from companion.services import enrolment, staffing
from companion.services.enrolment_checks import NewPatient
from companion.store.accounts import RoleName
from companion.store.audit import PATIENT, Actor
from companion.store.database import Scope

PATIENTS = 500
OUR_NUMBER = "+441632960000"
TEMPLATE = """\
[service]
mode = "test"
[database]
url = "sqlite:///{folder}/bench.db"
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"
[secrets]
session_key = "{one}"
data_key = "{two}"
index_key = "{three}"
[sms]
gateway = "twilio"
[twilio]
account_sid = "AC{sid}"
auth_token = "{token}"
from_number = "{number}"
numbers = ["{number}"]
api_base = "{provider}"
"""


@dataclass(frozen=True, slots=True)
class House:
    """What a measurement needs to know of the service."""

    file: Path
    settings: Settings
    phones: list[str]


def build(folder: Path, *, port: int, provider: str) -> House:
    """Return a service in *folder* with confirmed patients, not started yet."""
    keys = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)]
    file = folder / "config.toml"
    file.write_text(
        TEMPLATE.format(
            folder=folder,
            port=port,
            one=keys[0],
            two=keys[1],
            three=keys[2],
            sid=secrets.token_hex(16),
            token=secrets.token_hex(16),
            number=OUR_NUMBER,
            provider=provider,
        ),
        encoding="utf-8",
    )
    settings = load_settings(file)
    return House(file, settings, _fill(settings))


def _fill(settings: Settings) -> list[str]:
    runtime, now = build_runtime(settings), real_now()
    migrating.upgrade(runtime.transactions)
    phones = [f"+447911{number:06d}" for number in range(100_000, 100_000 + PATIENTS)]
    with runtime.transactions.begin() as session:
        organisation = staffing.add_organisation(
            session, name="Bench", zone="Europe/London", now=now
        )
        team = staffing.add_team(
            session, organisation.id, name="Team", phone="01632 960001", hours="Always", now=now
        )
        user = staffing.add_user(
            session,
            organisation,
            email="bench@example.com",
            name="Bench",
            password="three random words",
            role=RoleName.PHARMACIST,
            now=now,
        )
        scope = Scope(organisation.id, frozenset({team.id}))
        for index, phone in enumerate(phones):
            new = _patient(index, phone, team_id=team.id)
            patient = enrolment.register(
                session,
                scope,
                new,
                runtime.wording,
                actor=Actor.user(user.id),
                now=now,
                allow_examples=True,
            )
            enrolment.confirm_handshake(session, patient, actor=PATIENT, now=now)
    runtime.dispose()
    return phones


def _patient(index: int, phone: str, *, team_id: UUID) -> NewPatient:
    return NewPatient(
        identity=Identity(
            first_name="Bench",
            last_name=f"Patient {index}",
            born_on=date(1960, 1, 1),
            nhs_number=example_nhs_number(index),
            address="1 Mill Lane",
            phone=phone,
            emergency_contact="A relative",
        ),
        wishes=ContactWishes(
            safe_from=time(7),
            safe_until=time(21),
            check_in_at=time(10),
            language="en-GB",
            detailed=False,
            interpreter=False,
            ways="",
            communication_needs="",
        ),
        consent=Consent("Bench", "spoken", date(2026, 1, 1)),
        team_id=team_id,
        pathway=Pathway.TAPER,
        gp_practice="",
        pharmacy="",
        baseline_pain=Decimal(5),
    )
