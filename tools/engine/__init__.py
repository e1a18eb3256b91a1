"""Gives `make` a Pulumi engine: one that is installed, or one that is fetched or built once and kept."""

from tools.engine.engine import Engine
from tools.engine.finder import find_engine

__all__ = ["Engine", "find_engine"]
