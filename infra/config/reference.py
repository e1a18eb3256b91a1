"""What is written about the settings: the schema in `Pulumi.yaml` and the tables of the documentation."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic.fields import FieldInfo

from infra.config.parser import STAGES, allowed, default, keys, listed, stages_with
from infra.config.settings import CHECKOUT
from infra.remedy import PROJECT

ALL = "all"
STAGE = "Stage to deploy; empty: the one of the stack's own name"
# Pulumi puts each default of this file into every stack, whatever its stage; without any it asks for a value.
NOTE = "# Written by `make settings` from infra/config/. An empty default leaves the choice to the stage.\n"


def documents(project: Path = CHECKOUT) -> dict[Path, str]:
    """Return the files that tell of settings, with the texts that they should have."""
    written = {project / "Pulumi.yaml": _schema((project / "Pulumi.yaml").read_text())}
    for page in (project / "README.md", *sorted((project / "docs").glob("*.md"))):
        written[page] = re.sub(
            r"(<!-- settings: (\w+) -->\n).*?(<!-- /settings -->)",
            lambda found: f"{found[1]}\n{_table(found[2])}\n{found[3]}",
            page.read_text(),
            flags=re.DOTALL,
        )
    return written


def _schema(text: str) -> str:
    """Return the text of `Pulumi.yaml` with the settings of all stages."""
    head = re.split(r"^(?:# Written by .*\n)?config:\n", text, flags=re.MULTILINE)[0]
    described = {"stage": f"{STAGE} ({listed(STAGES, 'or')})"}
    for key in _all_keys():
        facts = [", ".join(stages_with(key)), _across(key, allowed)]
        if (usual := _across(key, default)) != "":
            facts.append(f"default {usual}")
        described[key] = f"{_description(key)} ({'; '.join(filter(None, facts))})"
    config = {key: {"default": "", "description": text} for key, text in described.items()}
    return f"{head}{NOTE}{yaml.safe_dump({'config': config}, sort_keys=False, width=110, allow_unicode=True)}"


def _table(stage: str) -> str:
    """Return the table of one stage's settings, its own before those that it shares, or of all stages'."""
    if stage == ALL:
        rows = [[f"`{PROJECT}:stage`", ALL, "the stack's name", listed(STAGES, "or"), STAGE]]
        rows += [[_name(key), ", ".join(stages_with(key)), *_facts(key)] for key in sorted(_all_keys())]
        return _rows(["setting", "stages", "default", "allowed", "what it is"], rows)
    model = STAGES[stage]
    own = [
        key
        for key, name in zip(keys(model), model.model_fields, strict=True)
        if name in model.__annotations__
    ]
    ordered = dict.fromkeys([*own, *keys(model)])
    return _rows(
        ["setting", "default", "allowed", "what it is"],
        [[_name(key), *_facts(key, stage)] for key in ordered],
    )


def _facts(key: str, *stages: str) -> list[str]:
    """Return a setting's default, what is allowed, and what it is."""
    return [
        _across(key, lambda field: f"`{value}`" if (value := default(field)) else "empty", *stages),
        _across(key, allowed, *stages) or "any text",
        _description(key),
    ]


def _across(key: str, tell: Callable[[FieldInfo], str], *stages: str) -> str:
    """Return what holds in these stages or all that have a setting, and the exceptions: `14; in scaled 7`."""
    told = {stage: tell(keys(STAGES[stage])[key]) for stage in stages or stages_with(key)}
    (usual, _), *others = Counter(told.values()).most_common()
    exceptions = [
        f"in {listed(stage for stage in told if told[stage] == other)} {other}" for other, _ in others
    ]
    return "; ".join([usual, *exceptions])


def _description(key: str) -> str:
    """Return what a setting is, which is the same in all stages that have it."""
    (described,) = {keys(STAGES[stage])[key].description for stage in stages_with(key)}
    return described or ""


def _all_keys() -> list[str]:
    return list(dict.fromkeys(key for model in STAGES.values() for key in keys(model)))


def _name(key: str) -> str:
    return f"`{PROJECT}:{key}`"


def _rows(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
