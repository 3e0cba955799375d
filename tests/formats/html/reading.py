"""Reads a page as a browser would: its tables, its marks and every raw value that it holds."""

from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"meta", "input", "br", "hr", "link", "img"}


class PageTable:
    """A table: its caption, its heads with their scope, and the text and raw value of every cell."""

    def __init__(self) -> None:
        self.caption = ""
        self.heads: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.values: list[list[str]] = []
        """Raw values: those of data-v, else the text without its separators."""
        self.row_heads: list[str] = []
        self.layers: list[str | None] = []


class Tag(NamedTuple):
    """An element that was opened: its name, its attributes, and the text inside it so far."""

    name: str
    attributes: dict[str, str]
    text: list[str]


class PageReader(HTMLParser):
    """Everything that tests ask of a page; it fails where elements are not nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[PageTable] = []
        self.elements: list[Tag] = []
        """Every element, in the order of their starts, with all text inside."""
        self._open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Tag(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        if tag == "table":
            self.tables.append(PageTable())
        elif tag == "tr" and self._inside("tbody"):
            self.tables[-1].rows.append([])
            self.tables[-1].values.append([])
            self.tables[-1].layers.append(element.attributes.get("data-l"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Tag(tag, {name: value or "" for name, value in attrs}, []))

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        element = self._open.pop()
        assert element.name == tag, f"</{tag}> ends <{element.name}>"
        text = "".join(element.text)
        if tag == "caption":
            self.tables[-1].caption = text
        elif tag == "th" and self._inside("thead"):
            self.tables[-1].heads.append((text, element.attributes["scope"]))
        elif tag in ("th", "td"):
            table = self.tables[-1]
            table.rows[-1].append(text)
            table.values[-1].append(element.attributes.get("data-v", text.replace(",", "")))
            if tag == "th":
                assert element.attributes["scope"] == "row"
                table.row_heads.append(text)

    def layer_rows(self) -> list[dict[str, str]]:
        """Return the raw values of the table of layers, by its heads."""
        table = next(table for table in self.tables if table.heads[0][0] == "#")
        heads = [title for title, _ in table.heads]
        return [dict(zip(heads, row, strict=True)) for row in table.values]

    def _inside(self, tag: str) -> bool:
        return any(element.name == tag for element in self._open)

    def with_class(self, name: str) -> list[Tag]:
        """Return the elements of a class."""
        return [one for one in self.elements if name in one.attributes.get("class", "").split()]


def read_page(text: str) -> PageReader:
    """Return what a page holds. Fails where its elements are not closed in order."""
    reader = PageReader()
    reader.feed(text)
    reader.close()
    assert reader._open == []
    return reader
