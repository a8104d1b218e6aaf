"""The principals of a deal: the two sides, and in a purchase the seller or the target beside them."""

from dealwatch.deals.events import Event
from dealwatch.deals.names import Name
from dealwatch.deals.reading import Reading


def parties_of(event: Event, reading: Reading) -> list[Name]:
    """The names to report, actor first."""
    sides = [name for name in (event.chinese, event.foreign) if name]
    if event.group[0].actor == "foreign":
        sides.reverse()
    if event.type == "market_entry" and len(sides) == 2:
        actor = event.group[0].actor or "chinese"
        sides = [name for name in sides if name.side == actor] or sides
    return sides
