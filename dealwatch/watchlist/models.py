"""`watchlist/rules/fitted.json`: the weights that `dealwatch rules fit` wrote, read and checked."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from dealwatch.deals.judging.models import QUESTIONS, Models
from dealwatch.errors import WatchlistError

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
    for question, answers in QUESTIONS.items():
        for answer in answers:
            row = weights.get(question, {}).get(answer) if isinstance(weights, dict) else None
            if not isinstance(row, dict) or not all(isinstance(w, int | float) for w in row.values()):
                raise WatchlistError(f"{path}: weights.{question}.{answer}: needs weights by cue; {AGAIN}")
    return Models.of(weights, hashlib.sha256(text.encode()).hexdigest())


def write_models(watchlist: Path, weights: Weights, stories: int) -> None:
    """One weight a line, sorted, so that two fits can be compared."""
    about = f"Weights of cues, fitted on {stories} labelled stories by `dealwatch rules fit`; not edited by hand"
    text = json.dumps({"about": about, "weights": weights}, ensure_ascii=False, indent=0, sort_keys=True)
    (watchlist / FILE).write_text(text + "\n", "utf-8")
