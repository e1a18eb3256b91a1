"""Kubernetes on EKS: cluster, nodes, add-ons, capacity."""
