"""Sock Shop as data, and pure functions that turn the data into Kubernetes manifests.

`python -m sockshop` prints the manifests for kubectl; the stage `sockshop` applies the same ones with Pulumi.
"""
