"""Who imports whom, and what a run loads: one direction, and nothing before it is needed."""

import ast
import graphlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.cli.group import COMMANDS

PACKAGE = Path(dsconv_cost.__file__).parent

FLOORS = [
    "layers",
    "language",
    "network",
    "memory",
    "importers",
    "sources",
    "costs",
    "devices",
    "advice",
    "budget",
    "spaces",
    "reports",
    "formats",
    "api",
    "cli",
]
"""The packages from the ground up: a module imports from its own package and from those before it."""
GROUND = ["version", "named_tuple", "errors", "text", "patterns", "gc_pause"]
"""Modules outside a package that everybody uses; they import only each other."""
TOP = ["testing", "__main__"]
"""Modules outside a package that everything may stand below."""

ONLY_IMPORTER = {"rich": "formats.terminal", "yaml": "language.nodes"}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
ROOT = SOURCES.pop("")
"""The package itself, which loads what it offers on first use."""


def imported(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield what is imported when a module is loaded; types need no loading, and functions import when they run."""
    for statement in statements:
        match statement:
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
                yield from imported(orelse)
            case ast.If(body=body, orelse=orelse):
                yield from imported([*body, *orelse])
            case ast.Try(body=body, handlers=handlers, orelse=orelse):
                yield from imported([*body, *orelse, *(line for handler in handlers for line in handler.body)])


def module_meant(name: str) -> str | None:
    """Return which of the package's modules a dotted name stands for: itself, or the one that holds it."""
    if name.partition(".")[0] != "dsconv_cost":
        return None
    inner = name.removeprefix("dsconv_cost").removeprefix(".")
    while inner not in SOURCES and inner:
        inner = inner.rpartition(".")[0]
    return inner or None


def floor(module: str) -> int:
    """Return how high a module is: 0 on the ground, then the packages, then what uses them all."""
    package, _, inner = module.partition(".")
    if not inner and package in GROUND:
        return 0
    return len(FLOORS) + 1 if not inner and package in TOP else FLOORS.index(package) + 1


def imports_of(module: str) -> set[str]:
    """Return the modules that a module needs before it can be loaded, without the packages it is in."""
    around = {module[:at] for at, letter in enumerate(module) if letter == "."}
    meant = {module_meant(name) for name in imported(SOURCES[module].body)}
    return {name for name in meant if name is not None} - around


def test_every_module_has_its_floor() -> None:
    assert len(SOURCES) > 40
    assert {name.partition(".")[0] for name in SOURCES} == {*FLOORS, *GROUND, *TOP}


@pytest.mark.parametrize("module", SOURCES)
def test_a_module_imports_nothing_from_above(module: str) -> None:
    assert [name for name in imports_of(module) if floor(name) > floor(module)] == []


def test_no_imports_go_in_a_circle() -> None:
    order = list(graphlib.TopologicalSorter({module: imports_of(module) for module in SOURCES}).static_order())
    assert set(order) == set(SOURCES)


@pytest.mark.parametrize("package", [name for name, tree in SOURCES.items() if name in FLOORS])
def test_a_package_says_its_job_in_one_line(package: str) -> None:
    docstring = ast.get_docstring(SOURCES[package]) or ""
    assert docstring.endswith(".")
    assert "\n" not in docstring


def test_the_check_sees_what_is_imported() -> None:
    assert {"layers.convolution", "network.graph"} <= imports_of("network.transforms.convert")
    code = "import yaml\nif TYPE_CHECKING:\n    import rich\nelse:\n    import re\ntry:\n    import a\nexcept E:\n    import b"
    assert list(imported(ast.parse(code).body)) == ["yaml", "re", "a", "b"]


def test_the_package_itself_imports_its_version_only() -> None:
    assert [name for name in imported(ROOT.body) if name.startswith("dsconv_cost")] == [
        "dsconv_cost.version.__version__"
    ]


SWEEP_ONLY = {"numpy", "pyarrow"}
"""What an extra installs: only the package `spaces` imports it."""


def libraries(tree: ast.AST) -> set[str]:
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_what_extras_install_is_imported_by_one_package() -> None:
    assert {name.partition(".")[0] for name, tree in SOURCES.items() if libraries(tree) & SWEEP_ONLY} == {"spaces"}


@pytest.mark.parametrize("library", ONLY_IMPORTER)
def test_one_module_alone_imports_a_library(library: str) -> None:
    assert [name for name, tree in SOURCES.items() if library in libraries(tree)] == [ONLY_IMPORTER[library]]


def test_nothing_but_the_three_libraries_and_the_standard_one_is_imported() -> None:
    foreign = {
        name.partition(".")[0]
        for tree in [ROOT, *SOURCES.values()]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([str(node.module)] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    assert foreign - set(sys.stdlib_module_names) == {"dsconv_cost", "click", "rich", "yaml", *SWEEP_ONLY}


# -- what a run loads -----------------------------------------------------------------------------

RUN = """
import json, sys
sys.argv = ["dsconv-cost", *json.loads(sys.argv[1])]
from dsconv_cost.__main__ import main
code = main()
sys.stdout.flush()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(code: str, *arguments: str) -> str:
    # Measured for coverage, it would load what coverage needs.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stderr.splitlines()[-1]


def modules_of(*arguments: str) -> set[str]:
    """Return the modules that are loaded when a command has run to its end."""
    code, modules = json.loads(loaded(RUN, json.dumps(arguments)))
    assert code == 0
    return set(modules)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import json, sys; import dsconv_cost; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    modules = set(json.loads(loaded(code)))
    assert {name for name in modules if name.startswith("dsconv_cost")} == {"dsconv_cost", "dsconv_cost.version"}
    assert not modules & {"yaml", "rich", "click", "dataclasses", "inspect", "difflib", "asyncio"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["analyze", "--help"], ["check", "--help"], ["--version"]], ids=" ".join
)
def test_help_loads_neither_yaml_nor_rich_nor_the_core(arguments: list[str]) -> None:
    modules = modules_of(*arguments)
    assert "click" in modules
    assert not modules & {"yaml", "rich"}
    own = {name for name in modules if name.startswith("dsconv_cost.")}
    allowed = {"dsconv_cost.__main__", "dsconv_cost.version", "dsconv_cost.named_tuple", "dsconv_cost.errors"}
    allowed |= {"dsconv_cost.formats", "dsconv_cost.formats.format"}  # the table of formats
    assert {name for name in own if not name.startswith("dsconv_cost.cli")} <= allowed


@pytest.mark.parametrize(
    ("arguments", "command"), [(["--help"], set()), (["--version"], set()), (["schema", "--help"], {"schema"})], ids=str
)
def test_only_the_command_that_is_called_is_imported(arguments: list[str], command: set[str]) -> None:
    own = {name.removeprefix("dsconv_cost.cli.") for name in modules_of(*arguments)}
    assert own & set(COMMANDS) == command


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_machine_formats_load_no_rich(form: str) -> None:
    for command in (["analyze", "mobilenet"], ["check", "mobilenet", "--max-macs", "600M"]):
        modules = modules_of(*command, "--format", form)
        assert "yaml" in modules
        assert "rich" not in modules


def test_memory_is_loaded_where_something_asks_for_it() -> None:
    def loads(*arguments: str) -> bool:
        return "dsconv_cost.memory" in modules_of(*arguments)

    assert not loads("check", "mobilenet", "--max-macs", "600M", "--max-size", "17 MB", "--format", "json")
    assert not loads("compare", "mobilenet", "vgg:11", "--format", "markdown")
    assert not loads("list", "mobilenet", "--max-macs", "600M", "--format", "json")
    assert not loads("fit", "mobilenet", "--max-macs", "600M", "--vary", "alpha=0.5,1", "--format", "json")
    assert loads("check", "mobilenet", "--max-peak", "2 MiB", "--format", "json")


def test_a_table_off_a_terminal_loads_no_rich() -> None:
    for command in (["analyze", "mobilenet"], ["check", "mobilenet", "--max-macs", "600M"], ["list", "mobilenet"]):
        assert "rich" not in modules_of(*command)
