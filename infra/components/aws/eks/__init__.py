"""EKS: clusters with their nodes and add-ons, and the check of their capacity."""
