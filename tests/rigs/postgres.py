"""A PostgreSQL of the test run's own, in a folder of its own, gone at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this account."""


class PostgresMissingError(RuntimeError):
    """The server's programs are not installed."""


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise PostgresMissingError(
            "PostgreSQL is not installed: run make test, or apt-get install postgresql"
        )
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_someone(command: list[str]) -> list[str]:
    return (
        ["setpriv", "--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED, "--clear-groups", *command]
        if os.geteuid() == 0
        else command
    )


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server and yield its address, such as ``postgresql://tester@127.0.0.1:5433``."""
    programs, port = _programs(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="companion-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        data = folder / "data"
        _run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            "tester",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        # What a crash of the server itself would need is left out: nothing here outlives it.
        quick = "fsync=off full_page_writes=off wal_level=minimal max_wal_senders=0 autovacuum=off jit=off"
        settings = ["listen_addresses=127.0.0.1", "max_connections=200", *quick.split()]
        options = " ".join([f"-p {port} -k {folder}", *(f"-c {setting}" for setting in settings)])
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://tester@127.0.0.1:{port}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    # The server keeps its parent's output open, so the output goes nowhere.
    subprocess.run(
        _as_someone([str(part) for part in command]),
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def create_database(server: str, name: str, *, template: str = "template1") -> str:
    """Make a database and return its address."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    """Remove a database, whoever is still connected."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
