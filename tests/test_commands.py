"""The ``companion`` command, as somebody who runs the service types it."""

import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from click.testing import CliRunner, Result

from companion.cli import COMMANDS, main
from companion.config import ROOT, load_settings
from companion.demo.settings import write_settings
from companion.runtime import build_runtime
from companion.store import accounts, organisations
from tests.rigs.served import free_port, run, serving


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings in test mode over an empty database."""
    file = write_settings(tmp_path, port=free_port())
    file.write_text(file.read_text(encoding="utf-8").replace('"demo"', '"test"'), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _quiet_logging() -> Iterator[None]:
    """Put back the handlers that ``serve`` and migrations set."""
    import logging

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def companion(config: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *arguments], input=typed)


def a_service_with_people(config: Path) -> None:
    assert companion(config, "db", "upgrade").exit_code == 0
    added = companion(
        config, "organisation", "add", "Riverside", "--team", "Team", "--phone", "01632 960001",
        "--hours", "Always",
    )  # fmt: skip
    assert added.exit_code == 0, added.output


def add_user(config: Path, email: str, password: str, of: str = "Riverside") -> Result:
    return companion(
        config, "user", "add", email, "--role", "follow-up", "--organisation", of,
        "--password-stdin", typed=password + "\n",
    )  # fmt: skip


def test_a_service_is_set_up_step_by_step(config: Path) -> None:
    a_service_with_people(config)

    answer = add_user(config, "nurse@example.com", "three random words")

    assert answer.output == "Added nurse@example.com.\n"
    runtime = build_runtime(load_settings(config))
    with runtime.transactions.reading() as session:
        assert organisations.organisation_named(session, "Riverside") is not None
        assert accounts.user_with_email(session, "nurse@example.com") is not None
    runtime.dispose()


def test_a_password_can_be_typed_unseen(config: Path) -> None:
    a_service_with_people(config)

    answer = companion(
        config, "user", "add", "a@example.com", "--role", "pharmacist", "--organisation",
        "Riverside", typed="three random words\nthree random words\n",
    )  # fmt: skip

    assert answer.exit_code == 0
    assert "three" not in answer.output


@pytest.mark.parametrize(
    ("email", "password", "of", "says"),
    [
        ("nurse", "three random words", "Riverside", "no e-mail address"),
        ("a@example.com", "short", "Riverside", "three random words do well"),
        ("a@example.com", "three random words", "Nowhere", "no organisation called Nowhere"),
    ],
)
def test_what_cannot_be_added_says_why_in_one_line(
    config: Path, email: str, password: str, of: str, says: str
) -> None:
    a_service_with_people(config)

    answer = add_user(config, email, password, of)

    assert answer.exit_code == 1
    assert says in answer.output
    assert len(answer.output.strip().splitlines()) == 1


def test_tables_can_be_brought_up_to_date_twice(config: Path) -> None:
    assert companion(config, "db", "upgrade").exit_code == 0
    assert companion(config, "db", "upgrade").exit_code == 0


def test_the_database_file_is_its_owners_alone(config: Path) -> None:
    companion(config, "db", "upgrade")

    for file in (config, config.parent / "companion.db"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_doctor_says_what_is_still_missing(config: Path) -> None:
    first = companion(config, "doctor")
    companion(config, "db", "upgrade")
    second = companion(config, "doctor")
    a_service_with_people(config)
    third = companion(config, "doctor")
    add_user(config, "nurse@example.com", "three random words")
    fourth = companion(config, "doctor")

    assert first.exit_code == second.exit_code == 1
    assert "run companion db upgrade" in first.output
    assert "there is no team yet" in second.output
    assert third.exit_code == 1
    assert "nobody who works with patients is in it" in third.output
    assert fourth.exit_code == 0
    assert "WRONG" not in fourth.output


def test_the_doctor_names_every_setting_that_is_wrong(config: Path) -> None:
    config.write_text('[service]\nmode = "fun"\n', encoding="utf-8")

    answer = companion(config, "doctor")

    assert answer.exit_code == 1
    assert "service.mode" in answer.output
    assert "secrets: is missing" in answer.output


def test_the_doctor_names_a_database_that_cannot_be_opened(config: Path) -> None:
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "sqlite:///", "postgresql://nobody@127.0.0.1:1/x#"
        ),
        encoding="utf-8",
    )

    answer = companion(config, "doctor")

    assert answer.exit_code == 1
    assert "database.url: cannot be opened" in answer.output


def test_the_clock_is_shown_set_and_advanced(config: Path) -> None:
    companion(config, "db", "upgrade")

    shown = companion(config, "clock", "set", "2030-03-28T00:59:00Z")
    later = companion(config, "clock", "advance", "3d")
    now = companion(config, "clock", "show")

    assert shown.output.startswith("2030-03-28T00:59:0")
    assert later.output.startswith("2030-03-31T00:59:0")
    assert now.output.startswith("2030-03-31T00:59:0")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["set", "tomorrow"], "give a moment such as"),
        (["set", "2030-03-28T00:59:00"], "Give the time zone"),
        (["set", "2020-03-28T00:59:00Z"], "only goes forward"),
        (["advance", "soon"], "give how far to go forward"),
        (["advance", "0m"], "Give how far to go forward"),
    ],
)
def test_a_clock_that_cannot_be_moved_so_says_why(
    config: Path, arguments: list[str], says: str
) -> None:
    companion(config, "db", "upgrade")

    answer = companion(config, "clock", *arguments)

    assert answer.exit_code != 0
    assert says in answer.output


def test_only_a_demonstration_is_filled(config: Path) -> None:
    answer = companion(config, "demo")

    assert answer.exit_code == 1
    assert "only a demonstration is filled" in answer.output


def test_a_service_without_tables_does_not_start(config: Path) -> None:
    answer = run(config, "serve")

    assert answer.returncode == 1
    assert "run companion db upgrade" in answer.stderr


def test_a_database_in_trouble_is_one_line(config: Path) -> None:
    answer = companion(config, "clock", "show")

    assert answer.exit_code == 1
    assert "database.url: the database cannot be used" in answer.output


def test_settings_that_are_wrong_are_one_line(config: Path) -> None:
    config.write_text("[service]\n", encoding="utf-8")

    answer = companion(config, "clock", "show")

    assert answer.exit_code == 1
    assert answer.output == "Error: secrets: is missing\n"


def becomes_ready(address: str) -> bool:
    """Wait until every duty was done once."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if requests.get(f"{address}/readyz", timeout=10).text == "ready\n":
            return True
        time.sleep(0.1)
    return False


