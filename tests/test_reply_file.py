"""`companion read` and `companion screen`: promises to other programs, row by row."""

import csv
import io
import shutil
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import QUESTIONS, BrokenError, try_text, try_texts
from companion.core.reading.readings import Keyword, Reading, ReadingKind
from companion.reply_file import (
    LONGEST_FIELD,
    Answerer,
    Reader,
    ReplyFileError,
    Screener,
    answered,
    row_of,
)
from companion.reply_totals import FIRST_ROWS, shown
from companion.wording import Wording

ROOT = Path(__file__).parents[1]
WORDING = Wording.load(ROOT / "messages", ROOT / "translations")
READER, SCREENER = Reader(WORDING), Screener(WORDING)
thoroughly = settings(max_examples=200, derandomize=True, deadline=None)


def rows_of(answerer: Answerer, text: str) -> list[list[str]]:
    return list(answered(io.StringIO(text, newline=""), answerer, answerer.totals()))


def read_as(question: str, reply: str, **more: str) -> tuple[str, ...]:
    return READER.answer({"language": "en-GB", "question": question, "reply": reply, **more})


def refusal(answerer: Answerer, text: str, expected: str | None = None) -> str:
    lines = io.StringIO(text, newline="")
    with pytest.raises(ReplyFileError) as caught:
        list(answered(lines, answerer, answerer.totals(), expected=expected))
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


# --- What a reply means -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "reply", "answer"),
    [
        ("pain", "7", ("number", "7", "accept")),
        ("pain", "6.5", ("number", "6.5", "accept")),
        ("pain", "٧", ("number", "7", "accept")),
        ("pain", "6-7", ("range", "6-7", "accept")),
        ("pain", "7 or 6", ("range", "6-7", "accept")),
        ("pain", "11", ("out_of_range", "", "ask_again")),
        ("pain", "7 then 3", ("unclear", "", "ask_again")),
        ("pain", "", ("unclear", "", "ask_again")),
        ("pain", "yes", ("unclear", "", "ask_again")),
        ("use", "no", ("unclear", "", "ask_again")),
        ("use", "2", ("number", "2", "accept")),
        ("any", "my sister came to stay with us", ("free_text", "", "person")),
        ("agreed", "yes", ("yes", "", "accept")),
        ("agreed", "no I didn't", ("no", "", "accept")),
        ("agreed", "7", ("unclear", "", "ask_again")),
        ("tablets", "2 am + 1 pm", ("number", "3", "confirm")),
    ],
)
def test_a_reply_is_a_kind_a_value_and_what_to_do(
    question: str, reply: str, answer: tuple[str, ...]
) -> None:
    assert read_as(question, reply) == answer


@pytest.mark.parametrize(
    ("reply", "value", "action"),
    [
        ("STOP", "STOP", "opt_out"),
        ("unsubscribe", "STOP", "opt_out"),
        ("Unstop", "START", "opt_in"),
        ("info", "HELP", "help"),
        ("wrong number", "WRONG", "person"),
        ("hold", "HOLD", "accept"),
        ("slower", "SLOWER", "accept"),
        ("same", "SAME", "accept"),
        ("ready", "READY", "accept"),
        ("plan", "PLAN", "accept"),
        ("often", "OFTEN", "accept"),
        ("seldom", "SELDOM", "accept"),
        ("language", "LANGUAGE", "accept"),
    ],
)
def test_a_keyword_steers(reply: str, value: str, action: str) -> None:
    assert read_as("any", reply) == ("keyword", value, action)


@pytest.mark.parametrize("kind", ReadingKind)
def test_every_kind_of_reading_has_its_row(kind: ReadingKind) -> None:
    keyword = Keyword.HOLD if kind is ReadingKind.KEYWORD else None

    assert row_of(Reading(kind, keyword=keyword))[0] == kind


@pytest.mark.parametrize(
    ("agreed", "count", "action"),
    [
        ({"agreed_per_day": "4"}, "8", "accept"),
        ({"agreed_per_day": "4", "strength_mg": "10"}, "9", "person"),
        ({"agreed_per_day": "0.5"}, "2", "person"),
        ({"agreed_per_day": ""}, "9", "accept"),
        ({}, "11", "person"),
    ],
)
def test_a_count_far_above_what_was_agreed_is_for_a_person(
    agreed: dict[str, str], count: str, action: str
) -> None:
    assert read_as("tablets", count, **agreed) == ("number", count, action)


