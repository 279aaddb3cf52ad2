"""Make the tables and bring them up to date, by the migrations in ``migrations/``."""

from alembic import command
from alembic.config import Config

from companion.config import ROOT
from companion.store.database import Transactions


def config_for(transactions: Transactions) -> Config:
    """Return what Alembic needs to know."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = transactions.engine
    return config


def upgrade(transactions: Transactions, revision: str = "head") -> None:
    """Bring the database up to *revision*; nothing to do when it is there already."""
    command.upgrade(config_for(transactions), revision)


def downgrade(transactions: Transactions, revision: str) -> None:
    """Take the database back to *revision*; for tests, never in production."""
    command.downgrade(config_for(transactions), revision)


def check(transactions: Transactions) -> None:
    """Raise when the models have something that no migration makes."""
    command.check(config_for(transactions))
