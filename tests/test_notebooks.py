"""The notebooks in docs/: every code cell is run, and shows the output that is stored with it."""

import ast
import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs").glob("*.ipynb"))


def outputs_of(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell and return what a notebook would store: what it prints, and the value of its last expression."""
    tree = ast.parse(source)
    last: ast.Expression | None = None
    match tree.body:
        case [*others, ast.Expr(value=expression)]:
            tree.body, last = others, ast.Expression(expression)
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        if last is not None:
            value = eval(compile(last, "<cell>", "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines_of(printed.getvalue())})
    if value is not None:
        data = {"text/plain": lines_of(repr(value))}
        if hasattr(value, "_repr_html_"):
            data = {"text/html": lines_of(value._repr_html_()), **data}
        outputs.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return outputs


def without_pictures(outputs: list[dict[str, Any]]) -> Any:
    """Return outputs without what pictures hold: it changes with every colour and space of a figure."""
    return json.loads(re.sub(r"data:image/svg\+xml;base64,[\w+/=]+", "", json.dumps(outputs)))


def lines_of(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook(path: Path, update_golden: bool, tmp_path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert (stored["nbformat"], stored["nbformat_minor"]) == (4, 5)
    names: dict[str, Any] = {}
    real = []
    with contextlib.chdir(tmp_path):
        for cell in stored["cells"]:
            assert set(cell) == {"cell_type", "id", "metadata", "source"} | (
                {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
            )
            if cell["cell_type"] == "code":
                real.append(outputs_of("".join(cell["source"]), names))
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert any(output.get("data", {}).get("text/html") for outputs in real for output in outputs)
    if update_golden:
        for cell, outputs in zip(code, real, strict=True):
            cell["outputs"] = outputs
        path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    for cell, outputs in zip(code, real, strict=True):
        assert without_pictures(cell["outputs"]) == without_pictures(outputs), (
            "pytest --update-golden rewrites the outputs:\n" + "".join(cell["source"])
        )


def test_the_check_sees_other_outputs() -> None:
    names: dict[str, Any] = {}
    assert outputs_of("a = 1", names) == []
    assert outputs_of("print(a)\na + 1", names) == [
        {"name": "stdout", "output_type": "stream", "text": ["1\n"]},
        {"data": {"text/plain": ["2"]}, "execution_count": None, "metadata": {}, "output_type": "execute_result"},
    ]
