"""Settings: what is wrong stops the start, with a line that names the key."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from companion.config import ROOT, Mode, Settings, SettingsError, load_settings
from companion.runtime import build_runtime, keyring_from, twilio_account
from companion.sms.simulator import SimulatedGateway
from companion.sms.twilio import TwilioGateway
from tests.rigs.databases import A_KEY, ANOTHER_KEY

SECRETS = f"""
[secrets]
session_key = "{A_KEY}"
data_key = "{A_KEY}"
index_key = "{ANOTHER_KEY}"
backup_key = "{A_KEY}"
"""
TWILIO = """
[twilio]
account_sid = "AC1"
auth_token = "token"
from_number = "+441632960000"
numbers = ["+441632960000"]
"""
MAIL = """
[mail]
gateway = "smtp"
host = "mail.example.org"
sender = "alerts@example.org"

[alerts]
duty_email = "duty@example.org"
"""
LIVE = (
    '[service]\nmode = "live"\n[server]\npublic_url = "https://taper.example.org"\n'
    f"{SECRETS}{MAIL}{TWILIO}"
)
TEST = f'[service]\nmode = "test"\n[sms]\ngateway = "simulator"\n{SECRETS}'


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPANION_CONFIG", raising=False)


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys_of(kind, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_the_example_holds_every_setting_and_no_other() -> None:
    example = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))

    written_keys = {f"{section}.{key}" for section, values in example.items() for key in values}

    assert written_keys == set(keys_of(Settings))


def test_the_example_loads_but_its_secrets_start_nothing() -> None:
    settings = load_settings(ROOT / "config.example.toml")

    assert settings.service.mode is Mode.TEST
    with pytest.raises(SettingsError, match=r"secrets.session_key: is the sample"):
        keyring_from(settings)


def test_a_live_configuration_loads(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, LIVE))

    assert not settings.allows_examples
    assert not settings.clock_moves
    account = twilio_account(settings)
    assert account is not None
    assert account.sender == "+441632960000"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEST.replace("[sms]", "[sms]\nspeed = 3"), "sms.speed: there is no such setting"),
        (TEST + "[extra]\nkey = 1\n", "extra: there is no such setting"),
        (TEST.replace(SECRETS, ""), "secrets: is missing"),
        (TEST.replace("data_key", "other_key"), "secrets.data_key: is missing"),
        (TEST.replace('"test"', '"fun"'), "service.mode: "),
        (TEST + "[server]\nport = 0\n", "server.port: "),
        (TEST + '[server]\nport = "x"\n', "server.port: "),
        (TEST + "[sending]\nlease_seconds = 10\n", "sending.lease_seconds: "),
        (TEST + "[sending]\nthreads = 0\n", "sending.threads: "),
        (TEST.replace('"simulator"', '"pigeon"'), "sms.gateway: "),
        (LIVE.replace("AC1", ""), "twilio.account_sid: is needed"),
        (LIVE.replace('"token"', '""'), "twilio.auth_token: is needed"),
        (LIVE.replace('["+441632960000"]', "[]"), "twilio.numbers: is needed"),
        (LIVE.replace('["+441632960000"]', '["01632"]'), "twilio.numbers: 01632 is not like"),
        (LIVE.replace("from_number", "#"), "twilio.from_number: give either this or"),
        (LIVE + 'messaging_service_sid = "MG1"\n', "twilio.from_number: give either this or"),
        (LIVE + 'api_base = "http://127.0.0.1:1"\n', "twilio.api_base: is only for tests"),
        (LIVE.replace('"mail.example.org"', '""'), "mail.host: is needed"),
        (LIVE.replace('"alerts@example.org"', '""'), "mail.sender: is needed"),
        (LIVE.replace('"alerts@example.org"', '"nobody"'), "mail.sender: "),
        (LIVE.replace('"smtp"', '"simulator"'), "mail.gateway: the simulator reaches nobody"),
        (LIVE.replace('"duty@example.org"', '""'), "alerts.duty_email: is needed"),
        (LIVE.replace("https:", "http:"), "server.public_url: must be the public address"),
        (LIVE.replace("taper.example.org", "localhost"), "server.public_url: must be"),
        (LIVE.replace("taper.example.org", "10.0.0.1"), "server.public_url: must be"),
        (LIVE.replace("taper.example.org", "intranet"), "server.public_url: must be"),
        (LIVE + '[sms]\ngateway = "simulator"\n', "sms.gateway: the simulator reaches nobody"),
        (LIVE.replace(ANOTHER_KEY, "change-me-index"), "secrets.index_key: is the sample"),
        ("mode = ", "config.toml: "),
    ],
)
def test_what_is_wrong_is_told_by_its_key(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(written(tmp_path, text))

    assert line in str(raised.value)
    assert A_KEY not in str(raised.value)


def test_everything_wrong_with_a_live_configuration_is_told_at_once(tmp_path: Path) -> None:
    text = LIVE.replace("https:", "http:") + '[sms]\ngateway = "simulator"\n'

    with pytest.raises(SettingsError) as raised:
        load_settings(written(tmp_path, text))

    assert len(str(raised.value).splitlines()) == 2


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_SERVER__PORT", "9000")

    assert load_settings(written(tmp_path, TEST)).server.port == 9000


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_CONFIG", str(written(tmp_path, TEST)))

    assert load_settings().service.mode is Mode.TEST


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        load_settings(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("key", ["not base64!", "c2hvcnQ="])
def test_a_secret_that_is_no_key_is_told(tmp_path: Path, key: str) -> None:
    text = TEST.replace(f'index_key = "{ANOTHER_KEY}"', f'index_key = "{key}"')

    with pytest.raises(SettingsError, match=r"secrets.index_key"):
        keyring_from(load_settings(written(tmp_path, text)))


@pytest.mark.parametrize(("text", "kind"), [(TEST, SimulatedGateway), (LIVE, TwilioGateway)])
def test_the_gateway_is_the_one_that_was_set(tmp_path: Path, text: str, kind: type) -> None:
    at = f'[database]\nurl = "sqlite:///{tmp_path / "x.db"}"\n'
    runtime = build_runtime(load_settings(written(tmp_path, at + text)))

    assert isinstance(runtime.gateway, kind)
    assert (runtime.requests is None) is (kind is SimulatedGateway)
    runtime.dispose()
