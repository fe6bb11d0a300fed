"""Plan notebooks, execute them with papermill, and keep their results. Imports notebook and below."""
