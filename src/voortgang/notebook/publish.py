"""Tables, texts and facts that a notebook publishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from voortgang.notebook.columns import look
from voortgang.notebook.counts import PROJECTS, goal_count, passed, phases, project_count
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import about_all, cells_of, covenant, fact, facts_in, source, words_of
from voortgang.notebook.finances import contributions_and_sums, instalments, money, money_of_line
from voortgang.notebook.goals import achievement, counted
from voortgang.notebook.measurements import rounds
from voortgang.notebook.municipalities import municipalities
from voortgang.notebook.programme import NO_STATUS, any_light, projects
from voortgang.notebook.report import Report
from voortgang.notebook.verdicts import IMPROVING, MARGIN, NOT_IMPROVING, VERDICTS, opening
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Table, Text, Unit, quote, unquoted
from voortgang.writing.table_widths import fitting

_WAYS = {"wel": IMPROVING, "niet": NOT_IMPROVING}


def table(
    frame: pd.DataFrame,
    columns: Sequence[str],
    caption: str,
    headings: Mapping[str, str] | None = None,
    total: bool = False,
    subtotals: Collection[str] = (),
    empty: str = "Er zijn geen gegevens.",
    optional: Collection[str] = (),
) -> Shown:
    """Show columns of a frame as a table of the report.

    Parameters
    ----------
    frame
        The data; one row a table row.
    columns
        Which columns, in order. How each looks is in `columns.py`. Where a frame holds a figure also as the report
        writes it (`waarde` and `waarde_tekst`), that is shown.
    caption
        What the table shows.
    headings
        Other headings than the usual ones, by column.
    total
        Whether the last row is a total and stands out. What it has no sum of is left empty.
    subtotals
        Keys of rows that stand out too: the sum of the rows above.
    empty
        The sentence that stands in place of a table without rows. Do not refer to such a table with `@tbl-`.
    optional
        The columns that are left out when no row has anything in them: in a first report there is no year before.

    Raises
    ------
    ValueError
        When a column is missing or occurs twice, or a cell holds what a table cannot show; with the column and the row.
    """
    if frame.empty:
        return text(empty)
    headings = {_written(column, frame): heading for column, heading in (headings or {}).items()}
    columns = [_written(column, frame) for column in columns]
    _require_columns(frame, columns)
    may_go = {_written(column, frame) for column in optional}
    columns = [column for column in columns if column not in may_go or _holds_something(frame[column], column)]
    words = words_of(frame)
    # "Pijler" is what most deals call it.
    own = {"Pijler": words.one.capitalize(), "Pijlers": words.many.capitalize()}
    looks = [look(column) for column in columns]
    known = cells_of(frame)
    facts: dict[str, Fact] = {}
    rows = []
    for number, (key, row) in enumerate(frame.iterrows(), start=1):
        shown, whole = [], total and number == len(frame)
        for column, each in zip(columns, looks, strict=True):
            found = list(known(str(key), row, column)) if known else []
            facts |= {one.id: one for one in found}
            try:
                nothing = whole and each.align == "left" and pd.isna(row[column])
                shown.append("" if nothing else quote(each.cell(row[column]), *found))
            except ValueError as error:
                raise ValueError(f"the table's column {column!r}, row {number} ({key}) {error}") from error
        rows.append(tuple(shown))
    shown_headings = tuple(
        (headings or {}).get(column, own.get(each.heading, each.heading))
        for column, each in zip(columns, looks, strict=True)
    )
    return Shown(
        (
            Table(
                caption=caption,
                headings=shown_headings,
                alignments=tuple(each.align for each in looks),
                widths=fitting(shown_headings, [list(map(unquoted, row)) for row in rows]),
                rows=tuple(rows),
                total=total,
                subtotals=tuple(place for place, key in enumerate(frame.index) if str(key) in subtotals),
            ),
            *facts.values(),
        )
    )


def _holds_something(values: pd.Series, column: str) -> bool:
    return any(look(column).cell(value) not in ("", dutch.MISSING) for value in values)


def _require_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    for column in columns:
        count = list(frame.columns).count(column)
        if count != 1:
            known = ", ".join(map(str, frame.columns))
            raise ValueError(
                f"the table's column {column!r} {'occurs more than once' if count else 'does not exist'}; "
                f"the frame has: {known}"
            )
        if list(columns).count(column) > 1:
            raise ValueError(f"the table's column {column!r} is named twice")


def text(*paragraphs: str, facts: Iterable[Fact] = ()) -> Shown:
    """Show paragraphs of plain text, for a chapter to include, with the facts that they quote."""
    return Shown((Text(paragraphs=tuple(paragraphs)), *facts))


def _written(column: str, frame: pd.DataFrame) -> str:
    return f"{column}_tekst" if f"{column}_tekst" in frame else column


def publish_money(report: Report, line: str) -> Shown:
    """Publish what is budgeted, committed and realised on one line (`totaal` for all lines; Art. 7.4c)."""
    frame = money(report) if line == "totaal" else money_of_line(report, line)
    return Shown(tuple(facts_in(frame.loc[[line]], ["begroot", "gecommitteerd", "gerealiseerd", "uitputting"])))


def publish_projects(report: Report, pillar: str | None = None) -> Shown:
    """Publish how many projects there are and in which phase (Art. 7.4a), of a pillar or of the deal."""
    frame = projects(report, pillar)
    lights = frame[["inhoud", "tijd", "geld"]]
    counts = {phase: int((frame["fase"] == phase).sum()) for phase in PROJECTS}
    counts["zonder_status"] = int((frame["fase"] == NO_STATUS).sum())
    counts["niet_getoond"] = report.not_shown(pillar)
    counts["projecten"] = len(frame) + counts["niet_getoond"]
    counts["aandacht"] = int(lights.apply(lambda light: light.str.contains("oranje|rood", na=False)).any(axis=1).sum())
    key = pillar or "totaal"
    # A chapter says nothing of what is not shown where there is none, nor of lights where nobody gave one.
    absent = {"niet_getoond"} | (set() if any_light(frame) else {"aandacht"})
    said = {kind: count for kind, count in counts.items() if count or kind not in absent}
    counted = [each for kind, count in said.items() for each in project_count(report, key, kind, count)]
    return Shown((*counted, *phases(report, key, counts)))


def publish_goals(report: Report, pillar: str) -> Shown:
    """Publish how many indicators of a pillar have which verdict, and each indicator's value (Art. 7.4b)."""
    frame = achievement(report, pillar)
    kinds = counted(frame)
    counts = [each for kind, count in kinds.items() for each in goal_count(report, pillar, kind, count)]
    if goals := kinds["met_doel"]:  # a chapter speaks of targets where there are any
        counts += goal_count(report, pillar, "doelen", goals)
        for kind in ("op_koers", "behaald"):
            words = dutch.of_those(kinds[kind], goals, report.has_ended)
            counts += goal_count(report, pillar, f"doelen_{kind}", kinds[kind], phrase=words)
    return Shown((*counts, *facts_in(frame, ["waarde_tekst", "doelbereik_tekst", "nulwaarde_tekst", "doel_tekst"])))


