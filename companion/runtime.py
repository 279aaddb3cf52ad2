"""The one place that picks adapters: settings become what the service runs on."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from companion.clock import Clock
from companion.config import ROOT, SAMPLE, Settings, SettingsError
from companion.core.breaker import Breaker
from companion.core.grip import Grip
from companion.core.send_rate import SendRate
from companion.mail import Mailer, MailServer, SimulatedMailer, SmtpMailer
from companion.services.sending import SendingLimits
from companion.sms.gateway import Provider
from companion.sms.simulator import SimulatedGateway
from companion.sms.twilio import TwilioAccount, TwilioGateway, TwilioRequests
from companion.store.database import Transactions
from companion.store.sealing import Keyring, key_from
from companion.wording import Wording


@dataclass(frozen=True)
class Runtime:
    """What everything above is handed. *wake* is set after a commit that queued a text."""

    settings: Settings
    transactions: Transactions
    gateway: Provider
    mailer: Mailer
    wording: Wording
    clock: Clock
    limits: SendingLimits
    requests: TwilioRequests | None
    """Tells the provider's requests to us from others'; None where none can come."""
    grip: Grip
    """Whether this copy of the service may send."""
    rate: SendRate
    wake: Event = field(default_factory=Event)
    breaker: Breaker = field(default_factory=Breaker)
    pulses: dict[str, datetime] = field(default_factory=dict)
    """When this process last wrote down that it did a duty, as real time."""

    def dispose(self) -> None:
        """Close every connection."""
        self.transactions.dispose()


def build_runtime(settings: Settings) -> Runtime:
    """Return what the service runs on.

    Raises:
        SettingsError: a secret is no key.
        WordsError: a file in messages/ cannot be used.
    """
    transactions = Transactions(settings.database.url, keyring_from(settings))
    account = twilio_account(settings)
    return Runtime(
        settings=settings,
        transactions=transactions,
        gateway=SimulatedGateway() if account is None else TwilioGateway(account),
        mailer=mailer_from(settings),
        wording=Wording.load(
            ROOT / "messages", ROOT / "translations", drafts=settings.allows_examples
        ),
        clock=Clock(transactions, moves=settings.clock_moves),
        limits=SendingLimits(
            lease_seconds=settings.sending.lease_seconds,
            settle_seconds=settings.sending.settle_seconds,
            threads=settings.sending.threads,
        ),
        requests=None if account is None else TwilioRequests(account),
        grip=Grip(needed=account is not None),
        rate=SendRate(settings.sending.segments_per_second),
    )


def keyring_from(settings: Settings) -> Keyring:
    """Return the keys for sealing and finding.

    Raises:
        SettingsError: one is a sample, or not 32 bytes of base64.
    """
    for name, value in settings.secrets:
        if value.startswith(SAMPLE):
            raise SettingsError(f"secrets.{name}: is the sample; make one of your own")
    try:
        return Keyring(data_key=settings.secrets.data_key, index_key=settings.secrets.index_key)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def backup_key_from(settings: Settings) -> bytes:
    """Return the key for sealing backups.

    Raises:
        SettingsError: there is none, or it is not 32 bytes of base64.
    """
    if not settings.secrets.backup_key:
        raise SettingsError("secrets.backup_key: a backup needs a key of its own")
    try:
        return key_from(settings.secrets.backup_key, "secrets.backup_key")
    except ValueError as error:
        raise SettingsError(str(error)) from error


def mailer_from(settings: Settings) -> Mailer:
    """Return what letters to staff leave through."""
    section = settings.mail
    if section.gateway != "smtp":
        return SimulatedMailer()
    return SmtpMailer(
        MailServer(
            host=section.host,
            port=section.port,
            tls=section.tls,
            sender=section.sender,
            user=section.user,
            password=section.password,
        )
    )


def twilio_account(settings: Settings) -> TwilioAccount | None:
    """Return the account at Twilio, or None when texts leave through the simulator."""
    if settings.sms.gateway != "twilio":
        return None
    section = settings.twilio
    return TwilioAccount(
        account_sid=section.account_sid,
        sender=section.messaging_service_sid or section.from_number,
        public_url=settings.server.public_url,
        numbers=section.numbers,
        auth_token=section.auth_token,
        auth_token_previous=section.auth_token_previous or None,
        api_base=section.api_base or None,
    )
