"""Writing a file anew so that no reader ever meets half of one, and no crash leaves one."""

import os
import tempfile
from pathlib import Path

from dealwatch.errors import DealwatchError


def replace_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write `text` beside `path`, then move it there. Raises DealwatchError.

    The file keeps its mode; with `private` nobody but its owner can read it, at any moment.
    """
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            part.chmod(usual_mode(path))
        part.replace(path)
    except OSError as error:
        raise DealwatchError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def usual_mode(path: Path) -> int:
    """As the file there has it, or as a new file would get it."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
