"""The shops, built from components."""
