"""Building blocks of AWS, Kubernetes and this machine; none knows a shop, a stage or a setting."""
