"""Numbers, money and dates as a Dutch reader writes them, as the CLDR has them for nl-NL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

_MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    *("December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_TIMES = dict(zip(_ENGLISH, (*_MONTHS, *_DAYS), strict=True))
_TIMES = {name[:3]: said[:2] if said in _DAYS else said[:3] for name, said in _TIMES.items()} | {"Mar": "mrt"} | _TIMES
"""The months and days of the week that Python names, whole and in three letters."""
_TIME = re.compile(rf"\b(?:{'|'.join(_TIMES)})\b")
_MARKS = str.maketrans(",.", ".,")
_SAME = 1e-9
"""What shares differ less by is a matter of arithmetic."""
_OWN = Context(prec=28, rounding=ROUND_HALF_UP)
"""How this module rounds: a notebook may have set another precision, and sees no trace of what was rounded here."""
MISSING = "–"
"""What stands where a figure is not known."""


def euro(amount: float) -> str:
    r"""Write whole euros; a minus goes before the sign of the euro, as in a table of differences.

    Examples
    --------
    >>> euro(19_200_000)
    '€\xa019.200.000'
    >>> euro(-5), euro(-0.4)
    ('−\xa0€\xa05', '€\xa00')
    """
    whole = rounded(amount, 0)
    sign = "−\xa0" if whole < 0 else ""
    return f"{sign}€\xa0{_written(abs(whole))}"


def bare(text: str) -> str:
    r"""Return an amount without white space and sign of the euro, and with a plain minus: people type it in many ways.

    Examples
    --------
    >>> bare("€ -5"), bare("−\xa0€\xa05"), bare("€\xa019,2 Miljoen")
    ('-5', '-5', '19,2miljoen')
    """
    return re.sub(r"[\s€]", "", text).replace("−", "-").lower()


def million(amount: float) -> str:
    r"""Write euros as millions, for running text.

    Examples
    --------
    >>> million(19_200_000)
    '€\xa019,2\xa0miljoen'
    """
    return f"€\xa0{number(amount / 1_000_000, 1)}\xa0miljoen"


def share(value: float) -> str:
    """Write a share (0–1) as a percentage, with a decimal where there is one to tell.

    What is nearly all is not all, and what is hardly more is more: beside a target that is not achieved, or a budget
    that was passed, there never stands 100%. Nor does 0% beside an amount that is not nothing.

    Examples
    --------
    >>> share(0.4351), share(0.1525), share(0.6)
    ('43,5%', '15,3%', '60%')
    >>> share(0.9999), share(1.0), share(1.0001)
    ('99,9%', '100%', '100,1%')
    >>> share(0.0004), share(0.0), share(-0.0004)
    ('minder dan 0,1%', '0%', 'net onder 0%')
    """
    shown = rounded(value, 3)
    if shown == 0 and abs(value) > _SAME:
        return "minder dan 0,1%" if value > 0 else "net onder 0%"
    with localcontext(_OWN):
        if shown == 1 and abs(value - 1) > _SAME:
            shown += Decimal("-0.001") if value < 1 else Decimal("0.001")
        return f"{_written((shown * 100).normalize())}%"


def percent(value: float) -> str:
    """Write a share (0–1) as it is read aloud, for a text in place of a picture.

    Examples
    --------
    >>> percent(0.4351), percent(0.6)
    ('43,5 procent', '60 procent')
    """
    return f"{share(value).removesuffix('%')} procent"


def number(value: float, decimals: int = 0) -> str:
    """Write a number with a fixed count of decimals.

    Examples
    --------
    >>> number(1234.5, 1), number(8)
    ('1.234,5', '8')
    """
    return _written(rounded(value, decimals))


def exact(value: float) -> str:
    """Write a number with all its digits.

    Examples
    --------
    >>> exact(12345.678), exact(8.0), exact(-0.4)
    ('12.345,678', '8', '-0,4')
    """
    digits = f"{Decimal(f'{value:.15g}'):f}".rstrip("0").partition(".")[2]
    return number(value, len(digits))


def rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero, as readers do; Python rounds half to even. Nought has no minus."""
    with localcontext(_OWN):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals)) + 0


