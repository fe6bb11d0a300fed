"""Numbers, money and dates are written as Babel writes them from the CLDR, for any value."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_UP, Context, Decimal, Inexact, localcontext

import pytest
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


@pytest.mark.parametrize("own", [Context(prec=3, rounding=ROUND_UP), Context(prec=50, traps=[Inexact])])
def test_what_a_notebook_settled_for_decimals_changes_no_number_and_stays_as_it_was(own: Context) -> None:
    with localcontext(own) as settled:
        assert (dutch.number(1_234_567.25, 1), dutch.share(0.4351)) == ("1.234.567,3", "43,5%")
        assert (dutch.share(1234.5678), dutch.share(1.0001)) == ("123.456,8%", "100,1%")
        assert not any(settled.flags.values()), "the notebook would print another context in another kernel"
