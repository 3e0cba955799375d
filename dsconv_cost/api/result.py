"""What all results can do: become plain values, a data frame, and a table in a notebook."""

import os
from abc import ABC, abstractmethod
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import REPORT, Content, Screen, formats_of, text_of
from dsconv_cost.reports.table import Report
from dsconv_cost.text import inert, shown

LIBRARIES = ("pandas", "polars")
"""The libraries that make data frames, in the order they are looked for."""


class UnknownName(UsageError, KeyError):
    """A result was asked for something of a name that nothing in it has."""

    __str__ = Exception.__str__  # that of KeyError puts the message in quotes


class Result(ABC):
    """The answer of one function."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return what the command prints with `--format json`: the same keys and the same exact numbers."""

    @abstractmethod
    def _report(self) -> Report:
        """Return the tables that a notebook shows; the first is the one that becomes a data frame."""

    def _content(self) -> Content:
        """Return what `save` writes, in every format."""
        return Content(REPORT, lambda read_in: self._report())

    def _read(self) -> list[str]:
        """Return the files that the result is of, which no output may take the place of."""
        return []

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:  # noqa: A002  # the option's name
        """Write the result to a file, completely or not at all, as `--output` does: `result.save("report.html")`.

        The ending chooses the format: .html is a page, .svg a picture, .json for programs, .csv, .md, .txt; `format` names another.
        Raises UsageError for one that there is not, OutputError where the file cannot be written.
        """
        from dsconv_cost.formats.outputs import write_all

        content, name = self._content(), os.fspath(path)
        offered = formats_of(content.kind)
        if format is None:
            ending = os.path.splitext(name)[1].lower()
            format = next((one for one, entry in offered.items() if ending in entry.endings), None)  # noqa: A001
            if format is None:
                raise UsageError(f"{inert(name)}: the ending names no format: give format, one of {', '.join(offered)}")
        if format not in offered:
            raise UsageError(f"format: received {shown(str(format))}, expected one of {', '.join(offered)}")
        write_all([(name, text_of(content, format, Screen()))], self._read())

    def _columns(self) -> dict[str, list[Any]]:
        """Return the columns of the data frame."""
        table = self._report().tables[0]
        return {column.key: [row[index] for row in table.rows] for index, column in enumerate(table.columns)}

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the rows as a data frame of pandas or, if only that is installed, of polars; `library` names one of them.

        Raises ImportError where it is not installed.
        """
        return data_frame(self._columns(), library)

    def _repr_html_(self) -> str:
        from dsconv_cost.formats.html_table import report_html

        return report_html(self._report())


def data_frame(columns: dict[str, list[Any]], library: str | None) -> Any:
    """Return columns as a data frame. Raises ImportError where no library is there to make one."""
    if library is not None and library not in LIBRARIES:
        raise ValueError(f"library: received {library!r}, expected {' or '.join(map(repr, LIBRARIES))}")
    wanted = LIBRARIES if library is None else (library,)
    name = next((one for one in wanted if find_spec(one) is not None), None)
    if name is None:
        raise ImportError(f"to_dataframe needs {' or '.join(wanted)}: install one with `pip install {wanted[0]}`")
    return import_module(name).DataFrame({key: _of_one_type(values) for key, values in columns.items()})


def _of_one_type(values: list[Any]) -> list[Any]:
    """Return a column with floats alone where it has integers and floats; polars takes no mixture."""
    types = {type(value) for value in values if value is not None}
    return [value if value is None else float(value) for value in values] if types == {int, float} else values
