"""The entry point of the policy pack, which the engine runs."""

from pulumi_policy import PolicyPack

from infra.policies.pack import POLICIES

PolicyPack(name="bookstore", policies=[*POLICIES])
