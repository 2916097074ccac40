"""The web chat. Gradio is told to stay silent before it is imported."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from .page import Site, build
from .server import launch, serve

__all__ = ["Site", "build", "launch", "serve"]
