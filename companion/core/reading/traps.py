"""Know a phrase beside which no number is certain: "half of them", "2 at most".

The rules beside this module weigh words one by one. Where words are harmless one by one and
not together, the phrase stands in the vocabulary's ``misleading``.
"""

import re
from functools import cache

from companion.core.reading.numbers import in_digits
from companion.core.reading.phrasing import pattern_of_any
from companion.core.reading.readings import Vocabulary

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_BETWEEN = re.compile(r"[,;:.!]+(?=\s)")


def misleads(said: str, question: str, vocabulary: Vocabulary) -> bool:
    """Tell whether *said*, in normal form, holds a phrase that misleads about *question*.

    In a phrase "#" stands for any number, in digits or in words: "# too many". Signs between
    words part nothing: "yes, 2" is "yes 2".
    """
    phrases = vocabulary.misleading.get("any", ()) + vocabulary.misleading.get(question, ())
    numbered = _NUMBER.sub("#", in_digits(said, vocabulary))
    forms = (said, numbered, _BETWEEN.sub("", said), _BETWEEN.sub("", numbered))
    return any(_whole(phrases).search(form) for form in forms)


@cache
def _whole(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'#])(?:{pattern_of_any(phrases)})(?![\w'#])")