# --- Which language -----------------------------------------------------------------------


@pytest.fixture
def two_languages(tmp_path: Path) -> Wording:
    messages = Path(shutil.copytree(ROOT / "messages", tmp_path / "messages"))
    (messages / "languages.toml").write_text(
        '[en-GB]\nname = "English"\ndirection = "ltr"\nstatus = "live"\n'
        '[tlh]\nname = "tlhIngan Hol"\ndirection = "ltr"\nstatus = "draft"\n',
        encoding="utf-8",
    )
    for name in ("{}.toml", "danger.{}.toml"):
        text = (messages / "vocabulary" / name.format("en-GB")).read_text(encoding="utf-8")
        text = text.replace('"seven"', '"soch"').replace("\nseven =", "\nsoch =")
        (messages / "vocabulary" / name.format("tlh")).write_text(text, encoding="utf-8")
    return Wording.load(messages, tmp_path)


@pytest.mark.parametrize("tag", ["tlh", "TLH", "tlh-Latn", "tlh-Latn-GB"])
def test_a_language_may_be_named_more_closely_than_ours(two_languages: Wording, tag: str) -> None:
    reader = Reader(two_languages)

    def kind(language: str) -> str:
        return reader.answer({"language": language, "question": "pain", "reply": "soch"})[0]

    assert kind(tag) == "number"
    assert kind("en-GB") == "unclear"


@pytest.mark.parametrize("tag", ["en", "EN-gb", "en-US", "en-GB-oxendict"])
def test_any_english_is_read_as_english(tag: str) -> None:
    assert READER.answer({"language": tag, "question": "pain", "reply": "7"})[1] == "7"


def test_texts_are_english_unless_the_file_says_otherwise() -> None:
    rows = rows_of(SCREENER, "reply,language\nI want to die,\nI want to die,en\n")

    assert [row[2] for row in rows] == ["urgency", "emergency", "emergency"]


def test_a_language_is_translated_as_far_as_its_texts_are() -> None:
    some, *others = WORDING.texts.values()

    def translated(texts: Iterable[str]) -> int:
        catalogue = dict.fromkeys(texts, "jIyajbe'")
        return replace(WORDING, _catalogues={"tlh": catalogue}).translated("tlh")

    assert translated([]) == 0
    assert 0 < translated([some.english]) < 10
    assert translated(text.english for text in others) < 100
    assert translated(text.english for text in WORDING.texts.values()) == 100
    assert WORDING.translated("en-GB") == 100


# --- Rows in, rows out --------------------------------------------------------------------


def test_rows_stay_in_order_and_other_columns_as_they_were() -> None:
    text = (
        "id,reply,note,language,question\r\n"
        '1,7,"=cmd|""x"", ok",en-GB,pain\r\n'
        "\r\n"
        '2,"STOP\n","a\r\nb",en-GB,any\r\n'
    )

    assert rows_of(READER, text) == [
        ["id", "reply", "note", "language", "question", "kind", "value", "action"],
        ["1", "7", '=cmd|"x", ok', "en-GB", "pain", "number", "7", "accept"],
        ["2", "STOP\n", "a\r\nb", "en-GB", "any", "keyword", "STOP", "opt_out"],
    ]


def test_a_finding_says_how_soon_what_and_why() -> None:
    _header, row = rows_of(SCREENER, "reply\nran out and I took all my tablets at once\n")

    urgency, categories, why = row[1:]
    assert urgency == "emergency"
    assert {"overdose"} <= set(categories.split(";"))
    assert why.startswith('"')
    assert rows_of(SCREENER, "reply\nlovely day\n")[1] == ["lovely day", "none", "", ""]


