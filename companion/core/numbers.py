"""Phone numbers and NHS numbers as people write them, and as we keep them.

Numbers that are set aside for stories and tests are refused unless the caller says that
this is a demonstration or a test.
"""

import re

import phonenumbers
from nhs_number import is_valid  # type: ignore[attr-defined]  # its package lists no exports

HOME_REGION = "GB"
EXAMPLE_PHONE = re.compile(r"\+447700900\d{3}")
"""Ofcom's numbers for drama: nobody has them."""
EXAMPLE_NHS_PREFIX = "999"
LONGEST_SPELLING = 40


class NumberError(ValueError):
    """What was written is no usable number. The message is for the person who wrote it."""


def parse_phone(text: str, *, allow_examples: bool) -> str:
    """Return a UK or foreign mobile number as E.164, such as ``+447700900123``.

    Raises:
        NumberError: it is no phone number, a landline, or an example in a live service.
    """
    if len(text) > LONGEST_SPELLING:
        raise NumberError("This is too long for a phone number")
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise NumberError("Enter a mobile number, like 07700 900982") from error
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if EXAMPLE_PHONE.fullmatch(e164):
        if allow_examples:
            return e164
        raise NumberError("This number is set aside for examples and reaches nobody")
    if not phonenumbers.is_valid_number(number):
        raise NumberError("Enter a mobile number, like 07700 900982")
    if phonenumbers.number_type(number) not in _CAN_TEXT:
        raise NumberError("This is not a mobile number, so it cannot be texted")
    return e164


_CAN_TEXT = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}


def show_phone(e164: str) -> str:
    """Return *e164* the way people write it: national for the UK, else international."""
    number = phonenumbers.parse(e164, None)
    if number.country_code == phonenumbers.country_code_for_region(HOME_REGION):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def mask_phone(e164: str) -> str:
    """Return all but the last three digits of *e164* hidden."""
    return "•••• ••• " + e164[-3:]


def parse_nhs_number(text: str, *, allow_examples: bool) -> str:
    """Return an NHS number as ten digits, its check digit tested.

    Raises:
        NumberError: it is not ten digits, the check digit is wrong, or it is an example.
    """
    digits = re.sub(r"[\s-]", "", text[:LONGEST_SPELLING])
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise NumberError("An NHS number has 10 digits, like 999 000 0018")
    if not is_valid(digits):
        raise NumberError("Check the NHS number: one of the digits is wrong")
    if digits.startswith(EXAMPLE_NHS_PREFIX) and not allow_examples:
        raise NumberError("This NHS number is set aside for examples")
    return digits


def show_nhs_number(digits: str) -> str:
    """Return ten digits the way the NHS prints them: 3, 3 and 4."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def example_nhs_number(index: int) -> str:
    """Return the example NHS number at *index*, with its check digit."""
    stem = 999_000_100 + index * 7
    while True:
        digits = [int(digit) for digit in str(stem)]
        check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{stem}{0 if check == 11 else check}"
        stem += 1