def test_a_real_process_serves_stops_well_and_starts_again_with_everything(config: Path) -> None:
    a_service_with_people(config)
    add_user(config, "nurse@example.com", "three random words")
    port = load_settings(config).server.port
    for _ in range(2):
        with serving(config, port) as address:
            assert requests.get(f"{address}/healthz", timeout=10).text == "alive\n"
            assert becomes_ready(address)
            assert requests.get(f"{address}/", timeout=10).url.endswith("/sign-in?next=/?")

    assert companion(config, "doctor").exit_code == 0


def test_staff_are_texted_go_on_leave_and_come_back(config: Path) -> None:
    a_service_with_people(config)
    for email in ("a@example.com", "b@example.com"):
        add_user(config, email, "three random words")

    phone = companion(config, "user", "phone", "a@example.com", "07700 900981")
    covered = companion(
        config, "user", "away", "a@example.com", "2027-03-01", "2027-03-05",
        "--cover", "b@example.com",
    )  # fmt: skip
    back = companion(config, "user", "back", "a@example.com")
    silent = companion(config, "user", "phone", "a@example.com")

    assert phone.output == "a@example.com is told by text.\n"
    assert covered.output == "a@example.com is away from 2027-03-01 to 2027-03-05.\n"
    assert back.output == "a@example.com is back.\n"
    assert silent.output == "a@example.com is no longer told by text.\n"


def test_leave_that_leaves_nobody_is_refused_in_one_line(config: Path) -> None:
    a_service_with_people(config)
    add_user(config, "a@example.com", "three random words")

    refused = companion(config, "user", "away", "a@example.com", "2027-03-01", "2027-03-05")
    unknown = companion(config, "user", "back", "nobody@example.com")

    assert refused.exit_code == 1
    assert "would be on duty on 01 March 2027" in refused.output
    assert "Nobody signs in with nobody@example.com" in unknown.output