def publish_deal(report: Report) -> Shown:
    """Publish the figures of the deal as a whole that the prose quotes (Art. 5.2, 5.6, 7.4)."""
    deal, meetings, received = report.deal, _meetings(report), instalments(report)
    taking_part = deal.municipalities_on(report.reference_date)
    state = [party.id for party in deal.parties if party.group == "rijk"]
    rows = [source(report, "bijdragen", partij=state, soort="ontvangen")]
    held = [source(report, "overleggen")]
    goals = [counted(achievement(report, pillar.id)) for pillar in deal.pillars]
    on_course = sum(each["op_koers"] for each in goals) if any(each["met_doel"] for each in goals) else None
    facts = (
        # After the end of the deal no table has it, and the overview of many deals does.
        () if on_course is None else goal_count(report, "totaal", "op_koers", on_course),
        _of_deal(report, "deal.budget", "Totale begroting", deal.budget.total, "euro", "begroting"),
        _of_deal(report, "deal.gemeenten", "Deelnemende gemeenten", len(taking_part), "aantal", "Partijen"),
        _of_deal(report, "deal.marge", "Marge voor op schema", MARGIN, "aandeel", "eigen regel", []),
        _of_deal(
            report,
            "deal.overleggen",
            "Bijeenkomsten in het verslagjaar",
            meetings,
            "aantal",
            "overleg",
            held,
            dutch.count(meetings, "keer", "keer", words=True) if meetings else "niet",
        ),
        facts_in(contributions_and_sums(report).loc[["rijk", "regio"]], ["toegezegd", "ontvangen"]),
        _of_deal(
            report,
            "rijk.termijnen",
            "Termijnen van het Rijk",
            len(received),
            "aantal",
            "termijnen",
            rows,
            dutch.count(len(received), "termijn", "termijnen"),
        ),
        _of_deal(report, "rijk.bijdrage", "Bijdrage van het Rijk", deal.contribution("rijk"), "euro", "bijdrage_rijk"),
        _of_deal(
            report, "regio.bijdrage", "Bijdrage van de Regio", deal.contribution("regio"), "euro", "bijdrage_regio"
        ),
        _of_deal(report, "deal.eerste_termijn", "Eerste termijn", deal.instalments.first_amount, "euro", "termijnen"),
        passed(report, term_passed(report)),
    )
    return Shown(tuple(each for found in facts for each in found))


def publish_municipalities(report: Report) -> Shown:
    """Publish each municipality's projects and contribution (Art. 5.2b)."""
    columns = ["aantal", "penvoerder_van", "toegezegd", "ontvangen", "ten_laste"]
    return Shown(tuple(facts_in(municipalities(report), columns)))


