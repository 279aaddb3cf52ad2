"""Check-ins: asked once a day at the patient's hour, reminded once, silence told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from companion.core.people import Pathway
from companion.core.urgency import Urgency
from companion.services import checking_in, enrolment
from companion.store import check_ins
from companion.store.audit import SYSTEM
from companion.store.check_ins import CheckInState
from companion.store.patients import Patient
from companion.wording import Wording
from tests.rigs.enrolled import Ward
from tests.rigs.wordings import parts_of


@pytest.fixture
def patient(ward: Ward) -> Patient:
    """A patient with a plan from today, whose first check-in is due in two days at nine."""
    found = ward.register()
    ward.agree(found)
    return found


def ask(ward: Ward) -> int:
    asked = checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.send()
    return asked


def notice(ward: Ward) -> int:
    noticed = checking_in.notice_silence(ward.transactions, ward.wording, now=ward.now)
    ward.send()
    return noticed


def test_a_check_in_comes_at_the_hour_that_was_chosen_and_once(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=2) - timedelta(minutes=1)
    early = ask(ward)
    ward.now += timedelta(minutes=1)
    due = ask(ward)
    again = ask(ward)

    assert (early, due, again) == (0, 1, 0)
    assert ward.said()[-1].startswith("Wed 6 Jan: how bad is your pain now")


def test_a_hundred_patients_of_one_hour_are_not_asked_in_one_minute(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_in, "STARTS_A_MINUTE", 2)
    for _ in range(5):
        ward.agree(ward.register())
    ward.now += timedelta(days=2)
    ward.gateway.sent.clear()

    asked, left = ask(ward), []
    for _ in range(3):
        ward.send()
        left.append(len(ward.said()))
        ward.now += timedelta(minutes=1)

    assert (asked, left) == (5, [2, 2, 1])


def test_what_would_begin_after_the_patients_hours_begins_at_once(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_in, "STARTS_A_MINUTE", 1)
    for _ in range(5):
        ward.agree(ward.register(check_in_at=time(19)))
    ward.now += timedelta(days=2, hours=10, minutes=57)
    ward.gateway.sent.clear()

    assert ask(ward) == 5
    assert len(ward.said()) == 3, "the first, and the two that were to begin at eight or later"


def test_two_processes_at_once_ask_once(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)

    with ThreadPoolExecutor(4) as pool:
        asked = sum(
            pool.map(
                lambda _n: checking_in.queue_due(ward.transactions, ward.wording, now=ward.now),
                range(8),
            )
        )

    assert asked == 1


def test_days_without_a_check_in_are_quiet(ward: Ward, patient: Patient) -> None:
    asked = []
    for _ in range(22):
        asked.append(ask(ward))
        ward.now += timedelta(days=1)

    assert [day for day, one in enumerate(asked) if one] == [2, 4, 7, 16, 18, 21]


def test_nobody_without_a_plan_or_a_discharge_is_asked(ward: Ward) -> None:
    ward.register()
    ward.register(confirmed=False)

    assert ask(ward) == 0


def test_a_plan_that_begins_later_asks_nothing_yet(ward: Ward) -> None:
    found = ward.register()
    ward.now += timedelta(days=30)
    ward.agree(found)
    ward.now -= timedelta(days=28)

    assert ask(ward) == 0


def test_after_discharge_the_questions_come_on_their_days(ward: Ward) -> None:
    ward.register(pathway=Pathway.DISCHARGE, discharged_on=ward.now.date())
    days = []
    for day in range(40):
        days += [day] * ask(ward)
        ward.now += timedelta(days=1)

    assert days == [4, 7, 14, 21, 28]


@pytest.mark.parametrize("first", ["2027-03-26", "2027-10-29", "2036-10-24"])
def test_when_the_clocks_change_each_local_day_is_asked_once_at_nine(
    ward: Ward, first: str
) -> None:
    ward.now = datetime.fromisoformat(f"{first}T06:00:00+00:00").astimezone(UTC)
    found = ward.register()
    ward.agree(found)
    hours = []
    for _ in range(10 * 24):
        ward.now += timedelta(hours=1)
        if ask(ward):
            check_in = ward.check_in(found)
            assert check_in is not None
            hours.append((check_in.local_day.isoformat(), ward.now))

    days = [day for day, _moment in hours]
    assert len(days) == len(set(days)) == 3
    assert {m.astimezone(ZoneInfo("Europe/London")).hour for _d, m in hours} == {9}


def test_a_service_that_slept_through_the_hours_texts_nobody_at_night(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=2)
    ward.now = ward.now.replace(hour=22)

    assert ask(ward) == 0
    assert ward.said() == []
    assert "U-03" in ward.alerts()


def test_a_service_that_slept_for_days_tells_of_it_once(ward: Ward, patient: Patient) -> None:
    ask(ward)
    ward.now += timedelta(days=6)

    assert ask(ward) == 0
    assert ward.alerts()["U-03"].times == 1


def test_a_service_that_slept_while_nothing_was_due_tells_nobody(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=7)
    ask(ward)
    ward.now += timedelta(days=5)

    ask(ward)

    assert "U-03" not in ward.alerts()


def test_an_unanswered_check_in_ends_when_the_next_is_due_and_is_told(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.now += timedelta(days=2)
    ask(ward)

    assert ward.alerts()["T-11"].level is Urgency.SOON
    with ward.transactions.reading() as session:
        states = [c.state for c in check_ins.check_ins_of(session, patient)]
    assert states == [CheckInState.OPEN, CheckInState.EXPIRED]


def test_a_check_in_answered_in_part_ends_without_an_alert(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.text(patient, "4")
    ward.now += timedelta(days=2)

    ask(ward)

    assert "T-11" not in ward.alerts()


def test_a_day_of_silence_is_reminded_of_once_and_only_in_the_hours_agreed(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.said()
    ward.now += timedelta(hours=23)
    early = notice(ward)
    ward.now = ward.now.replace(hour=21)
    at_night = notice(ward)
    ward.now += timedelta(hours=12)
    reminded = notice(ward)
    said = ward.said()
    again = notice(ward)

    assert (early, at_night, reminded, again) == (0, 0, 1, 0)
    assert said[0].startswith("Hello, we haven't heard from you. Wed 6 Jan:")


def test_three_days_of_silence_are_told_and_end_the_check_in(ward: Ward) -> None:
    found = ward.register()
    ward.agree(found, (14, 50))
    ward.now += timedelta(days=14 + 2)
    ask(ward)
    ward.now += timedelta(hours=72)

    noticed = notice(ward)

    assert noticed == 1
    assert ward.alerts()["T-11"].level is Urgency.URGENT
    assert "72 hours" in ward.why("T-11")
    check_in = ward.check_in(found)
    assert check_in is not None
    assert check_in.state is CheckInState.EXPIRED
    assert notice(ward) == 0


def test_silence_after_an_answer_counts_from_the_answer(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.now += timedelta(hours=20)
    ward.text(patient, "4")
    ward.now += timedelta(hours=20)

    assert notice(ward) == 0


def test_a_question_that_never_left_is_no_silence(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.now = ward.now.replace(hour=21)
    ward.send()
    ward.now += timedelta(hours=80)

    assert notice(ward) == 0
    assert "T-11" not in ward.alerts()
    assert "U-03" in ward.alerts()


def test_a_question_that_never_left_ends_quietly_when_the_next_is_due(
    ward: Ward, patient: Patient
) -> None:
    ward.now += timedelta(days=2)
    checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)
    ward.now = ward.now.replace(hour=21)
    ward.send()
    ward.now = ward.now.replace(hour=9) + timedelta(days=2)

    ask(ward)

    assert "T-11" not in ward.alerts()


def test_somebody_who_opted_out_is_not_reminded_but_missed(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.said()
    ward.change(
        patient, lambda session, p: enrolment.opt_out(session, p, actor=SYSTEM, now=ward.now)
    )
    ward.now += timedelta(hours=25)
    reminded = notice(ward)
    ward.now += timedelta(hours=48)

    assert (reminded, notice(ward)) == (0, 1)
    assert ward.said() == []


def test_silence_of_somebody_after_discharge_is_told_too(ward: Ward) -> None:
    ward.register(pathway=Pathway.DISCHARGE, discharged_on=ward.now.date() - timedelta(days=4))
    ask(ward)
    ward.now += timedelta(hours=72)

    assert notice(ward) == 1
    assert ward.alerts()["T-11"].level is Urgency.SOON


def test_silence_is_told_once_however_it_ends(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    check_in = ward.check_in(patient)
    assert check_in is not None
    with ward.transactions.begin() as session:
        found = check_ins.open_locked(session, check_in.id)
        assert found is not None
        found.silence_alerted_at = ward.now
    ward.now += timedelta(hours=72)

    notice(ward)

    assert "T-11" not in ward.alerts()


def test_what_another_process_noticed_first_is_left_alone(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    check_in = ward.check_in(patient)
    assert check_in is not None

    with ward.transactions.begin() as session:
        early = checking_in._notice(session, ward.wording, check_in.id, ward.now)
        checking_in.expire_open(session, patient, ward.now)
        late = checking_in._notice(session, ward.wording, check_in.id, ward.now)
        nobody = checking_in._consider(
            session, ward.wording, patient.id, ZoneInfo("UTC"), ward.now, ward.now
        )

    assert (early, late, nobody) == (0, 0, 0)


def test_a_day_that_was_asked_already_is_not_asked_again(ward: Ward, patient: Patient) -> None:
    ward.now += timedelta(days=2)
    ask(ward)
    ward.change(patient, lambda _session, p: setattr(p, "considered_on", None))

    assert ask(ward) == 0


def days_asked(ward: Ward, patient: Patient, days: int) -> list[tuple[int, str]]:
    """Return on which of the next *days* the one patient is asked, and by which protocol."""
    asked = []
    for day in range(days):
        if ask(ward):
            check_in = ward.check_in(patient)
            assert check_in is not None
            asked.append((day, check_in.kind))
        ward.now += timedelta(days=1)
    return asked


def test_the_review_after_discharge_is_told_in_its_week(ward: Ward) -> None:
    ward.register(pathway=Pathway.DISCHARGE, discharged_on=ward.now.date())
    told = []
    for day in range(40):
        ask(ward)
        told += [day] * ("T-28" in ward.alerts())
        ward.now += timedelta(days=1)

    assert told[0] == 14
    assert ward.alerts()["T-28"].level is Urgency.SOON


def test_a_review_that_was_due_long_before_the_patient_came_is_not_told(ward: Ward) -> None:
    ward.register(pathway=Pathway.DISCHARGE, discharged_on=ward.now.date() - timedelta(days=90))

    ask(ward)

    assert "T-28" not in ward.alerts()


def test_while_a_plan_is_on_hold_the_questions_are_those_of_the_hold(
    ward: Ward, patient: Patient
) -> None:
    ward.text(patient, "HOLD")

    assert days_asked(ward, patient, 15) == [(3, "hold"), (7, "hold"), (14, "hold")]


def test_four_weeks_after_the_last_reduction_a_year_of_few_questions_begins(ward: Ward) -> None:
    found = ward.register()
    ward.agree(found)
    asked = days_asked(ward, found, 28 + 400)

    after = [day for day, kind in asked if kind == "after-taper"]
    assert len(after) == 13
    assert all(kind == "taper" for day, kind in asked if day < after[0])
    assert max(day for day, _kind in asked) == after[-1]


class WordlessInPolish(Wording):
    """Words that end in a fault for one patient's language: stands for any fault over one."""

    def short_day(self, day: date, language: str) -> str:
        if language == "pl":
            raise RuntimeError("no words for a day")
        return super().short_day(day, language)


