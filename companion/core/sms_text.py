"""What a text costs: its alphabet and how many segments it takes on the air.

A text goes out in the 7-bit alphabet of GSM 03.38 when every letter is in it, and
otherwise whole in 16-bit units. Segments are packed greedily, because an escape pair
or a surrogate pair may not straddle two of them.
"""

from collections.abc import Iterable

from gsm0338 import Codec

GSM_ALONE, GSM_JOINED = 160, 153
UNICODE_ALONE, UNICODE_JOINED = 70, 67

_GSM = Codec()


def segments(text: str) -> int:
    """Return how many segments *text* takes; at least one."""
    try:
        costs = [len(_GSM.encode(letter)[0]) for letter in text]
    except UnicodeEncodeError:
        costs = [len(letter.encode("utf-16-be", "surrogatepass")) // 2 for letter in text]
        return _packed(costs, UNICODE_ALONE, UNICODE_JOINED)
    return _packed(costs, GSM_ALONE, GSM_JOINED)


def is_plain(text: str) -> bool:
    """Tell whether *text* keeps to the 7-bit alphabet, in which texts are cheap."""
    try:
        _GSM.encode(text)
    except UnicodeEncodeError:
        return False
    return True


def _packed(costs: Iterable[int], alone: int, joined: int) -> int:
    costs = list(costs)
    if sum(costs) <= alone:
        return 1
    count, room = 1, joined
    for cost in costs:
        if cost > room:
            count, room = count + 1, joined
        room -= cost
    return count