@pytest.mark.parametrize(
    ("row", "out"),
    [
        ("en-GB,pain,7,but not sure", ["en-GB", "pain", "7", "unclear", "", "person", "but not sure"]),
        ("en-GB,pain", ["en-GB", "pain", "", "unclear", "", "person"]),
        ("nonsense", ["nonsense", "", "", "unclear", "", "person"]),
    ],
)  # fmt: skip
def test_a_row_with_other_fields_than_the_header_is_for_a_person(row: str, out: list[str]) -> None:
    totals = READER.totals()
    text = f"language,question,reply\nen,pain,7\n{row}\nen,pain,8\n"

    rows = list(answered(io.StringIO(text), READER, totals))

    assert rows[2] == out
    assert [rows[1][4], rows[3][4]] == ["7", "8"]
    assert next(totals.lines()) == "3 rows, of which 1 broken, row 2 (line 3) first"


def test_danger_is_found_wherever_in_a_broken_row_it_stands() -> None:
    rows = rows_of(SCREENER, "language,reply\nen,I took them all, now I cant breathe,x\nen\n")

    assert rows[1][2] == "emergency"
    assert rows[2] == ["en", "", "none", "", ""]


def test_bytes_that_are_no_utf8_go_out_as_they_came_and_change_no_number() -> None:
    half = "7\udcbd"  # 7½ in Latin-1

    rows = rows_of(READER, f"language,question,reply,note\nen,pain,{half},{half}\n")

    assert rows[1] == ["en", "pain", half, half, "unclear", "", "ask_again"]
    assert rows_of(SCREENER, f"reply\nI want to die {half}\n")[1][1] == "emergency"


def test_signs_of_no_letter_break_nothing() -> None:
    assert rows_of(READER, "language,question,reply\nen,pain,7\0\nen,pain,7\x005\n")[1:] == [
        ["en", "pain", "7\0", "number", "7", "accept"],
        ["en", "pain", "7\x005", "unclear", "", "ask_again"],
    ]


def test_a_missing_quote_is_refused_where_it_is_missing() -> None:
    lines = io.StringIO('reply,x\nfine,1\nhere,"2\nI want to die,3\n')
    rows = answered(lines, SCREENER, SCREENER.totals())

    assert [next(rows)[0], next(rows)[0]] == ["reply", "fine"]
    with pytest.raises(ReplyFileError, match=r"^line 3: .* is a quote missing"):
        next(rows)
    for text in ('reply\n"he said "no" to me"\n', f'reply\n"{"x" * (LONGEST_FIELD + 1)}"\n'):
        assert refusal(SCREENER, text).startswith("line 2: ")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("xx,pain,7", "row 2 (line 4): language: there is no 'xx'"),
        (",pain,7", "row 2 (line 4): language: there is no ''"),
        ("en,weather,7", "row 2 (line 4): question: there is no 'weather'"),
        ("en,,7", "row 2 (line 4): question: there is no ''"),
        ("en,tablets,7", "row 2 (line 4): agreed_per_day: Enter the amount as a number"),
    ],
)
def test_what_a_row_asks_for_in_vain_is_named_with_the_row(row: str, says: str) -> None:
    text = "language,question,reply,agreed_per_day\nen,any,hello,\n\n" + f"{row},four\n"

    assert refusal(READER, text).startswith(says)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("", "language: there is no such column: the file is empty"),
        ("language,question,Reply", "reply: there is no such column: language, question, Reply"),
        ("language,question,reply,kind", "kind: the file has this column"),
        ("language,question,reply,action", "action: the file has this column"),
        ("language,question,reply,reply", "reply: two columns have this name"),
        ("language,question,reply,\udcff", "line 1: the header is no UTF-8"),
    ],
)
def test_a_header_that_will_not_do_says_why(header: str, says: str) -> None:
    assert refusal(READER, header).startswith(says)


def test_the_column_of_labels_must_be_there_once() -> None:
    assert refusal(SCREENER, "reply\n", "label").startswith("label: there is no such column")
    assert refusal(SCREENER, "reply,a,a\n", "a") == "a: two columns have this name"
    assert "which is for the answer" in refusal(SCREENER, "reply,why\n", "why")


def many_rows(count: int) -> Iterator[str]:
    yield "language,question,reply,label\n"
    for number in range(count):
        yield f"en,pain,{number % 13},label {number}\n"


def test_many_rows_need_no_more_memory_than_few() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        totals = READER.totals()
        for _row in answered(many_rows(count), READER, totals, expected="label"):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert totals.disagreed == count
        return highest

    peak(10)  # fills what is kept once
    assert peak(5000) < peak(100) + 20_000


