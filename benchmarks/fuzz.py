"""``make fuzz``: a million texts that nobody wrote, through ``read`` and ``screen``.

Every language and every question has its turn. A text that crashes them, or an answer that
is not among the promised ones, ends the run with what it was; seeds are printed, so that it
can be made again.
"""

import os
import random
import re
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from benchmarks.made_up import ROOT, MadeUp
from companion.core.questions import Question
from companion.reply_file import AGREED, ANY, Reader, Screener
from companion.wording import Wording

TEXTS = 1_000_000
PARTS = 100
QUESTIONS = (ANY, AGREED, *map(str, Question))
NUMBER = r"\d+(?:\.\d)?"
VALUES = {"number": NUMBER, "range": f"{NUMBER}-{NUMBER}", "keyword": r"[A-Z]+"}
"""What stands as the value of each kind; nothing for all others."""
ACTIONS = {
    "number": {"accept", "confirm", "person"},
    "range": {"accept", "confirm", "person"},
    "yes": {"accept", "ask_again"},
    "no": {"accept", "ask_again"},
    "out_of_range": {"ask_again"},
    "unclear": {"ask_again"},
    "keyword": {"accept", "opt_out", "opt_in", "help", "person"},
    "free_text": {"person"},
}
URGENCIES = {"emergency", "urgent", "soon", "none"}


class BrokenError(AssertionError):
    """An answer that is not among the promised ones."""


@dataclass(slots=True)
class Part:
    """What came of one part of the run."""

    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_text: str = ""


def main() -> None:
    """Try them all; print what they were taken for, and which took longest."""
    texts = int(sys.argv[1]) if len(sys.argv) > 1 else TEXTS
    seed = sys.argv[2] if len(sys.argv) > 2 else str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed}", flush=True)
    began = time.perf_counter()
    seeds = [f"{seed}-{number}" for number in range(PARTS)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(try_texts, seeds, [max(1, texts // PARTS)] * PARTS))
    answers = sum((part.answers for part in parts), Counter[str]())
    slowest = max(parts, key=lambda part: part.slowest)
    took = time.perf_counter() - began
    print(f"{answers['none'] + answers['found']} texts in {took:.0f} s, none broken")
    print(", ".join(f"{answer} {count}" for answer, count in answers.most_common()))
    print(f"the slowest took {slowest.slowest * 1000:.0f} ms: {slowest.slowest_text!a:.200}")


def try_texts(seed: str, count: int) -> Part:
    """Try *count* texts; the same seed tries the same."""
    wording = Wording.load(ROOT / "messages", ROOT / "translations")
    reader, screener = Reader(wording), Screener(wording)
    tags = [language.tag for language in wording.languages]
    turns = list(product(tags, QUESTIONS))
    made_up, part = MadeUp(seed), Part()
    for number in range(count):
        language, question = turns[number % len(turns)]
        text = made_up.anything()
        began = time.perf_counter()
        try:
            answers = try_text(reader, screener, language, question, text)
        except Exception as error:  # of any kind: the run ends, with the text that broke it
            raise BrokenError(f"seed {seed}: {language} {question} {text!a}") from error
        took = time.perf_counter() - began
        part.answers.update(answers)
        if took > part.slowest:
            part.slowest, part.slowest_text = took, text
    return part


def try_text(
    reader: Reader, screener: Screener, language: str, question: str, text: str
) -> tuple[str, str]:
    """Return the kind that *text* was read as, and whether a danger was found.

    Raises:
        BrokenError: an answer is not among the promised ones.
    """
    row = {"language": language, "question": question, "reply": text}
    kind, value, action = reader.answer(row)
    if action not in ACTIONS[kind] or not re.fullmatch(VALUES.get(kind, ""), value):
        raise BrokenError(f"read as {kind} {value} {action}")
    if question in set(Question) and kind in {"number", "range"}:
        scale = Question(question).scale
        if not all(scale.holds(Decimal(end)) for end in value.split("-")):
            raise BrokenError(f"{value} is not on the scale")
    urgency, categories, why = screener.answer(row)
    found = urgency != "none"
    if urgency not in URGENCIES or bool(categories) is not found or bool(why) is not found:
        raise BrokenError(f"screened as {urgency} {categories} {why}")
    return kind, "found" if found else "none"


if __name__ == "__main__":
    main()
