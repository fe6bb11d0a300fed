"""What a new workspace begins with: a covenant from questions, notebooks, chapters and example rows."""
