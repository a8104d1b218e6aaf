"""Full-text search over titles and texts, in English and Chinese.

SQLite's tokenizer takes a run of Chinese characters for one word, and would never find 京东 inside a sentence. So each
such character is stored as a word of its own, and a run of them is asked for as a phrase.
"""

import re

from dealwatch.archive.archive import Archive

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_CHARACTER = re.compile(f"([{_CJK}])")
_WORD = re.compile(f"[{_CJK}]+|[^\\W_]+")
MAX_WORDS = 32


def spaced(text: str) -> str:
    """`text` as it is indexed: a space around each Chinese (or Japanese) character."""
    return _CHARACTER.sub(r" \1 ", text)


def match_expression(query: str) -> str | None:
    """What a person typed, as an FTS5 expression: every word must occur, a run of characters as a phrase; words between
    double quotes as a phrase too. None if there is nothing to look for. No input makes an invalid expression."""
    phrases = []
    for index, part in enumerate(query.split('"')):
        words = _WORD.findall(part)
        if index % 2 and words:
            phrases.append(" ".join(words))
        else:
            phrases += words
    quoted = [f'"{" ".join(spaced(phrase).split())}"' for phrase in phrases[:MAX_WORDS]]
    return " ".join(quoted) or None


def index(archive: Archive, article_id: int, title: str, text: str) -> None:
    """Put an article's words in the index, in place of what was there."""
    archive.execute("DELETE FROM article_search WHERE rowid = ?", [article_id])
    archive.execute(
        "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)", [article_id, spaced(title), spaced(text)]
    )


def search(archive: Archive, query: str, limit: int = 50) -> list[int]:
    """Ids of the articles that hold every word of the query, newest article first."""
    expression = match_expression(query)
    if expression is None:
        return []
    rows = archive.rows(
        "SELECT rowid FROM article_search WHERE article_search MATCH ? ORDER BY rowid DESC LIMIT ?", [expression, limit]
    )
    return [row["rowid"] for row in rows]
