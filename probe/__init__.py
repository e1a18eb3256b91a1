"""Looks at a deployed shop from outside, over HTTP, as its customers do."""
