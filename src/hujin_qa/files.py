"""Files that are there whole or not at all."""

from pathlib import Path

from .errors import BadInput, reason


def write_whole(path: Path, data: str | bytes) -> Path:
    """Write a file in one step, its folder too; what stood there before stays until the new one is whole.

    Raises:
        BadInput: the place cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data.encode() if isinstance(data, str) else data)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"写不到 {path}:{reason(error)}。") from None
    return path
