"""Each rule of reading, at the edge where a careful nurse would stop trusting it."""

from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest

from companion.core.questions import Question
from companion.core.reading.answers import has_words, read, read_on_scale, read_yes_no
from companion.core.reading.counts import may_be_an_hour
from companion.core.reading.numbers import LONGEST_ANSWER
from companion.core.reading.readings import Care, Keyword, Reading, ReadingKind, Vocabulary
from companion.vocabulary import load_vocabulary

ROOT = Path(__file__).parents[2]
ENGLISH = load_vocabulary(ROOT / "messages" / "vocabulary", "en-GB")
NO_WORDS = Vocabulary(
    **{
        field.name: type(getattr(ENGLISH, field.name))()
        for field in fields(Vocabulary)
        if field.init
    }
)
POLISH = load_vocabulary(ROOT / "messages" / "vocabulary", "pl")
URDU = load_vocabulary(ROOT / "messages" / "vocabulary", "ur")
PAIRS = replace(ENGLISH, pairs=True, scale_first=("of which",))
UNMARKED = replace(ENGLISH, folds={ord("é"): "e"})
UNCLEAR = Reading(ReadingKind.UNCLEAR)
OUT_OF_RANGE = Reading(ReadingKind.OUT_OF_RANGE)


def number(value: str, care: Care = Care.NONE) -> Reading:
    return Reading(ReadingKind.NUMBER, Decimal(value), care=care)


def a_range(low: str, high: str) -> Reading:
    return Reading(ReadingKind.RANGE, Decimal(low), Decimal(high))


def tablets(said: str) -> Reading:
    return read(said, Question.TABLETS, ENGLISH)


def pain(said: str) -> Reading:
    return read(said, Question.PAIN, ENGLISH)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("2 am + 1 pm", "3"),
        ("just 2 am + 1 pm tbh", "3"),
        ("2 & 1 & 1", "4"),
        ("2 plus 1", "3"),
        ("half am + half pm", "1"),
        ("half in the morning, half at night", "1"),
        ("1.5 am + 0.5 pm", "2"),
        ("1 morning, 1 lunch, 1 tea, 1 bed", "4"),
        ("1 morning, 1 lunch, 2 bed", "4"),
        ("1 + 1 + 2", "4"),
        ("1+1+1+1+1+1", "6"),
        ("2 at 8am and 2 at 8pm", "4"),
        ("4 in the morning and 2 at night", "6"),
        ("25 in the morning and 2 at night", "27"),
    ],
)
def test_what_was_added_up_is_read_back(said: str, taken: str) -> None:
    assert tablets(said) == number(taken, Care.CONFIRM)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("half a tablet", "0.5"),
        ("2 and a half", "2.5"),
        ("2, taken", "2"),
        ("tablets, 2", "2"),
        ("morning 2", "2"),
        ("2 at 8am", "2"),
        ("2 at 8am in the morning", "2"),
        ("2 tonight as prescribed", "2"),
        ("99 pills", "99"),
        (".0", "0"),
    ],
)
def test_one_count_needs_no_reading_back(said: str, taken: str) -> None:
    assert tablets(said) == number(taken)


@pytest.mark.parametrize("said", ["2+", "+2", "2 + 1 +", "2 + + 1", "2 plus 1 plus"])
def test_a_sum_that_goes_on_may_be_more(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["2, 3", "2. 3", "half, 1", "2 3", "1+1+1+1+1+1+1"])
def test_numbers_that_nothing_adds_are_no_sum(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["2 yesterday and 3 today", "2 yesterday plus 3"])
def test_another_day_is_not_added(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("3 in total, 2 am 1 pm", "3"),
        ("2 am, 2 pm, 4 in total", "4"),
        ("2 in total: 1 am 1 pm", "2"),
        ("2 + 1 = 3", "3"),
        ("2, 1 = 3", "3"),
        ("1 + half = 1.5 tablets", "1.5"),
    ],
)
def test_a_sum_that_is_stated_counts_once(said: str, taken: str) -> None:
    assert tablets(said) == number(taken, Care.CONFIRM)


