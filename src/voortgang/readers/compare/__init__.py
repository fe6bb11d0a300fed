"""Compare two forms of one file by what a reader sees of them, one module a kind of file.

Equal needs a reason for every byte that differs: a form that no module knows is another value.
"""
