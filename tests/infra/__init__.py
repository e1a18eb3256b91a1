"""Settings and stages, without an engine."""
