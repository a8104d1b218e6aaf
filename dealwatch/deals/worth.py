"""Whether two sums of money may be one: compared in dollars at rough rates, as two outlets convert on two days."""

import math

from dealwatch.deals.records import Mention

_PER_DOLLAR = {
    "USD": 1.0, "CNY": 7.0, "HKD": 7.8, "EUR": 0.9, "GBP": 0.78, "JPY": 130.0, "KRW": 1250.0, "INR": 76.0,
    "SGD": 1.35, "AUD": 1.4, "CAD": 1.3, "TWD": 31.0, "THB": 34.0, "IDR": 14800.0, "MYR": 4.3, "PHP": 54.0,
    "VND": 23800.0, "RUB": 75.0, "BRL": 4.9, "MXN": 18.5, "CHF": 0.93, "SEK": 9.7, "DKK": 6.7, "NOK": 9.7,
    "AED": 3.67, "SAR": 3.75, "PLN": 4.0, "ZAR": 16.5, "NZD": 1.55, "MOP": 8.0, "KES": 120.0, "BDT": 100.0,
}  # fmt: skip
"""Currencies that lose their worth fast (lira, naira, cedi) are left out: no one rate holds for them."""


def apart(a: Mention, b: Mention) -> float | None:
    """By what factor the larger sum exceeds the smaller, at least 1; None where that cannot be told.

    Two currencies are allowed a fifth for the rates of the day.
    """
    first, second = _dollars(a), _dollars(b)
    if first is None or second is None:
        return None
    factor = math.exp(abs(math.log(first / second)))
    return max(1.0, factor / 1.2) if a.amount_currency != b.amount_currency else factor


def _dollars(mention: Mention) -> float | None:
    if not mention.amount_value or mention.amount_value <= 0 or mention.amount_currency not in _PER_DOLLAR:
        return None
    return mention.amount_value / _PER_DOLLAR[mention.amount_currency]
