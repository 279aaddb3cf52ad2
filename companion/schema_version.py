"""Which migration the database has, without loading what makes them."""

from companion.config import ROOT
from companion.store import database
from companion.store.database import Transactions


def newest() -> str:
    """Return the newest migration that this version knows: their files are numbered."""
    return max(path.name for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))[:4]


def is_untouched(transactions: Transactions) -> bool:
    """Tell whether no migration was ever made here."""
    return database.migration_of(transactions) is None


def is_current(transactions: Transactions) -> bool:
    """Tell whether the database has every migration."""
    return database.migration_of(transactions) == newest()
