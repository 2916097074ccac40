"""Ask a Chinese document questions and trust the answers."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assistant import Assistant

__all__ = ["Assistant"]


def __getattr__(name: str) -> Any:
    """Import the facade when it is first named: `hujin-qa --help` needs none of it."""
    if name != "Assistant":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .assistant import Assistant

    return Assistant
