"""The annual progress report of a Dutch Regio Deal, made from parameterised notebooks."""

__version__ = "0.1.0"
