"""Gives `make` a Pulumi engine: one that is installed, or one that is fetched or built once and kept."""

from tools.engine.engine import Engine, EngineUnavailable
from tools.engine.finder import find_engine

__all__ = ["Engine", "EngineUnavailable", "find_engine"]
