"""Ask a Chinese document questions and trust the answers."""

from .assistant import Assistant

__all__ = ["Assistant"]