def phase(report: Report) -> Shown:
    """Say in which phase the deal is (Art. 17): its first year, on its way, its last or only one, or over."""
    term = report.deal.term
    first, last, end = term.first_year, term.end.year, dutch.long_date(term.end)
    day = f"Dit verslag geeft de stand van {report.peildatum}."
    which = "enige" if first == last else "laatste"
    if report.year > last:
        sentence = f"De deal eindigde op {end}. Dit verslag geeft de eindstand."
    elif report.has_ended:
        sentence = f"{last} was het {which} jaar van de deal, die op {end} eindigde. Dit verslag geeft de eindstand."
    elif report.year == last:
        sentence = f"{last} is het {which} jaar van de deal, die op {end} eindigt. {day}"
    elif report.year == first and report.is_half_year:
        sentence = f"{first} is het eerste jaar van de deal. Partijen richten het programma in. {day}"
    elif report.year == first:
        sentence = f"{first} was het eerste jaar van de deal. {_begun(report)}"
    else:
        number, count = report.year - first + 1, last - first + 1
        # How much of the term has passed stands beside what was spent.
        sentence = f"{report.year} {'is' if report.is_half_year else 'was'} jaar {number} van de {count}."
        facts = [
            *_of_deal(report, "deal.jaarnummer", "Het hoeveelste jaar van de deal", number, "aantal", "looptijd"),
            *_of_deal(report, "deal.jaren", "Jaren van de deal", count, "aantal", "looptijd"),
        ]
        return text(quote(sentence, *facts), facts=facts)
    return text(sentence)


def _begun(report: Report) -> str:
    """Say what the parties did in the first year: of projects and measurements only where there are any."""
    known = [bool(rounds(report, each)) for each in report.deal.indicators]
    done = "Partijen richtten het programma in"
    done += " en bereidden projecten voor" if len(report.rows("projecten")) else ""
    measured = "; van de meeste indicatoren is dit de eerste meting" if sum(known) * 2 > len(known) else ""
    return f"{done}{measured}."


def verdicts(report: Report, pillar: str) -> Shown:
    """Say in sentences which indicators have which verdict."""
    frame = achievement(report, pillar)
    sentences = []
    for verdict in VERDICTS:
        names = frame.loc[frame["oordeel"] == verdict, "indicator"]
        if len(names):
            sentences.append(f"{opening(verdict, report.yet)}: {'; '.join(map(dutch.in_sentence, names))}.")
    return text(*sentences)


def directions(report: Report, pillar: str) -> Shown:
    """Say how many indicators of a pillar without a target go the way that the covenant means, and how many do not."""
    frame = achievement(report, pillar)
    counts = {name: int((frame["oordeel"] == verdict).sum()) for name, verdict in _WAYS.items()}
    measured = frame[frame["oordeel"].isin(_WAYS.values())]
    rows = facts_in(measured, ["waarde_tekst"])
    facts = [
        each
        for name, count in counts.items()
        if count
        for each in about_all(
            frame,
            rows,
            f"richting_{name}",
            f"Indicatoren die {name} de bedoelde kant op gaan",
            count,
            "aantal",
            dutch.how_many(count),
        )
    ]
    yet = report.yet
    well, not_yet = (dutch.how_many(count) for count in counts.values())
    verb, without = "gaan" if counts["wel"] > 1 else "gaat", int((~frame["met_doel"].astype(bool)).sum())
    of = f"Van de indicatoren zonder doelwaarde{'' if len(measured) == without else ' die twee keer zijn gemeten,'}"
    if not any(counts.values()):
        said = f"Van de indicatoren zonder doelwaarde is er {yet}geen tweede meting, en dus {yet}geen ontwikkeling."
    elif len(measured) == 1:
        said = f"{of} gaat er één {'' if counts['wel'] else f'{yet}niet '}de bedoelde kant op."
        if without == 1:
            said = f"De indicator zonder doelwaarde gaat {'' if counts['wel'] else f'{yet}niet '}de bedoelde kant op."
    elif not counts["wel"]:
        said = f"{of} gaat er {yet}geen de bedoelde kant op."
    elif not counts["niet"]:
        every = dutch.every(len(measured))
        said = f"{of} gaan {every} de bedoelde kant op."
        if len(measured) == without:
            said = f"{every.capitalize()} indicatoren zonder doelwaarde gaan de bedoelde kant op."
    else:
        said = f"{of} {verb} er {well} de bedoelde kant op; bij {not_yet} is dat {yet}niet zo."
    said_facts = [each for each in facts if each.text in said.split()]
    return text(quote(said, *said_facts), facts=facts)


def term_passed(report: Report) -> float:
    """Return which share (0–1) of the days of the deal has passed at the reference date (Art. 17)."""
    return report.deal.term.passed(report.reference_date)


def _meetings(report: Report) -> int:
    """Return how many days there were meetings on: one meeting may have more than one subject."""
    days = report.rows("overleggen")["datum"]
    return int(days[days.dt.year == report.year].nunique())


def _of_deal(
    report: Report,
    key: str,
    label: str,
    value: float,
    unit: Unit,
    article: str,
    sources: list[Source] | None = None,
    phrase: str = "",
) -> Iterable[Fact]:
    """Return a number about the deal as a whole; from the covenant where no rows are named."""
    rows = [covenant(report, article)] if sources is None else sources
    return fact(report, key, label, value, unit, article, rows, phrase=phrase)
