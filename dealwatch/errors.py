"""The errors a person sees: one clear line each, with what to do about it, and the exit code they end in."""

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_SOME_SOURCES_FAILED = 3
EXIT_STOPPED = 130


class DealwatchError(Exception):
    """Something a person can mend. Its text is one line that names the place and the way out."""

    exit_code = EXIT_USAGE


class WatchlistError(DealwatchError):
    """A mistake in the watchlist: `file:line: field: what is wrong; how to mend it`. May hold several lines."""


class ArchiveError(DealwatchError):
    """The archive file cannot be used: missing, locked, read-only, foreign, newer than this program, disk full."""
