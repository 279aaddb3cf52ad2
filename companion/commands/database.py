"""``companion db``, ``backup``, ``restore`` and ``release``."""

from pathlib import Path

import click

from companion import migrating, schema_version
from companion.clock import real_now
from companion.commands.opening import FILE, refuse_old_tables, runtime_for, text_of
from companion.releasing import release
from companion.runtime import backup_key_from
from companion.services import backing_up


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(config: Path | None) -> None:
    """Make the tables, or bring them up to date."""
    with runtime_for(config) as runtime:
        migrating.upgrade(runtime.transactions)
    click.echo("The tables are up to date.")


@click.command()
@click.argument("file", type=FILE)
@click.pass_obj
def backup(config: Path | None, file: Path) -> None:
    """Write everything to FILE, sealed, while people work."""
    with runtime_for(config) as runtime:
        refuse_old_tables(runtime)
        rows = backing_up.write_backup(
            runtime.transactions,
            file,
            key=backup_key_from(runtime.settings),
            revision=schema_version.newest(),
            real_now=real_now(),
        )
    click.echo(f"Wrote {rows} rows to {file}.")


@click.command()
@click.argument("file", type=FILE)
@click.pass_obj
def restore(config: Path | None, file: Path) -> None:
    """Fill an empty database from FILE. Nothing is sent until companion release."""
    with runtime_for(config) as runtime:
        # Only where nothing is: a database that somebody works with is not touched.
        if schema_version.is_untouched(runtime.transactions):
            migrating.upgrade(runtime.transactions)
        refuse_old_tables(runtime)
        size = file.stat().st_size if file.exists() else 0
        with click.progressbar(length=size, label="Restoring") as bar:
            restored = backing_up.restore(
                runtime.transactions,
                file,
                key=backup_key_from(runtime.settings),
                revision=schema_version.newest(),
                real_now=real_now(),
                progress=bar.update,
            )
    click.echo(f"Restored {restored.rows} rows, as they were at {text_of(restored.made_at)}.")
    click.echo("Nothing is sent from here until you run companion release.")


@click.command("release")
@click.pass_obj
def release_command(config: Path | None) -> None:
    """Let a restored service send, after comparing with what the provider has."""
    with runtime_for(config) as runtime:
        refuse_old_tables(runtime)
        for said in release(runtime):
            if isinstance(said, str):
                click.echo(said)
                continue
            click.echo(f"{said.gone} texts had gone already and are not sent again.")
            click.echo(f"{said.held_back} may have gone: they are not sent, and stand on Today.")
    click.echo("Released. Texts leave from here now.")
