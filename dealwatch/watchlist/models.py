"""`watchlist/rules/fitted.json`: the weights that `dealwatch rules fit` wrote, read and checked."""

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path

from dealwatch.deals.judging.models import QUESTIONS, Models
from dealwatch.errors import WatchlistError
from dealwatch.files import replace_text

FILE = "rules/fitted.json"
AGAIN = "write it anew with `dealwatch rules fit`"
Weights = Mapping[str, Mapping[str, Mapping[str, float]]]


def load_models(watchlist: Path) -> Models:
    """Raises WatchlistError naming the file where it is missing, is not JSON, or lacks a question or an answer."""
    path = watchlist / FILE
    try:
        text = path.read_text("utf-8")
        weights = json.loads(text)["weights"]
    except OSError as error:
        raise WatchlistError(f"{path}: cannot be read: {error.strerror}; {AGAIN}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WatchlistError(f"{path}: {error}; {AGAIN}") from error
    problem = _problem(weights)
    if problem:
        raise WatchlistError(f"{path}: {problem}; {AGAIN}")
    return Models.of(weights, hashlib.sha256(text.encode()).hexdigest())


def _problem(weights: object) -> str | None:
    """What is wrong with the weights, by its place in the file; None where all is in order."""
    if not isinstance(weights, dict):
        return "weights: needs an answer's weights by question"
    for question, answers in QUESTIONS.items():
        rows = weights.get(question)
        if not isinstance(rows, dict) or set(rows) != set(answers):
            return f"weights.{question}: needs weights for {', '.join(answers)}, and for nothing else"
        for answer, row in rows.items():
            if not isinstance(row, dict) or not all(_is_number(weight) for weight in row.values()):
                return f"weights.{question}.{answer}: needs weights by cue"
    return None


def _is_number(weight: object) -> bool:
    return isinstance(weight, int | float) and math.isfinite(weight)


def write_models(watchlist: Path, weights: Weights, stories: int) -> None:
    """One weight a line, sorted, so that two fits can be compared."""
    about = f"Weights of cues, fitted on {stories} labelled stories by `dealwatch rules fit`; not edited by hand"
    text = json.dumps({"about": about, "weights": weights}, ensure_ascii=False, indent=0, sort_keys=True)
    replace_text(watchlist / FILE, text + "\n")
