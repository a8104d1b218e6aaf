"""Which tie an exit ends: the latest one of the same two sides that began before it."""

from collections.abc import Iterable, Sequence

from dealwatch.archive.archive import Archive
from dealwatch.deals.families import Families

_EQUITY = "('investment', 'acquisition', 'joint_venture')"


def link(archive: Archive, deal_ids: Iterable[int], families: Families) -> None:
    """Set `ends` anew for these deals' exits, and for the exits that may end one of these deals."""
    exits: set[int] = set()
    for deal_id in deal_ids:
        kind = archive.value("SELECT type FROM deals WHERE id = ? AND merged_into IS NULL", [deal_id])
        if kind == "exit":
            exits.add(deal_id)
        elif kind is not None:
            exits.update(_exits_after(archive, deal_id, families))
    for exit_id in sorted(exits):
        archive.execute("UPDATE deals SET ends = ? WHERE id = ?", [_ended(archive, exit_id, families), exit_id])


def _kin(archive: Archive, deal_id: int, families: Families) -> dict[str, list[str]]:
    names: dict[str, set[str]] = {"chinese": set(), "foreign": set()}
    for row in archive.rows("SELECT name, side FROM deal_parties WHERE deal_id = ?", [deal_id]):
        names[row["side"]] |= families.kin(row["name"])
    return {side: sorted(found) for side, found in names.items()}


def _sharing(kin: dict[str, list[str]]) -> tuple[str, list[str]]:
    """The condition that a deal `d` has a principal of each side that `kin` names."""
    parts: list[str] = []
    values: list[str] = []
    for names in kin.values():
        if names:
            marks = ",".join("?" * len(names))
            parts.append(f"d.id IN (SELECT deal_id FROM deal_parties WHERE name IN ({marks}))")
            values += names
    return " AND ".join(parts) or "0", values


def _exits_after(archive: Archive, deal_id: int, families: Families) -> list[int]:
    sharing, values = _sharing(_kin(archive, deal_id, families))
    rows = archive.rows(
        f"SELECT d.id FROM deals d WHERE d.type = 'exit' AND d.merged_into IS NULL AND {sharing}"
        " AND d.first_at >= (SELECT first_at FROM deals WHERE id = ?)",
        [*values, deal_id],
    )
    return [row["id"] for row in rows]


def _ended(archive: Archive, exit_id: int, families: Families) -> int | None:
    """With two sides any tie of theirs, a stake first where the exit is worth money; with one side its market entry."""
    kin = _kin(archive, exit_id, families)
    own = archive.row("SELECT first_at, market, amount, direction FROM deals WHERE id = ?", [exit_id])
    assert own is not None
    if not all(kin.values()) and own["market"] is None:
        return None
    sharing, values = _sharing(kin)
    where = f"d.type != 'exit' AND d.status != 'denied' AND d.merged_into IS NULL AND {sharing} AND d.first_at <= ?"
    parameters: list[object] = [*values, own["first_at"]]
    if not all(kin.values()):
        where += " AND d.type = 'market_entry' AND d.market = ?"
        parameters.append(own["market"])
    order: Sequence[str] = ["d.first_at DESC", "d.type", "d.sentence"]
    if own["amount"]:
        order = [f"d.type IN {_EQUITY} DESC", *order]
    found: int | None = archive.value(f"SELECT d.id FROM deals d WHERE {where} ORDER BY {', '.join(order)}", parameters)
    return found
