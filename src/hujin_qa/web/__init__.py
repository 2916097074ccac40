"""The web chat. Gradio is told to stay silent before it is imported."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from .page import build
from .server import launch, serve

__all__ = ["build", "launch", "serve"]
