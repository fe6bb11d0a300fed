"""Figures from the parties: send out a workbook, read it back, show what changes, and write all or nothing."""
