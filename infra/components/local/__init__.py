"""This machine's processes, ports and files as Pulumi resources."""
