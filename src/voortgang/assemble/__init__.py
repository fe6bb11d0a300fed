"""From executed notebooks and chapters to HTML, PDF and Word. Imports run and below."""
