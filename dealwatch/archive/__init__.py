"""The SQLite file: schema, migrations and every query. No other room writes SQL."""

from dealwatch.archive.archive import Archive

__all__ = ["Archive"]
