"""The pure core: from a story to the deals it reports, and from many reports to one deal. No network, no disk."""
