"""The few phrases that feeds, calendars, digests and messages share."""

from dealwatch.deals.records import DealType, Status
from dealwatch.exports.deal import Deal

TYPE_NAMES: dict[DealType, str] = {
    "storefront": "Storefronts",
    "partnership": "Partnerships",
    "investment": "Investments",
    "acquisition": "Acquisitions",
    "joint_venture": "Joint ventures",
    "market_entry": "Market entries",
    "exit": "Exits",
}


def title_of(deal: Deal, status: Status | None = None) -> str:
    """`Amazon / Pinduoduo: storefront announced`, with the deal's status now unless another is given."""
    return f"{deal.heading}: {deal.type.replace('_', ' ')} {status or deal.status}"


def summary_of(deal: Deal) -> str:
    """One line of the fields that have no line of their own."""
    market = f", market {deal.market}" if deal.market else ""
    return f"{deal.type.replace('_', ' ')}, {deal.direction}, {deal.status}{market}"


def amount_of(deal: Deal) -> str | None:
    """As written, with the value where it is known: `$2 billion (2,000,000,000 USD)`."""
    if deal.amount is None:
        return None
    if deal.amount_value is None or deal.amount_currency is None:
        return deal.amount
    return f"{deal.amount} ({deal.amount_value:,.0f} {deal.amount_currency})"
