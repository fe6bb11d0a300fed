"""What a new workspace starts from: the report of this project for any pillars, parties and results.

The texts are templates with marks of their own (`[[ … ]]`, `[% … %]`), because chapters hold `{{< … >}}`. Cells of a
notebook say in their metadata under `voortgang` when they belong (`when`) or for what they are repeated (`each`).
"""
