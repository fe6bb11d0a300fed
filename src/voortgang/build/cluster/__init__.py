"""Build many workspaces at once: on the processes of this computer, or on a Dask cluster."""