# --- Backups ------------------------------------------------------------------------------


def another_machine(config: Path) -> Path:
    """Settings with the same secrets, over a database that is not there yet."""
    elsewhere = config.parent / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "config.toml"
    text = config.read_text(encoding="utf-8").replace("/companion.db", "/elsewhere/companion.db")
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def test_a_service_moves_to_another_machine_and_waits_there_until_it_is_released(
    config: Path, tmp_path: Path
) -> None:
    a_service_with_people(config)
    add_user(config, "nurse@example.com", "three random words")
    file, there = tmp_path / "backup", another_machine(config)

    written = companion(config, "backup", str(file))
    restored = companion(there, "restore", str(file))
    released = companion(there, "release")

    assert re.fullmatch(r"Wrote \d+ rows to .*backup\.\n", written.output)
    assert "Nothing is sent from here until you run companion release." in restored.output
    assert released.exit_code == 0, released.output
    assert "0 texts had gone already" in released.output
    assert released.output.endswith("Released. Texts leave from here now.\n")
    runtime = build_runtime(load_settings(there))
    with runtime.transactions.reading() as session:
        assert accounts.user_with_email(session, "nurse@example.com") is not None
    runtime.dispose()


def test_what_cannot_be_backed_up_restored_or_released_says_why(
    config: Path, tmp_path: Path
) -> None:
    a_service_with_people(config)
    file, there = tmp_path / "backup", another_machine(config)
    companion(config, "backup", str(file))

    again = companion(config, "backup", str(file))
    over = companion(config, "restore", str(file))
    nothing = companion(there, "restore", str(tmp_path / "nothing"))
    release = companion(config, "release")
    with sqlite3.connect(config.parent / "companion.db") as tables:
        tables.execute("UPDATE alembic_version SET version_num = '0006'")
    older = companion(config, "restore", str(file))

    for answer, says in [
        (again, "is there already"),
        (over, "name an empty one"),
        (older, "The tables are not up to date"),
        (nothing, "No such file"),
        (release, "this copy was not restored"),
    ]:
        assert answer.exit_code == 1
        assert says in answer.output


@pytest.mark.parametrize(
    ("line", "says"),
    [("", "a backup needs a key of its own"), ('backup_key = "short"\n', "not base64")],
)
def test_a_backup_needs_a_key(config: Path, tmp_path: Path, line: str, says: str) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"backup_key = .*\n", line, text), encoding="utf-8")
    companion(config, "db", "upgrade")

    answer = companion(config, "backup", str(tmp_path / "backup"))

    assert answer.exit_code == 1
    assert says in answer.output


# --- Reading and screening ----------------------------------------------------------------


def run_on(command: str, file: bytes, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, "-", *arguments], input=file)


def test_replies_are_read_from_a_file_or_a_pipe_and_counted_beside(tmp_path: Path) -> None:
    text = "\ufefflanguage,question,reply,note\r\nen-GB,pain,7,ü\r\nen-GB,any,STOP,\r\n"
    (tmp_path / "replies.csv").write_bytes(text.encode())

    from_file = CliRunner().invoke(main, ["read", str(tmp_path / "replies.csv")])
    piped = run_on("read", text.encode())

    assert from_file.exit_code == 0
    assert from_file.stdout_bytes == piped.stdout_bytes
    assert from_file.stdout == (
        "language,question,reply,note,kind,value,action\n"
        "en-GB,pain,7,ü,number,7,accept\n"
        "en-GB,any,STOP,,keyword,STOP,opt_out\n"
    )
    assert from_file.stderr == "2 rows\nkind: keyword 1, number 1\naction: accept 1, opt_out 1\n"


def test_bytes_that_are_no_text_go_through_a_command_as_they_are() -> None:
    found = run_on("screen", b'reply,note\nI want to die\xff,"a\rb\xbd"\n')

    assert found.exit_code == 0
    assert found.stdout_bytes.splitlines(keepends=True)[1:] == [
        b'I want to die\xff,"a\r',
        b'b\xbd",emergency,suicidal,"""want to die"""\n',
    ]


