"""A browser, a demonstration as ``make demo`` starts it, and a folder for pictures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from companion.demo.settings import write_settings
from tests.rigs.browser import chromium, pictures_folder
from tests.rigs.served import free_port, run, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of the module's own."""
    port = free_port()
    config = write_settings(tmp_path_factory.mktemp("demo"), port=port)
    filled = run(config, "demo")
    assert filled.returncode == 0, filled.stderr
    with serving(config, port) as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return pictures_folder(tmp_path)
