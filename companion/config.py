"""Settings from a TOML file and the environment; an unknown, missing or sample value stops the start.

``COMPANION_CONFIG`` names the file; each key can also be an environment variable,
``COMPANION_SECTION__KEY``, which wins.
"""

import os
import re
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

SAMPLE = "change-me"
"""Begins every sample secret in ``config.example.toml``."""
ROOT = Path(__file__).parents[1]


class SettingsError(ValueError):
    """The configuration cannot be used. The message names each key, a line each."""


class Mode(StrEnum):
    """What the service is run for."""

    DEMO = "demo"
    TEST = "test"
    LIVE = "live"


class Section(BaseModel):
    """A table of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceSection(Section):
    """What this is run for."""

    mode: Mode = Mode.LIVE


class DatabaseSection(Section):
    """Where everything is kept."""

    url: str = "sqlite:///instance/companion.db"


class ServerSection(Section):
    """Where it listens, and the address that the world calls."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = "http://127.0.0.1:8000"
    threads: int = Field(8, ge=1, le=64)


class SecretsSection(Section):
    """Secrets, each 32 random bytes as base64; without *backup_key* no backup is made."""

    session_key: str
    data_key: str
    index_key: str
    backup_key: str = ""


class SmsSection(Section):
    """Which gateway texts leave through."""

    gateway: Literal["simulator", "twilio"] = "twilio"
    segment_price: Decimal = Field(Decimal(0), ge=0, le=10)
    currency: str = Field("GBP", pattern=r"^[A-Z]{3}$")


class TwilioSection(Section):
    """The account at Twilio."""

    account_sid: str = ""
    auth_token: str = ""
    auth_token_previous: str = ""
    from_number: str = ""
    messaging_service_sid: str = ""
    numbers: tuple[str, ...] = ()
    api_base: str = ""
    keywords_confirmed: bool = False


class MailSection(Section):
    """Where e-mail to staff is handed over."""

    gateway: Literal["simulator", "smtp"] = "simulator"
    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$")


class AlertsSection(Section):
    """Who is told of alerts that nobody takes."""

    duty_email: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$")
    duty_phone: str = Field("", pattern=r"^(\+[1-9]\d{6,14})?$")


class PlansSection(Section):
    """When plans ask for more care."""

    risk_load_mg: Decimal = Field(Decimal(100), ge=0, le=1000)


class WatchdogSection(Section):
    """Who is told outside this machine that all is well."""

    url: str = Field("", pattern=r"^(https?://\S+)?$")


class SendingSection(Section):
    """How texts are handed over. Seconds are real time."""

    settle_seconds: int = Field(600, ge=1, le=86_400)
    lease_seconds: int = Field(20, ge=11, le=600)
    threads: int = Field(8, ge=1, le=64)
    segments_per_second: float = Field(10, ge=0.1, le=1000)


class Settings(BaseSettings):
    """Every setting there is. ``config.example.toml`` explains each."""

    model_config = SettingsConfigDict(
        env_prefix="COMPANION_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    service: ServiceSection = ServiceSection()
    database: DatabaseSection = DatabaseSection()
    server: ServerSection = ServerSection()
    secrets: SecretsSection
    sms: SmsSection = SmsSection()
    twilio: TwilioSection = TwilioSection()
    sending: SendingSection = SendingSection()
    mail: MailSection = MailSection()
    alerts: AlertsSection = AlertsSection()
    plans: PlansSection = PlansSection()
    watchdog: WatchdogSection = WatchdogSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment first, then the file that :func:`load_settings` was given."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        faults = [*self._twilio_faults(), *self._mail_faults(), *self._live_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _twilio_faults(self) -> list[str]:
        if self.sms.gateway != "twilio":
            return []
        faults = [
            f"twilio.{key}: is needed when sms.gateway is twilio"
            for key in ("account_sid", "auth_token", "numbers")
            if not getattr(self.twilio, key)
        ]
        if bool(self.twilio.from_number) is bool(self.twilio.messaging_service_sid):
            faults.append("twilio.from_number: give either this or twilio.messaging_service_sid")
        faults += [
            f"twilio.numbers: {number} is not like +447700900123"
            for number in self.twilio.numbers
            if not re.fullmatch(r"\+[1-9]\d{6,14}", number)
        ]
        return faults

    def _mail_faults(self) -> list[str]:
        if self.mail.gateway != "smtp":
            return []
        return [
            f"mail.{key}: is needed when mail.gateway is smtp"
            for key in ("host", "sender")
            if not getattr(self.mail, key)
        ]

    def _live_faults(self) -> list[str]:
        if self.service.mode is not Mode.LIVE:
            return []
        faults = [
            f"secrets.{key}: is the sample; make one of your own"
            for key, value in self.secrets
            if value.startswith(SAMPLE)
        ]
        if self.sms.gateway == "simulator":
            faults.append("sms.gateway: the simulator reaches nobody; live needs twilio")
        if self.mail.gateway == "simulator":
            faults.append("mail.gateway: the simulator reaches nobody; live needs smtp")
        if not self.alerts.duty_email:
            faults.append("alerts.duty_email: is needed; it is told when nobody takes an alert")
        if self.twilio.api_base:
            faults.append("twilio.api_base: is only for tests")
        url = urlsplit(self.server.public_url)
        if url.scheme != "https" or not url.hostname or _is_local(url.hostname):
            faults.append("server.public_url: must be the public address, with https")
        return faults

    @property
    def allows_examples(self) -> bool:
        """Whether Ofcom's numbers for drama and example NHS numbers may be registered."""
        return self.service.mode is not Mode.LIVE

    @property
    def clock_moves(self) -> bool:
        """Whether people's time may be moved."""
        return self.service.mode is not Mode.LIVE


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings from *path*, or from the file that the environment names.

    Raises:
        SettingsError: with a line for each key that is wrong.
    """
    given = path or os.environ.get("COMPANION_CONFIG")
    file = Path(given) if given else ROOT / "config.toml"
    if given and not file.exists():
        raise SettingsError(f"{file}: there is no such file")
    try:
        values = _values_in(file)
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(map(_line, error.errors()))) from error


def _values_in(file: Path) -> dict[str, Any]:
    try:
        return TomlConfigSettingsSource(Settings, file)()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file}: {error}") from error


def _line(fault: Any) -> str:
    key = ".".join(map(str, fault["loc"]))
    match fault["type"]:
        case "extra_forbidden":
            return f"{key}: there is no such setting"
        case "missing":
            return f"{key}: is missing"
        case "value_error" if not key:
            return str(fault["ctx"]["error"])
        case _:
            return f"{key}: {fault['msg']}"
