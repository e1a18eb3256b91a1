"""Applications, built from components."""
