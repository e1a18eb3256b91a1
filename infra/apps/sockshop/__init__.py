"""Sock Shop's datastores and its release."""