def test_labels_that_disagree_end_with_status_1() -> None:
    agreeing = run_on("screen", b"reply,label\nI want to die,emergency\n", "--expected", "label")
    differing = run_on("screen", b"reply,label\nI want to die,none\n", "--expected", "label")

    assert agreeing.exit_code == 0
    assert "1 of 1 row with a label agree" in agreeing.stderr
    assert differing.exit_code == 1
    assert "none            emergency               1  disagree" in differing.stderr
    assert "row 1 (line 2): expected none, found emergency" in differing.stderr
    assert differing.stdout.endswith('I want to die,none,emergency,suicidal,"""want to die"""\n')


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"reply,urgency\nhello,none\n", "urgency: the file has this column"),
        (b"text\nhello\n", "reply: there is no such column"),
        (b"language,reply\nen,hello\nxx,hello\n", "row 2 (line 3): language: there is no 'xx'"),
        (b'reply\n"hello\n', "line 2: a row begins here that is no CSV"),
        (b"\xff\xfer\0e\0p\0l\0y\0", "line 1: the header is no UTF-8"),
    ],
)
def test_a_file_of_replies_that_cannot_be_understood_says_why_in_one_line(
    file: bytes, says: str
) -> None:
    found = run_on("screen", file)

    assert found.exit_code == 2
    assert found.stderr.startswith(says)
    assert len(found.stderr.splitlines()) == 1


def test_a_file_of_replies_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = CliRunner().invoke(main, ["read", str(tmp_path / "nothing.csv")])

    assert found.exit_code == 2
    assert (
        found.stderr == f"{tmp_path / 'nothing.csv'}: cannot be read: No such file or directory\n"
    )


def test_whoever_reads_only_the_first_rows_hears_no_complaint() -> None:
    rows = b"reply\n" + b"I want to die\n" * 20_000
    command = f"{sys.executable} -m companion.cli screen - | head -1"

    found = subprocess.run(command, shell=True, input=rows, capture_output=True, check=True)

    assert found.stdout == b"reply,urgency,categories,why\n"
    assert found.stderr == b""


def test_languages_are_listed_with_how_much_is_translated() -> None:
    table = CliRunner().invoke(main, ["languages"])
    found = CliRunner().invoke(main, ["languages", "--json"])

    first = json.loads(found.stdout)[0]
    assert first == {
        "tag": "en-GB",
        "name": "English",
        "direction": "ltr",
        "status": "live",
        "translated": 100,
    }
    assert table.output.splitlines()[1].split() == ["en-GB", "ltr", "live", "100%", "English"]


def test_words_that_cannot_be_loaded_are_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from companion.commands import reading

    monkeypatch.setattr(reading, "ROOT", tmp_path)

    found = run_on("screen", b"reply\n")

    assert found.exit_code == 1
    assert found.stderr.startswith("Error: conversation.toml: ")
    assert len(found.stderr.splitlines()) == 1


# --- When people work, and who leads ------------------------------------------------------


def test_an_organisation_keeps_its_own_times(config: Path) -> None:
    a_service_with_people(config)

    answer = companion(
        config, "organisation", "set", "Riverside", "--nation", "SCT", "--opens", "08:00",
        "--closes", "16:30", "--emergency-minutes", "0,3,6,9", "--soon-days", "1,2,4,5",
    )  # fmt: skip
    again = companion(config, "organisation", "set", "Riverside", "--urgent-hours", "0,1,2,3")

    assert answer.exit_code == 0, answer.output
    assert "works 08:00 to 16:30 but for the bank holidays of Scotland." in again.output
    assert "told after 0 minutes to the team, 3 to everybody, 6 to the lead, 9" in again.output
    assert "told after 0 working hours to the team, 1 to everybody" in again.output
    assert "5 to the duty address" in again.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Nowhere"], "no organisation called Nowhere"),
        (["Riverside", "--opens", "18:00"], "open before it closes"),
        (["Riverside", "--emergency-minutes", "0,5,10"], "give 4 times"),
        (["Riverside", "--emergency-minutes", "0,5,x,10"], "whole numbers with commas"),
        (["Riverside", "--nation", "FRA"], "Invalid value"),
    ],
)
def test_times_that_cannot_be_say_why(config: Path, arguments: list[str], says: str) -> None:
    a_service_with_people(config)

    answer = companion(config, "organisation", "set", *arguments)

    assert answer.exit_code != 0
    assert says in answer.output


