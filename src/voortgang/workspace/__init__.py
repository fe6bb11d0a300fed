"""One deal on disk: paths, covenant, parameters, tables and their schema, fingerprints. Imports writing and below."""
