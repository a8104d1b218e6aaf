"""Whether the rules keep their own promises: each must meet its `must_match` sentences and leave the others alone."""

from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Story
from dealwatch.deals.rules import Hedge, Rule, Veto


def count(flagger: Flagger) -> int:
    """How many example sentences the rules carry."""
    return sum(len(entry.must_match) + len(entry.must_not_match) for entry in _entries(flagger))


def broken_promises(flagger: Flagger) -> list[str]:
    """One line a sentence that a rule, veto or hedge should meet and does not, or the other way round."""
    broken = []
    for entry in _entries(flagger):
        for sentence in entry.must_match:
            if entry.id not in flagger.met(Story("", sentence, "")):
                broken.append(f"{entry.where}: {entry.id}: must match {sentence!r} and does not; mend one of the two")
        for sentence in entry.must_not_match:
            if entry.id in flagger.met(Story("", sentence, "")):
                broken.append(f"{entry.where}: {entry.id}: must not match {sentence!r} but does; mend one of the two")
    return broken


def without_examples(flagger: Flagger) -> list[str]:
    """Rules that promise nothing: one line each."""
    return [
        f"{rule.where}: {rule.id}: has no must_match sentence; give it one"
        for rule in flagger.rules.rules
        if not rule.must_match
    ]


def _entries(flagger: Flagger) -> list[Rule | Veto | Hedge]:
    return [*flagger.rules.rules, *flagger.rules.vetoes, *flagger.rules.hedges]
