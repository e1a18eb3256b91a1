"""Looks at a deployed BookStore from outside, over HTTP, as its customers do."""
