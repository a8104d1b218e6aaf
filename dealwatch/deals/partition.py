"""From reports to deals: which of them belong together. The result depends on the set alone, never on its order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dealwatch.deals import similarity
from dealwatch.deals.families import Families, block
from dealwatch.deals.fold import Report, Verdict, same_deal
from dealwatch.deals.records import Mention, Story

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Hand:
    """What people said of pairs of reports (by id): these are one deal, these are not. No pair stands in both."""

    together: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()


def partition(
    reports: Iterable[Report], families: Families | None = None, hand: Hand | None = None
) -> list[tuple[Report, ...]]:
    """The deals, each a group of reports in a fixed order. People's word comes first; then the surest likeness.

    Groups grow along the likenesses, surest first, and never join where two of their members cannot be one deal. Of
    reports that people put together one such member is not enough: all must part.
    """
    ordered = sorted(reports, key=lambda report: report.id)
    hand = hand or Hand()
    verdicts = {frozenset((a.id, b.id)): same_deal(a, b, families) for a, b in combinations(ordered, 2)}
    blocks = _blocks([report.id for report in ordered], hand)
    groups = _grow(blocks, verdicts, hand)
    return [tuple(report for report in ordered if report.id in group) for group in groups]


def _blocks(ids: Sequence[str], hand: Hand) -> list[tuple[str, ...]]:
    """What people put together, and every other report alone."""
    block = {each: each for each in ids}
    for pair in sorted(hand.together, key=sorted):
        if pair <= block.keys():
            first, second = sorted(block[each] for each in pair) if len(pair) == 2 else (min(pair), min(pair))
            block = {each: first if owner == second else owner for each, owner in block.items()}
    members: dict[str, list[str]] = {}
    for each in ids:
        members.setdefault(block[each], []).append(each)
    return [tuple(group) for group in members.values()]


def _grow(blocks: Sequence[tuple[str, ...]], verdicts: Mapping[Pair, Verdict], hand: Hand) -> list[set[str]]:
    links: list[tuple[float, str, str, int, int]] = []
    barred: set[frozenset[int]] = set()
    for (i, first), (j, second) in combinations(enumerate(blocks), 2):
        pairs = [frozenset((a, b)) for a in first for b in second]
        between = [verdicts[pair] for pair in pairs]
        if any(pair in hand.apart for pair in pairs) or all(verdict.apart for verdict in between):
            barred.add(frozenset((i, j)))
        best = max(between, key=lambda verdict: (verdict.same, verdict.score))
        if best.same:
            links.append((-best.score, min(first), min(second), i, j))
    group = {i: {i} for i in range(len(blocks))}
    for *_, i, j in sorted(links):
        if group[i] is group[j] or any(frozenset((a, b)) in barred for a in group[i] for b in group[j]):
            continue
        joined = group[i] | group[j]
        for each in joined:
            group[each] = joined
    found = {min(each): each for each in group.values()}
    return [{report for i in found[key] for report in blocks[i]} for key in sorted(found)]


Labelled = tuple[Story, Sequence[Mention]]


def fold_mentions(stories: Iterable[Labelled], families: Families | None = None) -> list[list[int]]:
    """For each story the deal numbers of its mentions, in their order; equal numbers mean one deal.

    Needs no archive. Numbers count from 1 by the first story that reports the deal.
    """
    stories = list(stories)
    reports = [
        report for number, (story, mentions) in enumerate(stories) for report in _reports(number, story, mentions)
    ]
    component = _components(reports, families or Families())
    deal_of: dict[str, str] = {}
    for members in component:
        for group in partition(members, families):
            for report in group:
                deal_of[report.id] = group[0].id
    numbers: dict[str, int] = {}
    for report in reports:
        numbers.setdefault(deal_of[report.id], len(numbers) + 1)
    found: list[list[int]] = [[] for _ in stories]
    for report in reports:
        found[int(report.story)].append(numbers[deal_of[report.id]])
    return found


def _reports(number: int, story: Story, mentions: Sequence[Mention]) -> Iterable[Report]:
    sketch = similarity.signature(story.text) if mentions else None
    for index, mention in enumerate(mentions):
        name = f"{number:08}"
        yield Report(f"{name}#{index:03}", name, mention, story.published, story.lang, story.title, sketch)


def _components(reports: Sequence[Report], families: Families) -> list[list[Report]]:
    """Reports that can have to do with each other: linked by likeness, over any number of steps."""
    by_name: dict[str, list[int]] = {}
    for index, report in enumerate(reports):
        for party in report.mention.parties:
            for key in {families.root(party.name), f"{block(party.name)}…"}:
                by_name.setdefault(key, []).append(index)
    parent = list(range(len(reports)))

    def top(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    tried: set[tuple[int, int]] = set()
    for near in by_name.values():
        for i, j in combinations(near, 2):
            if (i, j) not in tried:
                tried.add((i, j))
                if same_deal(reports[i], reports[j], families).same:
                    parent[top(i)] = top(j)
    groups: dict[int, list[Report]] = {}
    for index, report in enumerate(reports):
        groups.setdefault(top(index), []).append(report)
    return list(groups.values())
