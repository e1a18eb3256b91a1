"""The stacks on the real Pulumi engine."""