def _written(value: Decimal) -> str:
    """Write the digits that a number has, in groups of three."""
    return f"{value:,f}".translate(_MARKS)


def times(text: str) -> str:
    """Return a text with the months and days of the week in Dutch, as Python's own formats name them in English.

    Examples
    --------
    >>> times("Mar 2021"), times("Sunday 2 May"), times("2021-03")
    ('mrt 2021', 'zondag 2 mei', '2021-03')
    """
    return _TIME.sub(lambda match: _TIMES[match[0]], text)


def long_date(day: date) -> str:
    """Write a date in full.

    Examples
    --------
    >>> long_date(date(2021, 12, 31))
    '31 december 2021'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def year_up_to(day: date) -> str:
    """Write the year of a day as far as it goes: the whole year at its end, its first half halfway.

    Examples
    --------
    >>> year_up_to(date(2021, 12, 31)), year_up_to(date(2021, 6, 30)), year_up_to(date(2021, 9, 30))
    ('2021', 'de eerste helft van 2021', 'de eerste maanden van 2021')
    """
    if (day.month, day.day) == (12, 31):
        return str(day.year)
    part = "de eerste helft" if (day.month, day.day) == (6, 30) else "de eerste maanden"
    return f"{part} van {day.year}"


def listing(words: Iterable[str]) -> str:
    """Join words into an enumeration.

    Examples
    --------
    >>> listing(["Werken", "Wonen", "Welzijn"])
    'Werken, Wonen en Welzijn'
    """
    *head, last = list(words) or [""]
    return f"{', '.join(head)} en {last}" if head else last


NAMED = 4
"""How many names a sentence bears: more fill the title of a chart, and are read in the chart itself."""


def naming(names: Iterable[str], of: int, plural: str) -> str:
    """Name some of a group in a sentence; of many, say whether they are most.

    Parameters
    ----------
    names
        Those that are meant.
    of
        How many there are in the group.
    plural
        What they are called together.

    Examples
    --------
    >>> naming(["Wonen", "Welzijn"], 3, "pijlers")
    'Wonen en Welzijn'
    >>> naming("abcde", 13, "pijlers"), naming("abcdefg", 13, "pijlers")
    ('verscheidene pijlers', 'de meeste pijlers')
    """
    found = list(names)
    if len(found) <= NAMED:
        return listing(found)
    return f"de meeste {plural}" if len(found) * 2 > of else f"verscheidene {plural}"


_IN_WORDS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")


def count(amount: int, singular: str, plural: str, words: bool = False) -> str:
    """Write a count with its noun.

    Parameters
    ----------
    words
        In words up to twelve, as running text about things does that hardly change.

    Examples
    --------
    >>> count(1, "project", "projecten"), count(0, "project", "projecten"), count(12, "project", "projecten")
    ('één project', 'geen projecten', '12 projecten')
    >>> count(6, "gemeente", "gemeenten", words=True), count(40, "gemeente", "gemeenten", words=True)
    ('zes gemeenten', '40 gemeenten')
    """
    written = _IN_WORDS[amount] if words and 0 < amount < len(_IN_WORDS) else how_many(amount)
    return f"{written} {singular if amount == 1 else plural}"


def how_many(amount: int) -> str:
    """Write a count where no noun follows.

    Examples
    --------
    >>> how_many(0), how_many(1), how_many(2)
    ('geen', 'één', '2')
    """
    return {0: "geen", 1: "één"}.get(amount, number(amount))


def there_are(amount: int) -> str:
    """Write a count with its verb, to go on with a participle: "daarvan … behaald".

    Examples
    --------
    >>> there_are(0), there_are(1), there_are(2)
    ('is er geen', 'is er één', 'zijn er 2')
    """
    return f"{'zijn' if amount > 1 else 'is'} er {how_many(amount)}"


def every(amount: int) -> str:
    """Write that something holds for all of more than one.

    Examples
    --------
    >>> every(2), every(5)
    ('beide', 'alle 5')
    """
    return "beide" if amount == 2 else f"alle {number(amount)}"


def in_sentence(name: str) -> str:
    """Write a name as it stands within a sentence: an abbreviation keeps its capitals.

    Examples
    --------
    >>> in_sentence("Wijk- en dorpsaanpakken"), in_sentence("HBO-V gestart"), in_sentence("IJsbanen")
    ('wijk- en dorpsaanpakken', 'HBO-V gestart', 'ijsbanen')
    >>> in_sentence("Eén loket")  # a capital may go without its accent
    'één loket'
    """
    name = re.sub(r"^E(?=én\b)", "É", name)
    start = 2 if name.startswith("IJ") else 1  # one letter in Dutch
    first = name.split(" ", 1)[0]
    return name if first[start:] != first[start:].lower() else name[:start].lower() + name[start:]


def sentence(text: str) -> str:
    """Return a text with a full stop behind it, where it does not end as a sentence: another one follows it.

    Examples
    --------
    >>> sentence("Een sterke regio"), sentence("Een sterke regio."), sentence("Wat is een 'regio'?")
    ('Een sterke regio.', 'Een sterke regio.', "Wat is een 'regio'?")
    >>> sentence("zes sectoren (zorg, bouw)"), sentence("Zij zei: 'Het kan.'"), sentence("")
    ('zes sectoren (zorg, bouw).', "Zij zei: 'Het kan.'", '')
    """
    text = text.rstrip()
    end = text.rstrip("\"'’”)]")
    return f"{text}." if end and end[-1] not in ".!?…:;," else text


def of_those(amount: int, total: int, ended: bool = False) -> str:
    """Begin a sentence about some of what the sentence before it counted, to go on with a participle: "behaald".

    Parameters
    ----------
    amount, total
        How many of how many; there is at least one.
    ended
        Whether it is too late for those that are not; else they are "nog niet".

    Examples
    --------
    >>> of_those(1, 1), of_those(0, 1), of_those(0, 1, ended=True)
    ('Dat is', 'Dat is nog niet', 'Dat is niet')
    >>> of_those(0, 5), of_those(1, 5), of_those(3, 5)
    ('Daarvan is er nog geen', 'Daarvan is er één', 'Daarvan zijn er 3')
    >>> of_those(2, 2), of_those(5, 5)
    ('Beide zijn', 'Alle 5 zijn')
    """
    yet = "" if ended else "nog "
    if total == 1:
        return "Dat is" if amount else f"Dat is {yet}niet"
    if amount == total:
        return f"{every(total).capitalize()} zijn"
    return f"Daarvan {there_are(amount)}" if amount else f"Daarvan is er {yet}geen"


def tally(counts: Iterable[tuple[int, str]], nothing: str = "geen", all_of: str = "") -> str:
    """Write counts of kinds, without the kinds of which there is none.

    Parameters
    ----------
    all_of
        What is written instead of the count where all are of one kind, such as `alle`.

    Examples
    --------
    >>> tally([(10, "in uitvoering"), (1, "afgerond"), (0, "gestopt")])
    '10 in uitvoering en één afgerond'
    >>> tally([(0, "in uitvoering")])
    'geen'
    >>> tally([(12, "in uitvoering"), (0, "gestopt")], all_of="alle"), tally([(1, "in uitvoering")], all_of="alle")
    ('alle in uitvoering', 'in uitvoering')
    >>> tally([(2, "in uitvoering")], all_of="alle")
    'beide in uitvoering'
    """
    counts = [(amount, kind) for amount, kind in counts if amount]
    if all_of and len(counts) == 1:
        ((amount, kind),) = counts
        whole = "beide" if (all_of, amount) == ("alle", 2) else all_of
        return f"{whole} {kind}" if amount > 1 else kind
    return listing(f"{how_many(amount)} {kind}" for amount, kind in counts) or nothing
