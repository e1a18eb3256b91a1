"""Serves the policies to the engine that runs this directory."""

from pulumi_policy import EnforcementLevel, PolicyPack

from infra.policies.pack import POLICIES

PolicyPack(name="bookstore", policies=[*POLICIES], enforcement_level=EnforcementLevel.MANDATORY)
