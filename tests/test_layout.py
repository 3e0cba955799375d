"""How tests and modules are laid out: the sizes of files, and who imports from whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dsconv_cost

UNIFORM = {"FAMILY", "command"}
"""What every family of layers, or every module of a command, defines for itself: one word for one job."""

TESTS = Path(__file__).parent
PACKAGE = Path(dsconv_cost.__file__).parent
FILES = {str(path.relative_to(TESTS)): path for path in sorted(TESTS.rglob("*.py"))}
MODULES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}


def modules_imported(path: Path) -> set[str]:
    """Return every module that a file imports, and what it takes of one as if it were a module of its own."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{alias.name}" for alias in names)}
    return found


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_imported_from_a_test_file(name: str) -> None:
    """What two test files need lives in a module of its own."""
    assert not [module for module in modules_imported(FILES[name]) if ".test_" in module]


@pytest.mark.parametrize("name", FILES)
def test_no_test_file_is_too_long(name: str) -> None:
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= 800


def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MODULES)
def test_no_module_is_too_long(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 350


def is_command(function: ast.FunctionDef) -> bool:
    """Return whether click calls a function, with an argument for each option."""
    return any(ast.unparse(decorator).startswith("click.command(") for decorator in function.decorator_list)


@pytest.mark.parametrize("name", MODULES)
def test_no_function_takes_more_than_eight_parameters(name: str) -> None:
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef) and not is_command(node)]
    counts = [(f.name, len(f.args.posonlyargs) + len(f.args.args) + len(f.args.kwonlyargs)) for f in functions]
    assert [(function, count) for function, count in counts if count > 8] == []


def names_defined(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the public names that a module defines: classes, functions and constants."""
    for statement in statements:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                names = []
        yield from (name for name in names if not name.startswith("_"))


def test_the_check_sees_what_is_defined() -> None:
    code = "A = 1\nB, C = 2, 3\nD: int = 4\n_e = 5\ndef f(): g = 6\nclass H:\n    i = 7\nimport j"
    assert list(names_defined(ast.parse(code).body)) == ["A", "B", "C", "D", "f", "H"]


def test_a_public_name_is_defined_in_one_module() -> None:
    """One word, one meaning: who reads a name need not ask which of two is meant."""
    where: dict[str, set[str]] = {}
    for module in MODULES:
        for name in names_defined(tree(module).body):
            where.setdefault(name, set()).add(module)
    assert len(where) > 300
    assert {name: modules for name, modules in where.items() if len(modules) > 1 and name not in UNIFORM} == {}
    assert all(len(where[name]) > 1 for name in UNIFORM)


def test_contributing_shows_every_package() -> None:
    """The tree in CONTRIBUTING.md has a line for each package, in the order of the packages."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tree_lines = text[text.index("dsconv_cost/\n") : text.index("architectures/  ")].splitlines()
    shown = [line.split()[0].rstrip("/") for line in tree_lines if "/ " in f"{line.split()[0]} "]
    packages = {path.parent.name for path in MODULES.values() if path.name == "__init__.py"}
    assert set(shown) == packages
    assert all(len(line) > 30 for line in tree_lines[2:])
