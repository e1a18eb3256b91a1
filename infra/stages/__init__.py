"""One file for each stage: what `pulumi up` builds, read as its diagram."""
