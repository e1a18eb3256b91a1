"""The stages: what `pulumi up` builds. Each reads as its diagram."""