@pytest.mark.parametrize(
    "said",
    [
        "2 am 2 pm in total",
        "2 am 1 lunch 1 bed altogether",
        "2, 2 altogether",
        "am = 2, pm = 2",
        "morning = 2, lunch = 1, night = 1",
        "2 in total am, 2 in total pm",
    ],
)
def test_a_part_is_not_taken_for_the_sum(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "4 in total, 2 am 1 pm",
        "4 in total, 3 am 2 pm",
        "2 + 1 = 4",
        "4 tablets, two am two pm",
        "2 morning 2 night so 4",
        "2 am 1 pm, 3",
        "2 morning + 2 so 4",
        "2 with breakfast so 2",
        "4 and my back is bad",
    ],
)
def test_a_sum_that_may_be_counted_twice_or_is_wrong_is_unclear(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "2pm",
        "2am + 1pm",
        "8 am + 2",
        "5 in the morning and 2 at night",
        "24 at night and 2 in the morning",
        "2 at 8 and 10",
        "2 at 4 in the morning and 10",
        "2 at 8am in the morning and 10",
    ],
)
def test_what_may_be_an_hour_is_not_counted(said: str) -> None:
    assert tablets(said) == UNCLEAR


@pytest.mark.parametrize("said", ["8 am", "8 pm"])
def test_am_and_pm_make_an_hour_in_any_language(said: str) -> None:
    assert may_be_an_hour(said, NO_WORDS)


@pytest.mark.parametrize(
    "said",
    ["2 morning, night", "2 this morning, tonight", "2 at 8am and at 8pm", "2 + at 8am, at 8pm"],
)
def test_one_number_for_two_times_may_be_twice_as_many(said: str) -> None:
    assert tablets(said) == UNCLEAR


def test_more_tablets_than_the_scale_has_are_out_of_range_unless_added_up() -> None:
    assert tablets("100 pills") == OUT_OF_RANGE
    assert tablets("2.3 pills") == UNCLEAR
    assert tablets("60 am + 60 pm") == UNCLEAR


@pytest.mark.parametrize(
    ("said", "care"),
    [("3", Care.NONE), ("4", Care.PERSON), ("3 to 4", Care.PERSON), ("2 to 3", Care.NONE)],
)
def test_more_than_the_most_tablets_is_for_a_person(said: str, care: Care) -> None:
    assert read(said, Question.TABLETS, ENGLISH, most_tablets=Decimal(3)).care is care
    assert read(said, Question.PAIN, ENGLISH, most_tablets=Decimal(0)).care is Care.NONE


def test_a_count_in_words_may_be_above_the_most_too() -> None:
    reading = read("a couple", Question.TABLETS, ENGLISH, most_tablets=Decimal(1))

    assert reading == number("2", Care.PERSON)


def test_what_gives_no_count_is_not_above_the_most() -> None:
    assert read("bananas", Question.TABLETS, ENGLISH, most_tablets=Decimal(0)) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("6 or 8", "6", "8"),
        ("8 or 6", "6", "8"),
        ("7-6", "6", "7"),
        ("6/7", "6", "7"),
        ("between 7 and 3", "3", "7"),
        ("2 to 10", "2", "10"),
        ("1 or 2 out of 10", "1", "2"),
        ("pain 6-7", "6", "7"),
        ("2 or 3 bad", "2", "3"),
    ],
)
def test_two_ends_of_one_score_are_a_range(said: str, low: str, high: str) -> None:
    assert pain(said) == a_range(low, high)


