"""Figures from the parties: send out a workbook, read it back, show what changes. Imports readers and below."""
