"""Components on AWS. Each has a file, and a frozen dataclass of arguments."""
