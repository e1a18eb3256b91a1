"""All policies of the pack: those that the modules define."""

from pulumi_policy import ResourceValidationPolicy

from infra.policies import identity, instances, kubernetes, network, operation, storage, transport

MODULES = (identity, instances, kubernetes, network, operation, storage, transport)
POLICIES = [
    policy
    for module in MODULES
    for policy in vars(module).values()
    if isinstance(policy, ResourceValidationPolicy)
]
