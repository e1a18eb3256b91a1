"""Serves the policies to the engine that runs this directory."""

from pulumi_policy import PolicyPack

from infra.policies.pack import POLICIES

PolicyPack(name="bookstore", policies=[*POLICIES])