@pytest.mark.parametrize(
    "said",
    [
        "6 or 9",  # who doubts is not so far apart
        "7 or 7",
        "7-7",
        "7 to 6",
        "1 to 10",  # the scale
        "6/8",
        "4/5",  # out of five
        "6-7.30",  # a time
        "7.30 or 8",
        "6-7 nights",
        "two or three bad",  # ones
    ],
)
def test_what_only_looks_like_a_range_is_none(said: str) -> None:
    assert pain(said) == UNCLEAR


def test_a_stroke_between_counts_may_be_a_fraction() -> None:
    assert tablets("6/7") == UNCLEAR
    assert read("2/3", Question.WITHDRAWAL, ENGLISH) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("6 7", a_range("6", "7")),
        ("6 8", UNCLEAR),
        ("7 6", UNCLEAR),
        ("6/10 7/10", UNCLEAR),
        ("10 of which 8", number("8")),
        ("10 of which 6 10 of which 7", UNCLEAR),
    ],
)
def test_neighbours_side_by_side_are_a_range_where_a_language_says_so(
    said: str, reading: Reading
) -> None:
    assert read(said, Question.PAIN, PAIRS) == reading


@pytest.mark.parametrize(
    ("said", "question", "reading"),
    [
        ("2 out of 3", Question.WITHDRAWAL, number("2")),
        ("2 out of 4", Question.USE, UNCLEAR),
        ("2 out of 99", Question.TABLETS, UNCLEAR),
    ],
)
def test_only_a_score_is_out_of_its_highest(
    said: str, question: Question, reading: Reading
) -> None:
    assert read(said, question, replace(ENGLISH, out_of=("out of",))) == reading


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("7xx", "7"),
        ("7...bad", "7"),
        ("7 (7)", "7"),
        ("7.0", "7"),
        ("it is 7?", "7"),
        ("10" + " x" * 79, "10"),
        ("lO", "10"),
        ("o!", "0"),
        ("no pain, i'd say, today", "0"),
        ("7 couldn't sleep", "7"),
        ("7 😭 couldn't sleep", "7"),
        ("7 😭 out of 10", "7"),
        ("0, no problem", "0"),
        ("seven, not great", "7"),
        ("0 😀 no pain at all", "0"),
        ("bad day today love, 8", "8"),
        ("pure agony. Sorry it's a 9", "9"),
        ("had my 50th on saturday so it's about a 6", "6"),
        ("been on my feet all day so it's about a 7 i reckon", "7"),
        ("been on my feet so a 7", "7"),
        ("no pain. i'd say", "0"),
        ("two and my back is bad", "2"),
        ("is about 7 couldn't sleep", "7"),
        ("crying love, sad love, 8", "8"),
        ("sat in the car, pain is 8", "8"),
        ("i can't love, 8", "8"),
        ("7 and bad nights", "7"),
        ("7, my poor nights", "7"),
        ("7, nobody called round", "7"),
        ("7, my back, my legs, all of it", "7"),
        ("7 and a bit of night sweats", "7"),
        ("it's a nine im in bits", "9"),
        ("shit night, pain is 8", "8"),
        ("i am rough. Six and my back is killing me", "6"),
    ],
)
def test_what_stands_around_a_score_may_leave_it(said: str, score: str) -> None:
    assert pain(said) == number(score)


@pytest.mark.parametrize(
    "said",
    [
        "7 (8)",
        "6.50",
        "7.25",
        "7 couldn't",
        "7 i took",
        "7 my nights",
        "7 it was",
        "seven not great",
        "what about 7?",
        "7 is it?",
        "5, is ok",
        "7" + " x" * 80,
        "7 🙄",
        "my mood is low, 3",  # answers something else
        "on the new tablets, 2",
        "not, 7",
        "yesterday, 7",
        "why, 7",
        "on £, 7",
        "rotten day, feet 7",
        "on the stairs it's a 7",
        "my son is 3",
        "coping is 7",
        "worst nights it's a 7",
        "7 because nights are bad",
        "its 4 and the birds are out",
        "sat still with my feet up, mum in bits so it's a 7",
        "yesterday was ok today it's a 7",
        "what helps, 7",
        "hope so, it's a 7 not",
        "7, my mum came",
        "7, my back is lower",
        "one and my back is bad",
        "sitting love, 3",
        "4, broken sore",
        "seven x, not great",
        "its 4 no sleep",
        "its just 2 sore",
        "the paramedic put it at 8",
        "dunt think its a 3",
        "don't think it's a 3",
        "my wife is in bits so it's a 9",
        "3, at rest",
        "4, broken ribs",
        "7 my feet took it",
        "one has bad feet",
    ],
)
def test_what_stands_around_a_score_may_take_it_back(said: str) -> None:
    assert pain(said) == UNCLEAR


