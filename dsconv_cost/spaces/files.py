"""The files of a sweep: parts that are written whole, the plan beside them, and one file of all."""

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dsconv_cost.errors import OutputError, UsageError
from dsconv_cost.layers.values import Value, written
from dsconv_cost.spaces.columns import Columns, values_of
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.plan import SweepPlan
from dsconv_cost.spaces.space import Cells, Ints
from dsconv_cost.text import inert, spreadsheet_safe

PLAN = "plan.json"
_INSTALL = "install it with: pip install 'dsconv-cost[sweep]'"


def part_name(number: int, form: str) -> str:
    return f"part-{number:05d}.{form}"


# -- tables ---------------------------------------------------------------------------------------


def table_of(axes: Sequence[Axis], points: Ints, figures: Sequence[str], columns: Columns) -> dict[str, Cells]:
    """Return the columns of a file: the settings, then the figures; of `saving` the share."""
    table: dict[str, Cells] = {}
    for index, axis in enumerate(axes):
        key = f"{axis.name}_" if axis.name in figures else axis.name
        table[key] = values_of(axis.values, points[:, index])
    for name in figures:
        table[name] = columns[name] / np.maximum(columns["standard_macs"], 1) if name == "saving" else columns[name]
    return table


def _word(value: Value) -> str:
    return spreadsheet_safe(inert(written(value)))


def _csv_lines(table: dict[str, Cells]) -> Iterable[str]:
    texts: list[list[str]] = []
    for cells in table.values():
        values = cells.tolist()
        if cells.dtype == object or cells.dtype == bool:
            texts.append([str(v) if type(v) is int else _quoted(_word(v)) for v in values])
        else:
            texts.append(list(map(repr, values)))
    return map(",".join, zip(*texts, strict=True))


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(letter in text for letter in ',"\n') else text


def csv_header(names: Iterable[str]) -> str:
    return ",".join(_quoted(spreadsheet_safe(inert(name))) for name in names) + "\n"


def csv_bytes(table: dict[str, Cells]) -> bytes:
    lines = "".join(f"{line}\n" for line in _csv_lines(table)) if len(next(iter(table.values()))) else ""
    return (csv_header(table) + lines).encode()


def arrow_table(table: dict[str, Cells]) -> Any:
    """Return the columns as a table of Arrow. Raises UsageError without pyarrow, or for numbers that it cannot hold."""
    arrow = _arrow()
    arrays = []
    for name, cells in table.items():
        if cells.dtype != object:
            arrays.append(arrow.array(cells))
        elif all(type(value) is int for value in cells.tolist()):
            if any(abs(value) >= 1 << 63 for value in cells.tolist()):
                raise UsageError(f"{inert(name)} is beyond 64 bits at some points: write CSV, which holds any number")
            arrays.append(arrow.array(cells.astype(np.int64)))
        else:
            arrays.append(arrow.array([inert(written(value)) for value in cells.tolist()]))
    return arrow.table(arrays, [inert(name) for name in table])


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(f"Parquet needs pyarrow, which is not installed: {_INSTALL}; or write CSV") from None
    return pyarrow


def check_form(form: str) -> None:
    """Raise UsageError where files of a form cannot be written here."""
    if form == "parquet":
        _arrow()


# -- writing --------------------------------------------------------------------------------------


def write_whole(path: str, data: bytes) -> None:
    """Write a file, completely or not at all. Raises OutputError."""
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise OutputError(f"{inert(path)} cannot be written: {error.strerror}") from None


def table_bytes(table: dict[str, Cells], form: str) -> bytes:
    if form == "csv":
        return csv_bytes(table)
    arrow = _arrow()
    sink = arrow.BufferOutputStream()
    arrow.parquet.write_table(arrow_table(table), sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_part(folder: str, number: int, form: str, table: dict[str, Cells], summary: dict[str, Any]) -> None:
    """Write a part and, when it is there, what is known of it: its being there says that the part is whole."""
    write_whole(os.path.join(folder, part_name(number, form)), table_bytes(table, form))
    write_whole(os.path.join(folder, part_name(number, "json")), (json.dumps(summary) + "\n").encode())


def known_parts(folder: str, plan: SweepPlan) -> dict[int, dict[str, Any]]:
    """Return what is known of the parts that are whole, by their number."""
    there = set(os.listdir(folder))
    known: dict[int, dict[str, Any]] = {}
    for number in range(plan.parts):
        if part_name(number, "json") in there and part_name(number, plan.form) in there:
            with open(os.path.join(folder, part_name(number, "json")), encoding="utf-8") as file:
                known[number] = json.load(file)
    return known


def begin(folder: str, plan: SweepPlan) -> None:
    """Make the folder of a sweep, or find it as it was left. Raises UsageError where another sweep is in it."""
    path = os.path.join(folder, PLAN)
    try:
        if not os.path.isdir(folder):
            os.mkdir(folder)
        there = os.listdir(folder)
    except OSError as error:
        raise OutputError(f"{inert(folder)} cannot be written: {error.strerror}") from None
    if PLAN not in there:
        if any(not name.endswith(".tmp") for name in there):
            raise UsageError(
                f"{inert(folder)} holds files and no {PLAN}: name a folder that is empty or does not exist"
            )
        write_whole(path, plan.document_text.encode())
        return
    try:
        with open(path, encoding="utf-8") as file:
            before = json.load(file)
    except (OSError, ValueError):
        raise UsageError(f"{inert(path)} cannot be read: remove {inert(folder)} to begin anew") from None
    now = json.loads(plan.document_text)
    if before != now:
        others = [name for name in now if not isinstance(before, dict) or before.get(name) != now[name]]
        raise UsageError(
            f"{inert(folder)} holds the parts of another sweep: {', '.join(others)} differ{'s' * (len(others) == 1)}; "
            "name another path, or remove it"
        )


def join_parts(folder: str, plan: SweepPlan, path: str) -> None:
    """Write one file of all parts, in their order."""
    names = [os.path.join(folder, part_name(number, plan.form)) for number in range(plan.parts)]
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        if plan.form == "csv":
            with open(beside, "wb") as whole:
                for index, name in enumerate(names):
                    with open(name, "rb") as part:
                        header = part.readline()
                        whole.write(header if index == 0 else b"")
                        while block := part.read(1 << 20):
                            whole.write(block)
        else:
            arrow = _arrow()
            schema = arrow.parquet.read_schema(names[0])
            with arrow.parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
                for name in names:
                    writer.write_table(arrow.parquet.read_table(name).cast(schema))
        os.replace(beside, path)
    except OSError as error:
        raise OutputError(f"{inert(path)} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def remove(folder: str, plan: SweepPlan) -> None:
    """Remove the parts of a sweep and what is beside them, and the folder if nothing else is in it."""
    names = [PLAN, *(part_name(n, end) for n in range(plan.parts) for end in (plan.form, "json"))]
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(folder, name))
    with contextlib.suppress(OSError):
        os.rmdir(folder)
