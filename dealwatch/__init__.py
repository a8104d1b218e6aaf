"""Dealwatch: watches the news for deals that tie Chinese retail to the rest of the world."""

__version__ = "0.1.0"