# --- Totals -------------------------------------------------------------------------------


def test_answers_are_counted_and_compared_with_labels() -> None:
    totals = READER.totals()
    text = (
        "language,question,reply,label\n"
        "en,pain,7,number 7\nen,pain,7,number\nen,pain,6,number 7\nen,pain,stop,unclear\n"
        "en,pain,6-7, range 6-7 \nen,pain,1,seven\nen,pain,1,\n"
    )

    list(answered(io.StringIO(text), READER, totals, expected="label"))

    assert list(totals.lines()) == [
        "7 rows",
        "kind: number 5, keyword 1, range 1",
        "action: accept 6, opt_out 1",
    ]
    assert list(totals.table()) == [
        "expected        found                rows",
        "number          number                  2",
        "number          number                  1  disagree, with another value",
        "range           range                   1",
        "unclear         keyword                 1  disagree",
        "(no such label) number                  1  disagree",
        "3 of 6 rows with a label agree",
        "row 3 (line 4): expected number 7, found number 6",
        "row 4 (line 5): expected unclear, found keyword STOP",
        "row 6 (line 7): expected seven, found number 1",
    ]


def test_only_the_first_rows_that_disagree_are_named() -> None:
    totals = SCREENER.totals()
    text = "reply,label\n" + "fine,urgent\n" * (FIRST_ROWS + 5)

    list(answered(io.StringIO(text), SCREENER, totals, expected="label"))

    assert list(totals.table())[-2:] == [
        f"row {FIRST_ROWS} (line {FIRST_ROWS + 1}): expected urgent, found none",
        "and 5 more",
    ]
    assert list(totals.lines())[1:] == [f"urgency: none {FIRST_ROWS + 5}", "categories: none"]


def test_what_a_file_holds_is_shown_in_one_short_line() -> None:
    assert shown("a\nb\x1b[2J") == "a\ufffdb\ufffd[2J"
    assert len(shown("x" * 1000)) < 100


def test_labelled_sentences_are_screened_as_labelled() -> None:
    totals = SCREENER.totals()
    with (ROOT / "tests" / "data" / "screening_en.csv").open(encoding="utf-8", newline="") as file:
        rows = list(answered(file, SCREENER, totals, expected="expected"))

    assert totals.disagreed == 0
    assert totals.compared == len(rows) - 1 > 200


# --- Garbage ------------------------------------------------------------------------------


@thoroughly
@given(
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.sampled_from(QUESTIONS),
    st.sampled_from([language.tag for language in WORDING.languages]),
)
def test_any_text_gets_one_of_the_promised_answers(text: str, question: str, tag: str) -> None:
    try_text(READER, SCREENER, tag, question, text)


def test_made_up_texts_get_one_of_the_promised_answers() -> None:
    first, again = try_texts("test", 600), try_texts("test", 600)

    assert first.answers == again.answers
    assert first.answers["number"] > 0
    assert first.answers["found"] > 0


def test_an_answer_that_was_not_promised_ends_the_run() -> None:
    class Wrong(Reader):
        def answer(self, row: object) -> tuple[str, ...]:
            return "number", "seven", "accept"

    with pytest.raises(BrokenError, match="read as number seven accept"):
        try_text(Wrong(WORDING), SCREENER, "en-GB", "pain", "7")


def answered_or_refused(answerer: Answerer, text: str) -> list[list[str]] | str:
    try:
        return rows_of(answerer, text)
    except ReplyFileError as error:
        return str(error)


@thoroughly
@given(st.text(st.sampled_from('ab,"\r\n\0\udcff'), max_size=60), st.booleans())
@example('a,"', False)
def test_any_file_is_answered_whole_or_refused_in_one_line(text: str, reads: bool) -> None:
    header = "language,question,reply" if reads else "x,reply"
    width = header.count(",") + 1

    found = answered_or_refused(READER if reads else SCREENER, f"{header}\n{text}")

    if isinstance(found, str):
        assert len(found.splitlines()) == 1
        return
    came = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    given_back = [row[:width] + row[width + 3 :] for row in found[1:]]
    assert [row[: len(one)] for row, one in zip(given_back, came, strict=True)] == came
