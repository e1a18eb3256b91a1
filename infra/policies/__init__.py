"""The policy pack: what no stack may do. Pulumi runs it before it creates or changes a resource."""
