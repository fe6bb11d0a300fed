"""Charts of the report. Each takes a data frame, and writes its text alternative from the same figures."""
