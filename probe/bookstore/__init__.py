"""Smoke and load for the BookStore, by the forms of its pages."""
