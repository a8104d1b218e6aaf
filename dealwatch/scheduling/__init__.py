"""The parts of the clock (`scheduler.py`): crawls as child processes, the last good watchlist, chores."""
