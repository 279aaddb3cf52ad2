"""The migrations of the database: where it stands, and bringing it up to date."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from companion.config import ROOT
from companion.store.database import Transactions


def _config(transactions: Transactions) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = transactions.engine
    return config


def upgrade(transactions: Transactions, revision: str = "head") -> None:
    """Bring the database up to *revision*; nothing to do when it is there already."""
    command.upgrade(_config(transactions), revision)


def downgrade(transactions: Transactions, revision: str) -> None:
    """Take the database back to *revision*; for tests, never in production."""
    command.downgrade(_config(transactions), revision)


def check(transactions: Transactions) -> None:
    """Raise when the models have something that no migration makes."""
    command.check(_config(transactions))


def newest() -> str:
    """Return the newest migration that this version knows."""
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    assert head is not None  # there is one
    return head


def is_untouched(transactions: Transactions) -> bool:
    """Tell whether no migration was ever made here."""
    with transactions.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is None


def is_current(transactions: Transactions) -> bool:
    """Tell whether the database has every migration."""
    with transactions.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()
