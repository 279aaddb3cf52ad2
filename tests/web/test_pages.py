"""What holds for every page: health, errors, pictures, and nothing from elsewhere."""

import hashlib
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from companion.core.doses import DayDoses, DoseUnit, TimeOfDay
from companion.core.taper import Step
from companion.store.database import Transactions
from companion.web.app import create_app
from companion.web.chart import score_chart, step_chart
from companion.wording import Wording
from tests.rigs.clinic import Clinic, runtime_for, words_of

WEB = Path(__file__).parents[2] / "companion" / "web"
VENDOR = WEB / "static" / "vendor"


def test_vendored_files_are_what_they_were(clinic: Clinic) -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()

    assert len(lines) == 2
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_no_file_asks_for_anything_from_elsewhere() -> None:
    for path in [*WEB.rglob("*.css"), *WEB.rglob("*.html"), *WEB.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"""(?:src|href|url|import)\s*[=(]?\s*["']?https?://""", text), path
        assert "Frutiger" not in text, path
        assert "assets.nhs.uk" not in text, path


def test_no_template_holds_script_style_or_logo() -> None:
    for path in (WEB / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src)", text)
        assert "nhsuk-header__logo" not in text


def test_how_it_works_needs_no_sign_in(clinic: Clinic) -> None:
    answer = clinic.visitor().get("/how-it-works")

    assert answer.status_code == 200
    assert "not an emergency service" in words_of(answer)


def test_a_page_that_does_not_exist_says_so_in_plain_words(clinic: Clinic) -> None:
    answer = clinic.signed_in().get("/nowhere")

    assert answer.status_code == 404
    assert "There is no such page" in words_of(answer)


def test_a_form_that_is_too_long_is_refused(clinic: Clinic) -> None:
    person = clinic.signed_in()

    answer = person.post("/patients/register", address="x" * 200_000)

    assert answer.status_code == 413
    assert "That was too long" in words_of(answer)


def test_a_page_left_open_too_long_says_what_to_do(clinic: Clinic) -> None:
    answer = clinic.signed_in().client.post("/patients/register", data={"csrf_token": "old"})

    assert answer.status_code == 400
    assert "This page was open for too long" in words_of(answer)


def test_a_fault_of_ours_shows_nothing_of_it(clinic: Clinic) -> None:
    def fail() -> str:
        raise RuntimeError("secret inside")

    fail.access = frozenset()  # type: ignore[attr-defined]  # a mark on the function
    clinic.app.view_functions["about.how_it_works"] = fail

    answer = clinic.visitor().get("/how-it-works")

    assert answer.status_code == 500
    assert "Something went wrong here" in words_of(answer)
    assert "secret inside" not in answer.get_data(as_text=True)


def test_a_method_that_a_page_lacks_is_refused_politely(clinic: Clinic) -> None:
    answer = clinic.signed_in().client.get("/clock")

    assert answer.status_code == 405
    assert "That did not work" in words_of(answer)


def test_a_redirect_stays_a_redirect(clinic: Clinic) -> None:
    assert clinic.signed_in().get("/patients").status_code == 308


def test_a_database_in_trouble_is_told_as_busy(clinic: Clinic) -> None:
    person = clinic.signed_in()
    with clinic.runtime.transactions.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE plan_hold RENAME TO away"))
        connection.execute(sa.text("ALTER TABLE alert RENAME TO alert_away"))

    answer = person.get("/")

    assert answer.status_code == 503
    assert "The service is busy" in words_of(answer)


def test_the_process_answers_and_is_ready(clinic: Clinic) -> None:
    from companion import schema_version

    assert clinic.visitor().get("/healthz").status_code == 200
    assert clinic.visitor().get("/readyz").status_code == 503, "no migration has run here"
    assert not schema_version.is_current(clinic.runtime.transactions)


def test_without_its_database_it_is_not_ready(tmp_path: Path, wording: Wording) -> None:
    from tests.rigs.databases import a_keyring

    url = f"sqlite:///{tmp_path / 'empty.db'}"
    transactions = Transactions(url, a_keyring())
    try:
        runtime = runtime_for(transactions, wording, mode="test")
        client = create_app(runtime).test_client()
        assert client.get("/readyz").status_code == 503
    finally:
        transactions.dispose()


def test_the_picture_of_a_plan_goes_down_step_by_step() -> None:
    def step(day: int, amount: int) -> Step:
        doses = DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(amount)})
        return Step(date(2027, 1, day), doses)

    chart = step_chart([step(1, 40), step(15, 20)], today=date(2027, 1, 8), day_text=str)

    assert chart.line.startswith("M72")
    assert chart.line.count("H") == 2
    assert [label.text for label in chart.y_labels] == ["40", "20", "0"]
    assert chart.today_x is not None
    assert step_chart([step(1, 40)], today=date(2026, 1, 1), day_text=str).today_x is None


@pytest.mark.parametrize("count", [1, 5, 6, 400])
def test_a_long_plan_has_no_more_labels_than_fit(count: int) -> None:
    doses = DayDoses(DoseUnit.MILLIGRAM, {TimeOfDay.MORNING: Decimal(10)})
    steps = [Step(date.fromordinal(740_000 + n), doses) for n in range(count)]

    assert len(step_chart(steps, today=None, day_text=str).x_labels) <= 10


def test_the_picture_of_check_ins_keeps_pain_and_coping_apart() -> None:
    first, second = date(2027, 1, 4), date(2027, 1, 11)

    chart = score_chart(
        {"pain": [(first, Decimal(0)), (second, Decimal(10))], "coping": [(second, Decimal(5))]},
        day_text=str,
    )

    assert chart is not None
    pain, coping = chart.lines
    assert (pain.name, coping.name) == ("pain", "coping")
    assert pain.marks[0][1] > coping.marks[0][1] > pain.marks[1][1]
    assert coping.marks[0][0] == pain.marks[1][0]


def test_one_day_is_no_picture() -> None:
    assert score_chart({}, day_text=str) is None
    assert score_chart({"pain": [(date(2027, 1, 4), Decimal(5))]}, day_text=str) is None
