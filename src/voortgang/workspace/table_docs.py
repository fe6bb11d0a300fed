"""Write the documentation of the tables from their description."""

from __future__ import annotations

from voortgang.workspace import schema

_TYPES = {"string": "tekst", "integer": "geheel getal", "number": "getal", "date": "datum", "boolean": "ja of nee"}


def table_docs() -> str:
    """Return `docs/tables.md`: every table with its columns, in Dutch, as the bureau fills them in."""
    parts = [
        "# De tabellen",
        "",
        "Gemaakt uit `src/voortgang/workspace/tables.yml` met `voortgang datapackage --docs`. Een test toetst dat.",
        "Tabellen zijn UTF-8 CSV met komma's, een decimale punt, datums als 2021-12-31 en bedragen in hele euro's.",
        "Een tekst die met `=`, `+`, `-` of `@` begint, krijgt in de bestanden die `voortgang` schrijft een `'`",
        "ervoor, zodat een rekenblad er geen formule van maakt. Bij het lezen vervalt die. Getallen blijven getallen.",
    ]
    for table in schema.tables():
        key = " + ".join(f"`{name}`" for name in table.primary_key)
        parts += ["", f"## {table.name}.csv: {table.title}", "", f"{table.description} Sleutel: {key}.", ""]
        parts += ["| kolom | kop | soort | betekenis | regels |", "|---|---|---|---|---|"]
        for field in table.fields:
            cells = (f"`{field.name}`", field.title, _TYPES[field.type], field.description, _rules(field))
            parts.append("| " + " | ".join(cells) + " |")
    return "\n".join(parts) + "\n"


def _rules(field: schema.Field) -> str:
    limits = field.constraints
    rules = ["verplicht"] if limits.required else ["kolom mag ontbreken"] if field.optional else []
    if limits.enum:
        rules.append("een van " + ", ".join(limits.enum))
    if limits.pattern:
        rules.append(f"vorm `{limits.pattern}`")
    if limits.minimum is not None or limits.maximum is not None:
        low = f"vanaf {limits.minimum}" if limits.minimum is not None else ""
        high = f"tot en met {limits.maximum}" if limits.maximum is not None else ""
        rules.append(f"{low} {high}".strip())
    if limits.max_length is not None:
        rules.append(f"hoogstens {limits.max_length} tekens")
    if field.refers_to:
        table, _, column = field.refers_to.partition(".")
        rules.append(f"komt voor in {table}.csv ({column})" if column else f"komt voor in deal.yml ({table})")
    if field.separator:
        rules.append(f"meer waarden, gescheiden door `{field.separator}`")
    return "; ".join(rules)
