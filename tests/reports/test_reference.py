"""`reference`: made from the classes, complete, and the page in docs is what it prints."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, loads
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, field_names
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.fields import REQUIRED
from tests.command import run

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


def test_the_page_is_current(update_golden: bool) -> None:
    text = run("reference", "--format", "markdown").out
    if update_golden:
        PAGE.write_text(text, encoding="utf-8")
    current = PAGE.read_text(encoding="utf-8") == text  # a page as a failure's text would be no help
    assert current, "pytest --update-golden rewrites it"


@pytest.mark.parametrize("name", TYPES)
def test_a_type_in_markdown_has_its_rows_of_the_page(name: str) -> None:
    head, *lines = run("reference", name, "--format", "markdown").out.splitlines()
    assert head == f"## {name}"
    rows = [line for line in lines if line.startswith("| `")]
    for field in TYPES[name].all_fields():
        assert any(row.startswith((f"| `{field.name}`", f"| `{field.name} (main)`")) for row in rows)
    assert set(rows) <= set(PAGE.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_its_fields_and_says_what_is_counted(name: str) -> None:
    result = run("reference", name)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == name
    for field in TYPES[name].all_fields():
        assert any(line.startswith(field.name) for line in lines)
    if name in LAYERS:
        assert any(line.startswith("counted") for line in lines)
    else:
        assert any(line.startswith("made of") for line in lines)


def test_types_fields_and_common_keys_are_three_disjoint_sets() -> None:
    assert set(TYPES) & field_names() == {"expand", "linear"}  # fields of other types, which an item tells apart
    assert not set(TYPES) & set(COMMON_KEYS)
    assert not field_names() & set(COMMON_KEYS)


def test_every_type_is_in_the_overview() -> None:
    out = run("reference").out
    for name, type_ in TYPES.items():
        head = f"{name}: {type_.main.name}" if type_.main else name
        assert any(line.startswith(head) for line in out.splitlines()), name


def test_every_field_and_type_has_a_docstring() -> None:
    for type_ in TYPES.values():
        assert type_.__doc__
        for field in type_.all_fields():
            assert field.doc
            assert field.kind.wants != "a value"
            assert field.default is REQUIRED or field.default_text


def test_another_frameworks_name_gets_a_suggestion() -> None:
    result = run("reference", "Conv2d")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: no type named 'Conv2d': did you mean 'conv'?\n"


def test_it_is_written_to_files(tmp_path: Path) -> None:
    result = run("reference", "conv", "--output", "conv.md", "--output", "text=conv.rst", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert (tmp_path / "conv.md").read_text(encoding="utf-8") == run("reference", "conv", "--format", "markdown").out
    assert (tmp_path / "conv.rst").read_text(encoding="utf-8") == result.out == run("reference", "conv").out
    wrong = run("reference", "--output", "conv.json", cwd=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "the ending names no format: write FORMAT=PATH, with text, markdown" in wrong.err


@pytest.mark.parametrize("name", TYPES)
def test_the_example_of_a_type_is_right(name: str) -> None:
    lines = run("reference", name, "--format", "markdown").out.replace("\\", "").splitlines()
    example = next(line.removeprefix("Example: ") for line in lines if line.startswith("Example: "))
    assert name in example
    channels, sides = 1 if name == "embedding" else 16, 1 if name == "linear" else 16
    analysis = analyze(loads(f"input: [{channels}, {sides}, {sides}]\nlayers:\n  {example}\n"))
    assert analysis.layers or name in ("identity", "sequential")
