"""What no stack may do: a pack of policies that Pulumi runs before it makes or changes a resource."""
