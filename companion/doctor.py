"""Say in words what is wrong with a configuration, and what to do about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion import schema_version
from companion.config import ROOT, Mode, Settings, SettingsError, load_settings
from companion.runtime import backup_key_from, keyring_from
from companion.store import accounts, organisations, patients
from companion.store.database import DATABASE_TROUBLE, Session, Transactions
from companion.store.organisations import Team
from companion.vocabulary import WordsError
from companion.wording import LONGEST_HOURS, LONGEST_PHONE, LONGEST_TEAM, Wording


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. *wrong* is empty when all is well."""

    what: str
    wrong: tuple[str, ...]


def examine(path: Path | None = None) -> Iterator[Check]:
    """Yield each check in turn; what depends on a failed one is left out."""
    try:
        settings = load_settings(path)
        keyring = keyring_from(settings)
    except SettingsError as error:
        yield Check("the settings", tuple(str(error).splitlines()))
        return
    yield Check("the settings", ())
    if settings.service.mode is Mode.LIVE:
        yield Check("the carrier's keywords", tuple(_keyword_faults(settings)))
        yield Check("the watchdog", tuple(_watchdog_faults(settings)))
        yield Check("backups", tuple(_backup_faults(settings)))
    try:
        wording = Wording.load(ROOT / "messages", ROOT / "translations")
    except WordsError as error:
        yield Check("the texts", (str(error),))
        return
    yield Check("the texts", tuple(wording.faults("en-GB")))
    transactions = Transactions(settings.database.url, keyring)
    try:
        yield from _database(transactions, wording)
    finally:
        transactions.dispose()


def _keyword_faults(settings: Settings) -> Iterator[str]:
    if not settings.twilio.keywords_confirmed:
        yield (
            "twilio.keywords_confirmed: look in Twilio's console, as docs/production.md says, "
            "and set it to true"
        )


def _watchdog_faults(settings: Settings) -> Iterator[str]:
    if not settings.watchdog.url:
        yield "watchdog.url: nobody outside would notice that this machine has stopped"


def _backup_faults(settings: Settings) -> Iterator[str]:
    try:
        backup_key_from(settings)
    except SettingsError as error:
        yield str(error)


def _database(transactions: Transactions, wording: Wording) -> Iterator[Check]:
    try:
        current = schema_version.is_current(transactions)
    except DATABASE_TROUBLE:
        yield Check("the database", ("database.url: cannot be opened",))
        return
    if not current:
        yield Check("the database", ("its tables are not up to date: run companion db upgrade",))
        return
    yield Check("the database", ())
    with transactions.reading() as session:
        found = organisations.organisations_everywhere(session)
        teams = [t for o in found for t in organisations.teams_of(session, o.id)]
        empty = [t for t in teams if not _has_people(session, t)]
        spoken = patients.languages_everywhere(session)
    yield Check("the languages of patients", tuple(language_faults(spoken, wording)))
    none = () if teams else ("there is no team yet: run companion organisation add",)
    faults = (fault for team in teams for fault in team_faults(team))
    nobody = (f"team {t.name}: nobody who works with patients is in it" for t in empty)
    yield Check("the teams", (*none, *faults, *nobody))


def language_faults(spoken: Sequence[str], wording: Wording) -> Iterator[str]:
    """Yield which languages that patients have, *spoken*, lack texts: those come in English."""
    for tag in spoken:
        missing = sum(wording.lacks(key, tag) for key in wording.texts)
        if missing:
            yield f"{tag}: {missing} texts are not translated and are sent in English"


def _has_people(session: Session, team: Team) -> bool:
    return bool(accounts.who_work_with_patients(session, team.organisation_id, team.id))


def team_faults(team: Team) -> Iterator[str]:
    """Yield what of a team would not fit the texts."""
    for name, text, longest in (
        ("name", team.name, LONGEST_TEAM),
        ("phone", team.phone, LONGEST_PHONE),
        ("hours", team.hours, LONGEST_HOURS),
    ):
        if not text.strip():
            yield f"team {team.name}: its {name} is missing"
        if len(text) > longest:
            yield f"team {team.name}: its {name} is longer than {longest} letters"
