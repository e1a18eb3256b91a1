"""Container images and their repositories."""
