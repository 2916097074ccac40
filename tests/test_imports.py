"""The shape of the package: one direction, true exports, a README that holds."""

import ast
import importlib
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from hujin_qa.cli import app

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "hujin_qa"
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}
ORDER = re.findall(r"`(\w+)`", "".join(re.findall(r"^- .*: `.*\n(?:  .*\n)*", README, re.MULTILINE)))
"""The reading order: module and package names of README's list."""


def imported(name):
    """Our own modules that a module names anywhere, inside functions too."""
    path = MODULES[name]
    package = ["hujin_qa", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            found = [base] if node.module else [[*base, alias.name] for alias in node.names]
        else:
            continue
        yield from (".".join(parts[1:]) for parts in found if parts[0] == "hujin_qa" and len(parts) > 1)


def test_the_reading_order_names_every_module_once():
    assert sorted(ORDER) == sorted({name.partition(".")[0] for name in MODULES}), "README.md lists the modules"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_modules_earlier_in_the_line(name):
    own = name.partition(".")[0]
    later = [other for other in imported(name) if ORDER.index(other.partition(".")[0]) > ORDER.index(own)]
    assert not later


def test_modules_of_a_package_import_each_other_one_way():
    after = {name: {o for o in imported(name) if "." in o and o in MODULES} for name in MODULES if "." in name}
    while after:
        free = [name for name, others in after.items() if not others & after.keys()]
        assert free, f"a circle among {sorted(after)}"
        for name in free:
            del after[name]


@pytest.mark.parametrize("name", ["", *(n for n, p in MODULES.items() if "__all__" in p.read_text(encoding="utf-8"))])
def test_exports_are_what_all_says(name):
    path = MODULES[name] if name else PACKAGE / "__init__.py"
    module = importlib.import_module(
        ".".join(["hujin_qa", *name.removesuffix("__init__").strip(".").split(".")]).strip(".")
    )
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, export) for export in module.__all__)
    if path.name == "__init__.py":
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
        assert {alias.asname or alias.name for node in inner for alias in node.names} == set(module.__all__)


def test_the_command_line_starts_without_anything_heavy():
    program = (
        "import sys, hujin_qa.cli\n"
        "print([m for m in ('numpy', 'faiss', 'jieba', 'torch', 'gradio', 'pandas', 'opencc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


COMMANDS = [
    shlex.split(line.partition("#")[0])
    for block in re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.strip() and not line.startswith("export ")
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_of_the_readme_exists(words):
    if words[0] == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(words[1:]) <= set(targets)
        return
    assert words[0] == ".venv/bin/hujin-qa"
    arguments = words[1 : words.index("<")] if "<" in words else words[1:]
    group = typer.main.get_command(app)
    context = group.make_context("hujin-qa", list(arguments), resilient_parsing=False)
    name, command, rest = group.resolve_command(context, list(arguments))
    command.make_context(name, rest, parent=context)
    for file in [w for w in words if w.startswith("eval/")]:
        assert (ROOT / file).is_file()


def test_the_file_for_fresh_machines_runs_the_test_command():
    assert "make test" in [" ".join(words) for words in COMMANDS]
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_file_that_the_readme_names_is_there():
    for name in re.findall(r"`((?:docs|tests|eval|corpus|src|benchmarks)/[^`]*)`", README):
        assert (ROOT / name).exists(), name


def test_every_dependency_is_pinned_and_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert block
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower().replace("_", "-")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").lower()
    for name in re.findall(r'"([A-Za-z0-9-]+)', block[1]):
        assert f"\n{name.lower()}==" in lock, name
        assert f"`{name.lower().removesuffix('-cpu')}" in changelog, name


@pytest.mark.parametrize(
    "path",
    sorted(p for p in [*ROOT.glob("eval/**/*.py"), *ROOT.glob("benchmarks/*.py")] if p.name != "floor.py"),
    ids=lambda p: f"{p.parent.name}/{p.name}",
)
def test_every_script_can_be_started(path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(path.parent), *sys.path])
    try:
        runpy.run_path(str(path), run_name="script")
    except ModuleNotFoundError as error:
        if error.name != "xllamacpp":  # outside the lock, as eval/README.md says
            raise
