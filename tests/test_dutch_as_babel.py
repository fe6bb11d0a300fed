"""Numbers, money and dates are written as Babel writes them from the CLDR, for any value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from voortgang.writing import dutch

LOCALE = "nl_NL"
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15)


@given(NUMBERS, st.integers(0, 6))
def test_a_number(value: float, decimals: int) -> None:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    assert dutch.number(value, decimals) == format_decimal(dutch.rounded(value, decimals), pattern, locale=LOCALE)


@given(NUMBERS)
def test_a_share(value: float) -> None:
    shown = dutch.rounded(value, 3)
    if shown == 1 and abs(value - 1) > 1e-9:  # here it says less or more than all
        shown += Decimal("0.001") if value > 1 else Decimal("-0.001")
    assert dutch.share(value) == format_percent(shown, "#,##0.#%", locale=LOCALE)


@given(NUMBERS)
def test_an_amount(value: float) -> None:
    pattern = "¤\xa0#,##0;−\xa0¤\xa0#,##0"
    whole = dutch.rounded(value, 0)
    assert dutch.euro(value) == format_currency(whole, "EUR", pattern, locale=LOCALE, currency_digits=False)


@given(st.dates())
def test_a_date(day: date) -> None:
    assert dutch.long_date(day) == format_date(day, "d MMMM y", locale=LOCALE)
