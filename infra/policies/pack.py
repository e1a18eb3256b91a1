"""All the policies: whatever a theme's file defines is run."""

from pulumi_policy import ResourceValidationPolicy

from infra.policies import identity, kubernetes, machines, network, operation, storage, transport

THEMES = (identity, kubernetes, machines, network, operation, storage, transport)
POLICIES = [
    found for theme in THEMES for found in vars(theme).values() if isinstance(found, ResourceValidationPolicy)
]
