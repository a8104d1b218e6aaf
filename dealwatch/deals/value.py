"""The deal's own sum: the one that stands by the deal's words, not revenue, valuation or sales."""

import re
from collections.abc import Sequence

from dealwatch.deals.amounts import Amount
from dealwatch.deals.candidates import Candidate
from dealwatch.deals.reading import Line, Reading

_OTHER = re.compile(
    r"\b(?:valu\w*|worth|priced at|revenue|sales|turnover|profit|loss|lost|worth of|market cap\w*|gmv|debt|spent by|a year|annual\w*|per share|a share|apiece|an? item|fine\w*|orders|market|users)\b"  # noqa: E501
    r"|估值|营收|收入|市值|净利|销售额|成交额|亏损|每股|债务|年销|规模|客单|单价|罚款"
)
_OWN = re.compile(
    r"\b(?:for|pay\w*|paid|invest\w*|rais\w*|stake|deal|round|price\w*|bid|buy\w*|sold|sell\w*|acquir\w*|inject\w*|put|cash|spend\w*|cost|transaction|consideration|capital|fund\w*)\b"
    r"|作价|对价|斥资|出资|投资|融资|收购|以|耗资|注资|价格|总额|交易|代价|金额|投入|套现|增资|认购"
)
NEEDED = frozenset({"investment", "acquisition", "joint_venture", "exit", "partnership", "market_entry"})


def amount_of(deal_type: str, group: Sequence[Candidate], reading: Reading) -> tuple[Line, Amount] | None:
    """The sum and the line it stands in, or None."""
    if deal_type not in NEEDED:
        return None
    proving = {candidate.line.index: candidate for candidate in sorted(group, key=lambda c: c.score)}
    best: tuple[float, Line, Amount] | None = None
    for line in reading.lines:
        if line.index > 3 and line.index not in proving:
            continue
        for amount in line.amounts:
            score = _fits(line, amount, proving.get(line.index), deal_type)
            if score > 0 and (best is None or score > best[0]):
                best = (score, line, amount)
    return (best[1], best[2]) if best else None


def _fits(line: Line, amount: Amount, candidate: Candidate | None, deal_type: str) -> float:
    at = amount.start - line.sentence.start
    stop = amount.end - line.sentence.start
    before, after = line.text[max(0, at - 45) : at], line.text[stop : stop + 30]
    score = 1.0 if line.index == 0 else 0.9 if line.index <= 2 else 0.6
    score += 0.5 if candidate else -0.4
    if _OTHER.search(before[-28:]) or _OTHER.search(after[:22]):
        score -= 0.9
    if _OWN.search(before) or _OWN.search(after):
        score += 0.4
    if before.endswith("(") or before.endswith("（") or before.rstrip().endswith((" or", "约合", "折合", "合")):
        score -= 0.5
    if amount.value < 100_000:
        score -= 0.8
    if deal_type in ("partnership", "market_entry", "exit"):
        score -= 0.3
    return score - 0.6
