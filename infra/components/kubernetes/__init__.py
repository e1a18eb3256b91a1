"""Building blocks on Kubernetes.

Components (`namespace`, `mysql`, `shared_volume`, `monitoring`) use Pulumi. The other modules but `apply` are
pure: their functions return plain manifests, or parts of them, as dicts.
"""