def test_a_team_has_a_lead_and_has_none(config: Path) -> None:
    a_service_with_people(config)
    add_user(config, "nurse@example.com", "three random words")

    answers = [
        companion(config, "team", "lead", "Riverside", "Team", *email)
        for email in (["nurse@example.com"], [], ["nobody@example.com"])
    ]
    nowhere = companion(config, "team", "lead", "Riverside", "Nobody", "nurse@example.com")

    assert answers[0].output == "nurse@example.com leads Team.\n"
    assert answers[1].output == "Nobody leads Team.\n"
    assert "Nobody signs in with nobody@example.com" in answers[2].output
    assert "Riverside has no team called Nobody" in nowhere.output


def test_only_a_colleague_with_patients_leads(config: Path) -> None:
    a_service_with_people(config)
    companion(
        config, "user", "add", "auditor@example.com", "--role", "auditor", "--organisation",
        "Riverside", "--password-stdin", typed="three random words\n",
    )  # fmt: skip

    answer = companion(config, "team", "lead", "Riverside", "Team", "auditor@example.com")

    assert answer.exit_code == 1
    assert "cannot lead" in answer.output


def test_a_bounce_that_names_no_letter_of_ours_says_so(config: Path) -> None:
    companion(config, "db", "upgrade")

    answer = companion(config, "bounced", typed="Message-ID: <nothing@example.org>")

    assert answer.output == "This names no letter of ours.\n"


def test_help_names_every_command_with_what_it_does() -> None:
    said = CliRunner().invoke(main, ["--help"]).output

    for name in COMMANDS:
        assert re.search(rf"^  {name} +[A-Z]", said, re.MULTILINE), name
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2


def test_what_serves_carries_no_migrations_about() -> None:
    asked = "import sys, companion.commands.serving; print('alembic' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert said.stdout == "False\n"


def test_what_an_organisation_does_not_stock_is_hidden_and_offered_again(config: Path) -> None:
    a_service_with_people(config)

    hidden = companion(config, "organisation", "stock", "Riverside", "codeine", "tablet", "--hide")
    again = companion(config, "organisation", "stock", "Riverside", "codeine", "tablet")
    wrong = companion(config, "organisation", "stock", "Riverside", "cake", "slice")

    assert hidden.output == "codeine, tablet is no longer offered in Riverside.\n"
    assert again.output == "codeine, tablet is offered in Riverside.\n"
    assert wrong.exit_code == 1
    assert "The catalogue has no cake, slice" in wrong.output


class Links(BaseHTTPRequestHandler):
    """A web with one page."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/good" else 404)
        self.end_headers()

    def log_message(self, *_all: object) -> None:
        """Say nothing."""


def test_links_that_fail_are_named(tmp_path: Path) -> None:
    messages = Path(shutil.copytree(ROOT / "messages", tmp_path / "messages"))
    server = HTTPServer(("127.0.0.1", 0), Links)
    Thread(target=server.serve_forever, daemon=True).start()
    web = f"http://127.0.0.1:{server.server_port}"
    path = messages / "resources.toml"
    text = re.sub(
        r'address = "[^"]*[a-z][^"]*"', f'address = "{web}/good"', path.read_text("utf-8")
    )
    path.write_text(text, "utf-8")
    try:
        good = CliRunner().invoke(main, ["resources", "--check", "--messages", str(messages)])
        text = text.replace("/good", "/gone", 1).replace(web + "/good", "http://127.0.0.1:9/", 1)
        path.write_text(text, "utf-8")
        bad = CliRunner().invoke(main, ["resources", "--check", "--messages", str(messages)])
    finally:
        server.shutdown()
        server.server_close()

    assert good.exit_code == 0
    assert bad.exit_code == 1
    assert bad.stderr.splitlines() == [
        f"{web}/gone: answers 404",
        "http://127.0.0.1:9/: ConnectionError",
    ]


def test_resources_are_listed_for_people_and_programs() -> None:
    listed = CliRunner().invoke(main, ["resources"])
    found = json.loads(CliRunner().invoke(main, ["resources", "--json"]).stdout)

    assert "The Pain Toolkit | paintoolkit.org |" in listed.stdout
    assert {"title", "topics", "languages", "checked_on"} <= found[0].keys()
