"""Sock Shop described as data, and pure functions that turn it into Kubernetes manifests.

`python -m sockshop` prints them for kubectl; the stage `sockshop` applies the same ones with Pulumi.
"""