def wordless(ward: Ward) -> WordlessInPolish:
    return WordlessInPolish(**parts_of(ward.wording))


def test_a_patient_whose_question_cannot_be_built_keeps_no_other_from_theirs(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_in, "AT_ONCE", 1)
    broken = ward.register(language="pl")
    well = [ward.register() for _ in range(2)]
    for one in (broken, *well):
        ward.agree(one)
    ward.now += timedelta(days=2)

    asked = [
        checking_in.queue_due(ward.transactions, wordless(ward), now=ward.now) for _ in range(2)
    ]

    told = ward.alerts()["S-01"]
    assert asked == [2, 0]
    assert (told.patient_id, told.times) == (broken.id, 1)
    assert "asking check-ins of this patient" in ward.why("S-01")
    assert ask(ward) == 1  # mended on the same day


def test_a_patient_whose_reminder_cannot_be_built_keeps_no_other_from_theirs(ward: Ward) -> None:
    broken, well = ward.register(language="pl"), ward.register()
    for one in (broken, well):
        ward.agree(one)
    ward.now += timedelta(days=2)
    ask(ward)
    ward.now += timedelta(days=1)

    noticed = checking_in.notice_silence(ward.transactions, wordless(ward), now=ward.now)

    assert noticed == 1
    assert ward.alerts()["S-01"].patient_id == broken.id
    reminded = ward.check_in(well)
    assert reminded is not None
    assert reminded.reminded_at == ward.now


def test_who_answered_and_texts_stop_and_start_is_not_asked_again_that_day(ward: Ward) -> None:
    patient = ward.register()
    ward.agree(patient, (28, 40))
    ward.ask(days=2)
    ward.answer(patient)
    ward.text(patient, "STOP")
    ward.text(patient, "START")

    again = checking_in.queue_due(ward.transactions, ward.wording, now=ward.now)

    assert again == 0
    with ward.transactions.reading() as session:
        assert len(check_ins.check_ins_of(session, patient)) == 1
