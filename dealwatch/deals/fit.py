"""Logistic regression on a few composite scores: small, exact, repeatable, no library."""

import math
from collections.abc import Mapping, Sequence

RIDGE = 1.5
"""How strongly weights are held near `prior`, in observations; keeps a score that never varies from running away."""
ROUNDS = 30


def fit(
    rows: Sequence[tuple[Mapping[str, float], bool]],
    names: Sequence[str],
    prior: Mapping[str, float],
    ridge: float = RIDGE,
) -> dict[str, float]:
    """The weights of `names` that make the labels likeliest, by Newton's method, held near `prior`."""
    before = [prior.get(name, 0.0) for name in names]
    weights = list(before)
    matrix = [[values.get(name, 0.0) for name in names] for values, _ in rows]
    for _ in range(ROUNDS):
        gradient = [-ridge * (weight - start) for weight, start in zip(weights, before, strict=True)]
        hessian = [[ridge if i == j else 0.0 for j in range(len(names))] for i in range(len(names))]
        for row, (_, label) in zip(matrix, rows, strict=True):
            total = sum(weight * value for weight, value in zip(weights, row, strict=True))
            chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            for i, left in enumerate(row):
                gradient[i] += (label - chance) * left
                spread = chance * (1 - chance) * left
                for j, right in enumerate(row):
                    hessian[i][j] += spread * right
        step = _solve(hessian, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step), default=0.0) < 1e-6:
            break
    return {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting; the matrix is positive definite (the ridge sees to it)."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            share = rows[row][column] / rows[column][column]
            rows[row] = [value - share * above for value, above in zip(rows[row], rows[column], strict=True)]
    solved = [0.0] * size
    for row in reversed(range(size)):
        known = sum(rows[row][column] * solved[column] for column in range(row + 1, size))
        solved[row] = (rows[row][size] - known) / rows[row][row]
    return solved
