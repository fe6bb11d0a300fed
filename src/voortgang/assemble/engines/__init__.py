"""The ways to render a project: Quarto, or the built-in Pandoc and Typst. Each is found by its name."""
