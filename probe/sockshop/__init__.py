"""Smoke and load for Sock Shop, by the HTTP API of its front end."""
