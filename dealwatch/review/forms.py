"""What the forms of a card ask for."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, cast

from dealwatch.archive.decisions import Action, Wish
from dealwatch.deals.amounts import amounts
from dealwatch.errors import DealwatchError

DONE = {"confirm": "Confirmed", "dismiss": "Dismissed", "snooze": "Snoozed", "note": "Noted", "correct": "Corrected"}
"""The decisions a form can ask for, and what the page says once one is made."""


def wish(form: Mapping[str, str], homes: Mapping[str, str]) -> Wish:
    """The decision that a form asks for. `homes`: home markets by names in small letters. Raises DealwatchError."""
    if form.get("action") not in DONE:
        raise DealwatchError("the form is incomplete; reload the page")
    return Wish(
        alert_id=number(form, "alert"),
        revision=number(form, "revision"),
        seen=number(form, "seen"),
        action=cast(Action, form["action"]),
        reason=form.get("reason") or None,
        note=form.get("note") or None,
        until=_until(form.get("until")),
        overrides=_overrides(form, homes) if form["action"] == "correct" else {},
    )


def number(form: Mapping[str, str], name: str) -> int:
    """A number the page itself put into the form. Raises DealwatchError."""
    value = form.get(name, "").strip()
    found = whole(value)
    if found is None:
        raise DealwatchError(
            f"{name} {value[:20]!r} is no number; reload the page" if value else f"{name}: a number is missing"
        )
    return found


def whole(text: str) -> int | None:
    """The number, if it is one that the archive can hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _until(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), UTC)
    except ValueError as error:
        raise DealwatchError(f"{text[:40]!r} is no date; write it as 2026-12-31") from error


def _overrides(form: Mapping[str, str], homes: Mapping[str, str]) -> dict[str, Any]:
    """The fields that differ from what the form first showed."""
    fields: dict[str, Any] = {}
    for name in ("type", "direction", "status"):
        if form.get(name) and form[name] != form.get(f"was_{name}"):
            fields[name] = form[name]
    if form.get("amount", "") != form.get("was_amount", ""):
        fields.update(_amount(form.get("amount", "").strip()[:100]))
    sides = {side: form.get(side, "") for side in ("chinese", "foreign")}
    if any(value != form.get(f"was_{side}", "") for side, value in sides.items()):
        fields["parties"] = [
            {"name": name.strip(), "side": side, "home": homes.get(name.strip().casefold())}
            for side, value in sides.items()
            for name in value.split(";")
            if name.strip()
        ]
    return fields


def _amount(text: str) -> dict[str, Any]:
    """The amount as written, with its value; nothing for an empty field. Raises DealwatchError."""
    if not text:
        return {"amount": None, "amount_value": None, "amount_currency": None}
    read = amounts(text.lower())
    if len(read) != 1:
        why = "more than one sum" if read else "no sum with a currency"
        raise DealwatchError(f"amount {text[:40]!r}: {why}; write it as $2 billion or 6000万欧元, or leave it empty")
    return {"amount": text, "amount_value": read[0].value, "amount_currency": read[0].currency}
