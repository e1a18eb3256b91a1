"""Template helpers: filters, globals and URL converters."""
