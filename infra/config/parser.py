"""From what the user wrote to a stage's settings, or to a refusal that says how to mend it."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from infra import remedy
from infra.config.cluster import Cluster
from infra.config.dev import Dev
from infra.config.monolith import Monolith
from infra.config.scaled import Scaled
from infra.config.settings import Checked, RefusedError, is_secret
from infra.config.sockshop import Sockshop
from infra.remedy import PROJECT
from tools.errors import UserError

Stage = Dev | Monolith | Scaled | Cluster | Sockshop
STAGES: Mapping[str, type[Stage]] = MappingProxyType(
    {"dev": Dev, "monolith": Monolith, "scaled": Scaled, "cluster": Cluster, "sockshop": Sockshop}
)
# Namespaces of Pulumi's own and of the providers, which check their settings themselves.
OTHER_NAMESPACES = ("aws", "docker", "eks", "kubernetes", "pulumi", "random", "tls")


def parse(stack: str, values: Mapping[str, str]) -> Stage:
    """Return the settings of a stack, checked.

    Args:
        stack: the stack's name; it is also its stage's, unless `bookstore:stage` names another.
        values: text by key, as `bookstore:port`; an empty text counts as not set, and `ENCRYPTED` stands for
            one that only the engine can decrypt.

    Raises:
        UserError: a key or a value that the stage does not allow.
    """
    named = _named(stack, {key: value for key, value in values.items() if value})
    stage = _stage(stack, named.pop("stage", ""))
    model = STAGES[stage]
    _refuse_unknown(stack, stage, named)
    try:
        return model.model_validate(named, context={"stack": stack})
    except ValidationError as failure:
        # That a default could not be computed follows from another error.
        errors = [error for error in failure.errors() if error["type"] != "default_factory_not_called"]
        cause = errors[0].get("ctx", {}).get("error")
        if isinstance(cause, RefusedError):
            raise explained(stack, cause) from None
        raise _wrong(stack, model, str(errors[0]["loc"][0]), named) from None


def explained(stack: str, refused: RefusedError) -> UserError:
    """Return a refusal with what to type, for the user of make or of Pulumi."""
    changes = ", or ".join(
        remedy.removal(stack, f"{PROJECT}:{key}")
        if value is None
        else remedy.setting(stack, {key: value}, secret=refused.secret)
        for key, value in refused.changes.items()
    )
    return UserError(refused.cause, f"{refused.advice}: {changes}")


def keys(model: type[Stage]) -> dict[str, FieldInfo]:
    """Return the fields of a stage by their keys."""
    return {to_camel(name): field for name, field in model.model_fields.items()}


def stages_with(key: str) -> list[str]:
    """Return the names of the stages that have a setting."""
    return list(STAGES) if key == "stage" else [name for name, model in STAGES.items() if key in keys(model)]


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the words that a setting may be; empty where there are too many."""
    if field.annotation is bool:
        return ("true", "false")
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def allowed(field: FieldInfo) -> str:
    """Return in words what a setting may be; empty for any text."""
    if found := choices(field):
        return " or ".join(found)
    if low_high := _limits(field):
        return "-".join(low_high)
    return next((rule.allowed for rule in field.metadata if isinstance(rule, Checked)), "")


def default(field: FieldInfo) -> str:
    """Return a default as a user writes it; empty where there is none."""
    fields = [item for model in STAGES.values() for item in model.model_fields.items()]
    defaults = {name: other.default for name, other in fields}
    value = field.get_default(call_default_factory=True, validated_data=defaults)
    if isinstance(value, bool):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, tuple) else str(value or "")


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def _named(stack: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return this project's values by key without the namespace."""
    known = {key for model in STAGES.values() for key in keys(model)} | {"stage"}
    named = {}
    for key in sorted(values):
        namespace, _, name = key.rpartition(":")
        if namespace == PROJECT:
            named[name] = values[key]
        elif not namespace:
            raise UserError(
                f"{key} has no namespace",
                f"write {PROJECT}:{key}" if key in known else f"take it out: {remedy.removal(stack, key)}",
            )
        elif namespace not in OTHER_NAMESPACES and (
            name in known or get_close_matches(namespace, [PROJECT], cutoff=0.7)
        ):
            raise UserError(
                f"{key} is in no namespace of this project; did you mean {PROJECT}:{name}?",
                f"take it out: {remedy.removal(stack, key)}",
            )
    return named


def _stage(stack: str, written: str) -> str:
    stage = written or stack
    if stage in STAGES:
        return stage
    near = get_close_matches(stage, STAGES, n=1)
    example = near[0] if near else "dev"
    raise UserError(
        f"{PROJECT}:stage is {written}"
        if written
        else f"The stack {stack} has the name of no stage, and {PROJECT}:stage is not set",
        f"choose {listed(STAGES, 'or')}: {remedy.setting(stack, {'stage': example})}",
    )


def _refuse_unknown(stack: str, stage: str, named: Mapping[str, str]) -> None:
    """Refuse the first key that the stage does not have."""
    own = keys(STAGES[stage])
    for name in sorted(named.keys() - own.keys()):
        remove = f"take it out: {remedy.removal(stack, f'{PROJECT}:{name}')}"
        if others := stages_with(name):
            raise UserError(
                f"{PROJECT}:{name} is a setting of {listed(others)}, and this stack's stage is {stage}",
                remove,
            )
        near = get_close_matches(name, own, n=1)
        meant = f"{PROJECT}:{near[0]}" if near else f"one of {', '.join(sorted(own))}"
        raise UserError(f"{PROJECT}:{name} is no setting of the stage {stage}; did you mean {meant}?", remove)


def _wrong(stack: str, model: type[Stage], key: str, named: Mapping[str, str]) -> UserError:
    """Say what is wrong with a value, what is allowed, and what to type."""
    field, written = keys(model)[key], named[key]
    examples = [rule.example for rule in field.metadata if isinstance(rule, Checked)]
    example = default(field) or next(iter(examples), "VALUE")
    shown = written if written.isprintable() else json.dumps(written)
    return UserError(
        f"{PROJECT}:{key} is {shown}",
        f"choose {allowed(field)}: {remedy.setting(stack, {key: example}, secret=is_secret(field))}",
    )


def _limits(field: FieldInfo) -> list[str]:
    """Return the lowest and the highest number that a setting may be."""
    low = [str(rule.ge) for rule in field.metadata if isinstance(rule, Ge)]
    return low + [str(rule.le) for rule in field.metadata if isinstance(rule, Le)]
