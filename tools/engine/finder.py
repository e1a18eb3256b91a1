"""The order in which an engine is looked for: installed, kept from before, downloaded, built."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tools.engine import build, download, recipe
from tools.engine.engine import OLDEST, Engine, dotted, version_of
from tools.engine.install import installing
from tools.errors import UserError

Say = Callable[[str], None]
LANGUAGE_HOST = "pulumi-language-python"


def find_engine(say: Say = print, sources: tuple[str, ...] = download.SOURCES) -> Engine:
    """Return the engine to use, set up first where there is none yet; `say` is told what takes time and why.

    Raises UserError, which names cause and remedy, when no way leads to an engine.
    """
    installed, objection = on_path()
    if installed:
        return installed
    because = f" ({objection})" if objection else ""
    target = recipe.cache() / recipe.name()
    if kept := in_cache(target, f"kept from an earlier set-up{because}"):
        return kept

    say(f"No Pulumi engine of {dotted(OLDEST)} or newer on PATH{because}: setting one up, once.")
    with installing(target, say) as directory:
        if directory is None:
            how = "set up by another checkout"
        elif unreachable := download.fetch(recipe.version(), directory, say, sources):
            say(f"  Not downloaded: {unreachable}. Building it from its Go module instead.")
            build.build(directory, say)
            how = "built from its Go module"
        else:
            how = "downloaded, its checksum verified"
    engine = in_cache(target, f"{how}{because}")
    if engine is None:
        raise UserError(f"{target} holds no working engine.", f"rm -r {target}, then try again")
    return engine


def on_path() -> tuple[Engine | None, str | None]:
    """Return the installed engine, or what is wrong with the one that is installed."""
    search = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part]
    for directory in search:
        found = shutil.which("pulumi", path=directory)
        # The virtual environment has a link to the engine that was set up; that one is no installation.
        if found is None or Path(found).resolve().is_relative_to(recipe.cache().resolve()):
            continue
        version = version_of(Path(found))
        if version is None:
            return None, f"{found} does not tell its version"
        if version < OLDEST:
            return None, f"{found} is {dotted(version)}, too old"
        beside = os.pathsep.join([str(Path(found).resolve().parent), *search])
        if shutil.which(LANGUAGE_HOST, path=beside) is None:
            return None, f"{found} has no {LANGUAGE_HOST}"
        return Engine(Path(found), dotted(version), f"installed at {found}"), None
    return None, None


def in_cache(target: Path, why: str) -> Engine | None:
    """Return the engine kept in `target`, if it is there."""
    executable = target / "bin" / "pulumi"
    complete = executable.is_file() and (target / "bin" / LANGUAGE_HOST).is_file()
    return Engine(executable, recipe.version(), why) if complete else None


def link(engine: Engine, programs: Path) -> None:
    """Have the virtual environment's `programs` offer an engine that was set up, not an installed one."""
    name = programs / "pulumi"
    if name.is_symlink() or not name.exists():
        name.unlink(missing_ok=True)
        if engine.executable.resolve().is_relative_to(recipe.cache().resolve()):
            name.symlink_to(engine.executable)
