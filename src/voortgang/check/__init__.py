"""What must hold, and what deserves a look, before anything is computed. Imports workspace and below."""
