"""A clinic in demo mode: an organisation, its staff, its pages and a person at them."""

import re
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from html import unescape
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from companion.clock import Clock
from companion.config import Settings
from companion.core.people import Consent, ContactWishes, Identity, Pathway
from companion.runtime import Runtime, build_runtime
from companion.services import enrolment, staffing
from companion.services.enrolment_checks import NewPatient
from companion.store import accounts
from companion.store.accounts import RoleName
from companion.store.audit import PATIENT, Actor
from companion.store.database import Scope, Transactions
from companion.store.patients import Patient
from companion.web.app import create_app
from companion.wording import Wording
from tests.rigs import databases

PASSWORD = "three random words"
HASH = PasswordHasher().hash(PASSWORD)
"""Made once: it is slow on purpose."""
COMPILED = FileSystemBytecodeCache(mkdtemp(prefix="companion-templates-"))
"""Templates compiled once for all the applications of a test run."""
NHS_NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069")


def settings_for(url: str, *, mode: str = "demo", public_url: str = "http://localhost") -> Settings:
    """Return settings of a service that texts through the simulator."""
    return Settings.model_validate(
        {
            "service": {"mode": mode},
            "database": {"url": url},
            "server": {"public_url": public_url},
            "secrets": {
                "session_key": databases.A_KEY,
                "data_key": databases.A_KEY,
                "index_key": databases.ANOTHER_KEY,
            },
            "sms": {"gateway": "simulator"},
        }
    )


def runtime_for(transactions: Transactions, wording: Wording, **options: str) -> Runtime:
    """Return what the service runs on, over a database that the test already has."""
    url = transactions.engine.url.render_as_string(hide_password=False)
    built = build_runtime(settings_for(url, **options))
    built.dispose()  # the test's own connections are used instead, and end with it
    clock = Clock(transactions, moves=True)
    return replace(built, transactions=transactions, wording=wording, clock=clock)


@dataclass
class Person:
    """Somebody at a browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with the token that its page carries."""
        return self.client.post(path, data={**fields, "csrf_token": self.token()})

    def token(self) -> str:
        """Return the token of a page that everybody may see."""
        for path in ("/how-it-works", "/sign-in"):
            page = self.client.get(path).get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
            if found:
                return found[1]
        raise LookupError("no page holds a token")

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        """Sign in as somebody."""
        return self.post("/sign-in", email=email, password=password)


@dataclass
class Clinic:
    """One organisation with its staff; ``app`` serves its pages."""

    runtime: Runtime
    app: Flask
    organisation_id: UUID
    scope: Scope
    pharmacist_id: UUID
    nurse_id: UUID
    registered: int = 0

    def visitor(self) -> Person:
        """Return somebody who has not signed in."""
        return Person(self.app.test_client())

    def signed_in(self, who: str = "pharmacist") -> Person:
        """Return a member of staff at their browser."""
        person = self.visitor()
        answer = person.sign_in(f"{who}@{self.organisation_id}.example")
        assert answer.status_code == 302
        return person

    def register(self, *, confirmed: bool = True, **changes: Any) -> Patient:
        """Register a patient; *changes* replace parts of :class:`NewPatient`."""
        number = self.registered
        self.registered += 1
        now = self.runtime.clock.now()
        new = NewPatient(
            identity=Identity(
                first_name="Ada",
                last_name=f"Lane{number}",
                born_on=date(1960, 1, 2),
                nhs_number=NHS_NUMBERS[number],
                address="1 Mill Lane",
                phone=f"07700 900{200 + number + self.pharmacist_id.int % 700}",
                emergency_contact="A sister, 01632 960111",
            ),
            wishes=ContactWishes(
                safe_from=time(8),
                safe_until=time(20),
                check_in_at=time(9),
                language="en-GB",
                detailed=False,
                interpreter=False,
                ways="Text first",
                communication_needs="Large print",
            ),
            consent=Consent("Priya Shah", "in clinic", now.date() - timedelta(days=1)),
            team_id=min(self.scope.team_ids),
            pathway=Pathway.TAPER,
            gp_practice="Mill Lane Surgery",
            pharmacy="High Street Pharmacy",
            baseline_pain=Decimal(5),
        )
        with self.runtime.transactions.begin() as session:
            patient = enrolment.register(
                session,
                self.scope,
                replace(new, **changes),
                self.runtime.wording,
                actor=Actor.user(self.pharmacist_id),
                now=now,
                allow_examples=True,
            )
            if confirmed:
                enrolment.confirm_handshake(session, patient, actor=PATIENT, now=now)
        return patient


def open_clinic(runtime: Runtime, app: Flask | None = None, *, name: str = "Riverside") -> Clinic:
    """Add an organisation with one person of each role, and return it."""
    now = runtime.clock.now()
    if runtime.clock.moves:  # noon, so that no test hangs on the hour it is run at
        tomorrow = now + timedelta(days=1)
        now = runtime.clock.set(tomorrow.replace(hour=12, minute=0, second=0, microsecond=0))
    with runtime.transactions.begin() as session:
        organisation = staffing.add_organisation(session, name=name, zone="Europe/London", now=now)
        team = staffing.add_team(
            session,
            organisation.id,
            name="the Riverside team",
            phone="01632 960123",
            hours="Mon to Fri, 9am to 5pm",
            now=now,
        )
        ids = {}
        for role in RoleName:
            user = accounts.add_user(
                session,
                organisation.id,
                email=f"{role.value}@{organisation.id}.example",
                name=f"{role.value.title()} Person",
                password_hash=HASH,
                roles=[role],
                team_ids=[team.id],
                now=now,
            )
            ids[role] = user.id
    app = app or create_app(runtime)
    app.jinja_env.bytecode_cache = COMPILED
    return Clinic(
        runtime=runtime,
        app=app,
        organisation_id=organisation.id,
        scope=Scope(organisation.id, frozenset({team.id})),
        pharmacist_id=ids[RoleName.PHARMACIST],
        nurse_id=ids[RoleName.FOLLOW_UP],
    )


def words_of(response: TestResponse) -> str:
    """Return the words of a page: no tags, single spaces."""
    page = re.sub(
        r"<(script|style)\b.*?</\1>", " ", response.get_data(as_text=True), flags=re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