@pytest.mark.parametrize(
    ("said", "reading"),
    [
        ("i'd say: less", number("2")),
        ("as agreed with you", number("1")),
        ("more?", UNCLEAR),
        ("more please", UNCLEAR),  # asks for more
        ("2 today", UNCLEAR),  # times
        ("2 not great", number("2")),
        ("3 took more", number("3")),
        ("3 a lot more", number("3")),
        ("2 more", UNCLEAR),
        ("2 bad", UNCLEAR),  # days
        ("took more", number("3")),
        ("i took less today", number("2")),
        ("mate took less", UNCLEAR),
        ("took less. sorry. not proud", UNCLEAR),
        ("took less. pain", UNCLEAR),
        ("took less. maybe", UNCLEAR),
        ("took less; feeling (proud)", number("2")),
        ("i'd say took less.", number("2")),
        ("2, doses", UNCLEAR),
        ("2, of those", UNCLEAR),
        ("2, lunch", UNCLEAR),
        ("took less as agreed", UNCLEAR),
        ("not proud. took less. thanks", UNCLEAR),
        ("now what we agreed", number("1")),
        ("3 more doses", UNCLEAR),
        ("as agreed, apart from friday", UNCLEAR),
        ("took less, as agreed", UNCLEAR),
        ("less than agreed, feeling proud", number("2")),
        ("sorry - as agreed, love", number("1")),
        ("as agreed, then 2", UNCLEAR),
        ("as agreed, then two", UNCLEAR),
        ("as agreed, not always", UNCLEAR),
        ("less, took more", UNCLEAR),
        ("is less", UNCLEAR),
        ("1. no problem so far", number("1")),
        ("3 because it hurt", number("3")),
        ("3 hurt", UNCLEAR),
        ("2, morning and night", UNCLEAR),  # tablets
        ("2, tablets", UNCLEAR),
    ],
)
def test_a_choice_bears_only_its_own_words(said: str, reading: Reading) -> None:
    assert read(said, Question.USE, ENGLISH) == reading


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (Question.PAIN, "10, feeling great", None),
        (Question.PAIN, "9 feeling great", None),
        (Question.PAIN, "8 feeling great", "8"),
        (Question.PAIN, "0 agony", None),
        (Question.PAIN, "1 agony", None),
        (Question.PAIN, "2 agony", "2"),
        (Question.PAIN, "10 agony", "10"),
        (Question.PAIN, "10 great agony", "10"),
        (Question.PAIN, "good morning 10", "10"),
        (Question.PAIN, "10 not great", "10"),
        (Question.COPING, "10 agony", None),
        (Question.COPING, "0 feeling great", None),
        (Question.COPING, "10 feeling great", "10"),
        (Question.MOOD, "0 awful", None),
        (Question.MOOD, "1 awful", "1"),
        (Question.MOOD, "2 great", "2"),
        (Question.MOOD, "3 great", None),
        (Question.OWN_1, "10 great", "10"),  # which end is good is not known
    ],
)
def test_words_that_say_the_opposite_of_an_end_of_the_scale_turn_it_round(
    question: Question, said: str, value: str | None
) -> None:
    assert read(said, question, ENGLISH) == (UNCLEAR if value is None else number(value))


