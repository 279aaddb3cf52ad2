"""Real databases for tests: a fresh one each time, with every table and guard."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from companion.store import schema
from companion.store.database import Transactions
from companion.store.sealing import Keyring
from tests.rigs import postgres

A_KEY = base64.b64encode(b"k" * 32).decode()
ANOTHER_KEY = base64.b64encode(b"i" * 32).decode()

TEMPLATE = "companion_template"


def a_keyring() -> Keyring:
    """Return keys for tests."""
    return Keyring(data_key=A_KEY, index_key=ANOTHER_KEY)


def make_tables(url: str) -> None:
    """Create every table and guard in an empty database."""
    transactions = Transactions(url, a_keyring())
    schema.create_all(transactions.engine)
    transactions.dispose()


@contextmanager
def opened(url: str) -> Iterator[Transactions]:
    """Yield transactions over *url* and close every connection afterwards."""
    transactions = Transactions(url, a_keyring())
    try:
        yield transactions
    finally:
        transactions.dispose()


def copy_of(template: Path, folder: Path) -> str:
    """Copy an empty SQLite database with all its tables, and return its address."""
    path = folder / f"{uuid4().hex}.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@contextmanager
def fresh_on(server: str) -> Iterator[str]:
    """Yield the address of a fresh PostgreSQL database with all its tables."""
    name = f"test_{uuid4().hex}"
    url = postgres.create_database(server, name, template=TEMPLATE)
    try:
        yield url
    finally:
        postgres.drop_database(server, name)
