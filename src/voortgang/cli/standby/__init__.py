"""Let a process that has everything loaded perform a build: it waits while a preview runs, and forks itself for each.

A fork does what the command would do itself, with its arguments, folder, environment and output. Where anything differs
that could matter, the command does it itself.
"""
