"""The building blocks on AWS: one noun a file, each a component with a frozen dataclass of arguments."""