def test_six_and_a_half_is_written_as_a_language_writes_it() -> None:
    assert read("6,5", Question.PAIN, POLISH) == number("6.5")
    assert pain("6,5") == UNCLEAR
    assert read("sarhe 6", Question.PAIN, replace(ENGLISH, half_before=("sarhe",))) == number("6.5")


@pytest.mark.parametrize("said", ["tak 2", "tak, 2"])  # yes, and two tablets
def test_a_phrase_may_mislead_with_its_comma(said: str) -> None:
    assert read(said, Question.USE, POLISH) == UNCLEAR


@pytest.mark.parametrize("said", ["8 is ok", "give you 7", "eight of you"])
def test_a_phrase_may_mislead_about_any_number(said: str) -> None:
    assert pain(said) == UNCLEAR


@pytest.mark.parametrize("said", ["was 8 yesterday, today 5", "yesterday 8 today 5"])
def test_of_two_days_the_one_asked_about_counts(said: str) -> None:
    assert pain(said) == number("5")


def test_a_long_comparison_is_for_a_person() -> None:
    said = "yesterday 8 today 5 thanks" + " x" * 67

    assert len(said) == LONGEST_ANSWER
    assert pain(said) == number("5")
    assert pain(said + "x") == UNCLEAR


@pytest.mark.parametrize(
    "said",
    [
        "yes", "Yes please", "yes I did", "yes thanks nurse", "yes lovely", "y", "i did",
        "as agreed yes", "yes, no problem", "no problem, yes", "i did!", "just as agreed", "yes same as we agreed",
    ],
)  # fmt: skip
def test_yes_is_yes_with_what_belongs_to_it(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == Reading(ReadingKind.YES)


@pytest.mark.parametrize(
    "said",
    [
        "no", "n", "no thanks", "no ta nurse", "no, sorry", "nope please",
        "ok, no", "no i haven't taken them", "haven't taken them all", "didn't take them",
        "no: i didn't do it", "no problem, no", "no sleep. no", "no, took more", "took less than agreed",
    ],
)  # fmt: skip
def test_no_is_no_with_what_belongs_to_it(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == Reading(ReadingKind.NO)


@pytest.mark.parametrize(
    "said",
    [
        "no, I did", "no I did", "I did. I haven't", "i took them, no", "no, my dog", "no good",
        "no problem", "no change", "no way", "yes no", "y did it", "n did it", "yes?", "no?", "yes 2",
        "0 nah", "have i, yes", "thanks", "all taken",
        "she might say yes", "well she said nope", "no, good", "yes took more", "no as agreed", "no more than agreed", "no, as agreed",
    ],
)  # fmt: skip
def test_what_only_holds_a_yes_or_a_no_is_neither(said: str) -> None:
    assert read_yes_no(said, ENGLISH) == UNCLEAR


def test_a_language_may_have_one_word_for_yes() -> None:
    few = replace(ENGLISH, yes=frozenset({"yes"}))

    assert read_yes_no("yes I did", few) == Reading(ReadingKind.YES)


@pytest.mark.parametrize(
    ("said", "vocabulary", "keyword"),
    [
        ("plan duckie", ENGLISH, Keyword.PLAN),
        ("thank you nurse my plan", ENGLISH, Keyword.PLAN),
        ("hold , darling", ENGLISH, Keyword.HOLD),
        ("zły numer", POLISH, Keyword.WRONG),
        ("zly numer", POLISH, Keyword.WRONG),
    ],
)
def test_a_keyword_is_heard_with_politeness_and_without_marks(
    said: str, vocabulary: Vocabulary, keyword: Keyword
) -> None:
    assert read(said, None, vocabulary) == Reading(ReadingKind.KEYWORD, keyword=keyword)


def test_a_word_that_answers_the_open_question_is_no_keyword() -> None:
    plan_is_more = replace(ENGLISH, answers={"use": {"plan": Decimal(3)}})
    assert read("plan", Question.USE, plan_is_more) == number("3")
    assert read_yes_no("زیادہ", URDU) == Reading(ReadingKind.NO)
    assert read("زیادہ", None, URDU).keyword is Keyword.OFTEN
    assert read("زیادہ", Question.USE, URDU) == number("3")
    assert read("often", Question.PAIN, ENGLISH).keyword is Keyword.OFTEN
    assert read("often", Question.MOOD, ENGLISH) == UNCLEAR


def test_a_keyword_steers_where_yes_or_no_is_asked() -> None:
    assert read_yes_no("plan please", ENGLISH) == Reading(ReadingKind.KEYWORD, keyword=Keyword.PLAN)


def test_a_thought_that_answers_nothing_is_not_asked_again() -> None:
    free_text = Reading(ReadingKind.FREE_TEXT)

    assert read_yes_no("my dog ate the tablets", ENGLISH) == free_text
    assert pain("my leg aches really") == free_text
    for trying in ("my leg aches yep really", "my leg aches nah really"):
        assert pain(trying) == UNCLEAR


def test_letters_that_people_leave_out_change_no_reading() -> None:
    assert read("it is réally bétter today", Question.PAIN, UNMARKED) == UNCLEAR
    assert read("sévén", Question.PAIN, UNMARKED) == number("7")
    assert not has_words("thé téxt", UNMARKED)


@pytest.mark.parametrize(
    "said",
    [
        "yes please", "no thanks", "all good", "thanks, all good", "yes all good", "7 yes",
        "7 in my lower back",
        "its about a 7 i reckon", "7 out of 10",
        "6 and a half at the moment, ta love",
    ],
)  # fmt: skip
def test_a_yes_a_no_and_all_good_need_no_reader(said: str) -> None:
    assert not has_words(said, ENGLISH)


@pytest.mark.parametrize(
    "said",
    [
        "not good",
        "7 not good",
        "no change",
        "7 love kaputt",
        "7 at the moment kaputt",
        "7 can't feel my legs",  # "i can't", "i feel" and "in my legs" are known, each for itself
        "3 should i go back up to my old dose",
        "6 and the agreed dose is over",
    ],
)
def test_known_words_that_together_say_more_need_a_reader(said: str) -> None:
    assert has_words(said, ENGLISH)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("took more than agreed", Question.USE),
        ("took a bit less, sorry", Question.USE),
        ("3 took more than agreed", Question.USE),
        ("as agreed", Question.USE),
        ("2 less", Question.USE),
        ("pain free today", Question.PAIN),
        ("0 no pain at all", Question.PAIN),
    ],
)
def test_an_answer_in_words_is_news_to_another_question(said: str, question: Question) -> None:
    others = {*Question} - {question}

    assert not has_words(said, ENGLISH, question)
    assert all(has_words(said, ENGLISH, other) for other in others)
    assert has_words(said, ENGLISH)


def test_a_reply_that_names_another_question_answers_neither() -> None:
    assert read("boli 8", Question.PAIN, POLISH) == number("8")
    assert read("boli 8", Question.COPING, POLISH) == UNCLEAR
    assert read("boli 2", Question.INTEREST, POLISH) == UNCLEAR


def test_a_question_has_the_words_of_whole_answers_and_of_its_choices() -> None:
    assert ENGLISH.said_of(Question.USE)["gone back to my old dose"] == 4
    assert ENGLISH.said_of(Question.USE)["took fewer"] == 2
    assert replace(ENGLISH, answers={}).said_of(Question.USE)["took fewer"] == 2
    assert read_yes_no("plan", replace(ENGLISH, answers={})).keyword is Keyword.PLAN


def test_a_scale_without_a_question_has_no_words_of_one() -> None:
    assert read_on_scale("7 pain", Question.PAIN.scale, ENGLISH) == UNCLEAR
