"""The national overview: what many deals published, read, checked and set side by side."""
