"""What the package `sockshop` imports: nothing that needs Pulumi."""

import ast
import subprocess
import sys
from pathlib import Path

import sockshop

PACKAGE = Path(sockshop.__file__).parent
PURE = {
    f"infra.components.kubernetes.{name}"
    for name in ("container", "manifest", "network_policy", "pod_security", "scheduling", "volumes")
}


def imported() -> set[str]:
    """Return the modules that its files import."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = str(node.module)
                # `from package import module`
                found |= {
                    f"{module}.{each.name}" if f"{module}.{each.name}" in PURE else module
                    for each in node.names
                }
    return found


def test_of_the_project_it_imports_pure_modules_alone() -> None:
    others = {name for name in imported() if name.split(".")[0] in ("infra", "tools", "pulumi", "bookstore")}
    assert others == PURE | {"tools.drawing", "tools.errors"}


def test_it_runs_without_pulumi() -> None:
    program = (
        "import sys, sockshop.command; "
        "sys.exit([name for name in sys.modules if name.startswith('pulumi')] or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
