"""The watchlist: all that an analyst edits, as YAML, loaded and validated in one place.

`sources/` one file an outlet, `entities/` who is who, `rules/` what a deal sounds like, `settings.yaml`,
`channels.yaml`.
"""
