"""Text from the web on a terminal: no escape codes, nothing that turns the writing round."""

import unicodedata

_HIDDEN = {
    code: "\ufffd"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if unicodedata.category(chr(code)) in ("Cc", "Cf") and chr(code) not in "\n\t"
}


def visible(text: str) -> str:
    """The text with every control character shown as �, so that a span of the one is the same span of the other."""
    return text.translate(_HIDDEN)
