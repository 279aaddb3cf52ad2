"""The ``companion`` command. What a command does stands in ``companion/commands``."""

from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "backup": "database:backup",
    "bounced": "watching:bounced",
    "clock": "demonstration:clock",
    "db": "database:db",
    "demo": "demonstration:demo",
    "doctor": "watching:doctor",
    "languages": "reading:languages_command",
    "medicines": "planning:medicines_command",
    "organisation": "staff:organisation",
    "plan": "planning:plan_command",
    "read": "reading:read_command",
    "release": "database:release_command",
    "resources": "pointing:resources_command",
    "restore": "database:restore",
    "screen": "reading:screen_command",
    "serve": "serving:serve",
    "simulate": "simulating:simulate_command",
    "team": "staff:team",
    "user": "staff:user",
}
"""Where each stands, module and name."""


class Lazy(click.Group):
    """Loads a command only when it is asked for: a service carries no migrations about."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return every name, for the help."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _colon, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"companion.commands.{module}"), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Lazy)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings, instead of the file that COMPANION_CONFIG names.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Agreed opioid tapers, followed by text message."""
    context.obj = config


if __name__ == "__main__":
    main()
