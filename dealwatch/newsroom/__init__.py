"""The bundled sample newsroom: five outlets of different make, served on loopback, for the demo and the tests.

Their companies and deals are real ones of past years, told in our own words with dates near today; the outlets,
their people and what readers comment are made up. `outlets/` holds the stories, `planted.yaml` the deals in them.
"""

from dealwatch.newsroom.server import Newsroom
from dealwatch.newsroom.stories import Edition

__all__ = ["Edition", "Newsroom"]
