"""Files that are there whole or not at all, and what tells that they are the same."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from .errors import BadInput, reason


def write_whole(path: Path, data: str | bytes) -> Path:
    """Write a file in one step, its folder too; what stood there before stays until the new one is whole.

    Raises:
        BadInput: the place cannot be written.
    """
    part = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")  # one for each who writes at once
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data.encode() if isinstance(data, str) else data)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"写不到 {path}:{reason(error)}。") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lines(path: Path, items: Sequence[Any]) -> None:
    """Write JSON lines, of lists or dataclasses."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for item in items:
            value = item if isinstance(item, list) else asdict(item)
            file.write(json.dumps(value, ensure_ascii=False) + "\n")


def read_lines(path: Path) -> list[Any]:
    """The values of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
