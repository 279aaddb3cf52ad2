"""What every test may ask for: databases, words and a phone network in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from companion.sms.simulator import SimulatedGateway
from companion.store.database import Transactions
from companion.store.sealing import Keyring
from companion.wording import Wording
from tests.rigs import databases, postgres

ROOT = Path(__file__).parents[1]

# The same examples each time: a test that fails now and then is believed by nobody.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=150)
settings.load_profile("steady")


SLOW = (
    "tests/journeys/",
    "tests/faults/",
    "tests/test_simulation.py",
    "tests/web/test_bad_input.py",
)
"""Few tests that take minutes: they begin first, so that no worker is left alone with them."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return databases.a_keyring()


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.load(ROOT / "messages", ROOT / "translations", drafts=True)


@pytest.fixture
def gateway() -> SimulatedGateway:
    return SimulatedGateway()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.running_postgres() as server:
        databases.make_tables(postgres.create_database(server, databases.TEMPLATE))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    databases.make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return databases.copy_of(sqlite_template, tmp_path)


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Transactions]:
    """Transactions over a fresh SQLite file."""
    with databases.opened(sqlite_url) as transactions:
        yield transactions


@pytest.fixture
def postgresql(postgres_server: str) -> Iterator[Transactions]:
    """Transactions over a fresh PostgreSQL database."""
    with databases.fresh_on(postgres_server) as url, databases.opened(url) as transactions:
        yield transactions


@pytest.fixture(params=["sqlite", "postgresql"])
def transactions(request: pytest.FixtureRequest) -> Transactions:
    """Transactions over a fresh database, once on each kind."""
    found: Transactions = request.getfixturevalue(request.param)
    return found
