"""Reports as lines for a terminal: which columns are shown, how wide they are, and where everything is.

No line is wider than the terminal and nothing is cut: text wraps, columns are dropped in a stated order and are named.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from dsconv_cost.formats import marks
from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.numbers import column_texts
from dsconv_cost.reports.table import BAR, MARK, TEXT, Cell, Column, Portion, Report, Table
from dsconv_cost.text import width, wrap

Span = tuple[str, str]
"""Text and its style: bold, dim, a colour, or empty."""
Line = list[Span]

GAP = 2
"""Spaces between columns."""
READABLE = 24
"""Text that is wider may be wrapped before a column is dropped, but not to less."""
SHORTEST_BAR, LONGEST_BAR = 5, 20
PAGE, WIDE_PAGE = 100, 160
"""How wide remarks get off a terminal, and tables before their text wraps there."""
LONG = 60
"""Text that is wider is wrapped in a wide table off a terminal."""
LEAST_TEXT = 8
"""How narrow a column of text may get before the columns behind it are dropped."""


def report_lines(report: Report, screen: Screen) -> Iterator[Line]:
    """Yield the lines of a report. None ends in a space."""
    columns = screen.columns
    layouts = [_Layout(table, screen) for table in report.tables if table.rows]
    for index, sentence in enumerate((report.headline, *report.answer)):
        for part in wrap(sentence, columns) if columns else [sentence]:
            yield [(part, "" if index else "bold")]
    visible = {layout.table.columns[index].key for layout in layouts for index in layout.shown}
    notes = [note for note in report.notes if note[0] not in report.legends or visible & set(report.legends[note[0]])]
    for layout in layouts:
        yield []
        yield from layout.head()
        if columns is None:  # on a terminal the titles are bold
            yield [(("\u2500" if screen.utf8 else "-") * layout.total, "")]
        yield from layout.rows()
    more = [[(text, "")] for text in report.more]
    if terms := ", ".join(text for key, text in report.terms.items() if key in visible):
        more.insert(0, [(terms, "")])
    if dropped := dict.fromkeys(title for layout in layouts for title in layout.dropped_titles()):
        more.append([(f"not shown: {', '.join(dropped)}", "")])
    marked: Line = [span for layout in layouts for span in layout.legend()]
    if report.legend and marked:
        more = [[*marked, (report.legend, "")], *more]
    if notes or (more and columns is None):  # a small terminal has no line to lose
        yield []
    yield from _note_lines(notes, columns)
    yield from _packed(more, columns or PAGE)


def _note_lines(notes: Sequence[tuple[str, str]], columns: int | None) -> Iterator[Line]:
    label_width = max((width(label) for label, _ in notes), default=0) + GAP
    own_lines = columns is not None and columns - label_width < READABLE
    for label, text in notes:
        if own_lines:
            yield [(label, "bold")]
        indent = GAP if own_lines else label_width
        lines = wrap(text, columns - indent) if columns else [text]
        for index, line in enumerate(lines):
            head = label if index == 0 and not own_lines else ""
            yield [((head + " " * (indent - width(head)) + line).rstrip(), "")]


def _packed(parts: Sequence[Line], columns: int) -> Iterator[Line]:
    """Yield lines of as many parts as they have room for, with bars between them."""
    bar: Span = (" | ", "")
    line: Line = []
    for part in parts:
        joined: Line = [*line, bar, *part] if line else part
        if not line or _width(joined) <= columns:
            line = joined
            continue
        yield from _broken(line, columns)
        line = part
    if line:
        yield from _broken(line, columns)


def _broken(line: Line, columns: int) -> Iterator[Line]:
    if _width(line) <= columns:
        yield _joined(line)
    else:
        yield from ([(part, "")] for part in wrap("".join(text for text, _ in line), columns))


def _width(line: Line) -> int:
    return sum(width(text) for text, _ in line)


class _Layout:
    """Which columns of a table are shown, and how wide they are."""

    def __init__(self, table: Table, screen: Screen) -> None:
        self.table = table
        self.screen = screen
        self.texts = column_texts(table)
        self.shown = [i for i, c in enumerate(table.columns) if c.values not in (BAR, MARK) or screen.columns]
        self.dropped: list[Column] = []
        self._largest: dict[int, float] = {
            i: max((cell.share for row in table.rows if isinstance(cell := row[i], Portion)), default=0)
            for i in self.shown
            if table.columns[i].values == BAR
        }
        self.natural = [self._natural(i) for i in range(len(table.columns))]
        self.widths = list(self.natural)
        self._below: list[int] = []
        """Columns whose text is below the rows."""
        if self.total > (screen.columns or WIDE_PAGE):
            self._below = [index for index in self.shown if table.columns[index].below]
            self.shown = [index for index in self.shown if index not in self._below]
            self._fit()

    def _natural(self, index: int) -> int:
        """Return how wide a column is that has all the room it needs."""
        column = self.table.columns[index]
        if column.values in (BAR, MARK):
            return LONGEST_BAR if column.values == BAR else 1
        return _widest([column.title, *self.texts[index].values()])

    def _least(self, index: int) -> int:
        """Return how narrow a column may get before another is dropped."""
        column = self.table.columns[index]
        if column.values == BAR:
            return SHORTEST_BAR
        readable = READABLE if self.screen.columns else LONG
        if column.values != TEXT or self.natural[index] <= readable:
            return self.natural[index]
        words = [word for text in (column.title, *self.texts[index].values()) for word in text.split()]
        return max(readable, _widest(words))

    @property
    def total(self) -> int:
        gaps = sum(self._gap(index) for index in self.shown[1:])
        return sum(self.widths[index] for index in self.shown) + gaps

    def _gap(self, index: int) -> int:
        """Return how many spaces are before a column."""
        before = index - 1
        return 1 if before in self.shown and self.table.columns[before].values in (MARK, BAR) else GAP

    def _fit(self) -> None:
        """Drop columns until the others fit, none of them off a terminal, then give the text what is left."""
        self.widths = [self._least(index) for index in range(len(self.widths))]
        if self.screen.columns is not None:
            self._drop_until(self.screen.columns)
        # The widest column gets what the others leave.
        for index in sorted(self.shown, key=lambda index: self.natural[index]):
            free = (self.screen.columns or WIDE_PAGE) - self.total
            self.widths[index] += max(0, min(free, self.natural[index] - self.widths[index]))

    def _drop_until(self, columns: int) -> None:
        """Drop columns until the others fit, with what is left of them broken as far as it must be."""
        order = sorted((c.drop, i) for i, c in enumerate(self.table.columns) if c.drop is not None)
        while self.total > columns and order:
            self._drop(order.pop(0)[1])
        while self.total > columns and self._shrink_text():
            pass
        while self.total > columns and len(self.shown) > 1:
            self._drop(self.shown[-1])
        if self.total > columns:
            self.widths[self.shown[0]] = columns

    def _shrink_text(self) -> bool:
        """Make the widest column of text one narrower; return whether there is one."""
        texts = [i for i in self.shown if self.table.columns[i].values == TEXT and self.widths[i] > LEAST_TEXT]
        if texts:
            self.widths[max(texts, key=lambda index: self.widths[index])] -= 1
        return bool(texts)

    def _drop(self, index: int) -> None:
        if index in self.shown:
            self.shown.remove(index)
            if self.table.columns[index].values not in (BAR, MARK):
                self.dropped.append(self.table.columns[index])

    def dropped_titles(self) -> list[str]:
        """Return what the columns are called that the terminal has no room for."""
        return [self._title_of(column) for column in self.dropped]

    def _title_of(self, column: Column) -> str:
        if not column.title:
            return f"change of {column.key.split('_')[0]}"
        same = [c for c in self.table.columns if c.title == column.title]
        before = self.table.columns[self.table.columns.index(column) - 1]
        return f"{before.title} {column.title}" if len(same) > 1 else column.title

    def legend(self) -> Line:
        """Return the marks of the kinds in the table."""
        at = [index for index in self.shown if self.table.columns[index].values == MARK]
        kinds = sorted({str(row[index]) for row in self.table.rows for index in at if row[index]}, key=marks.place)
        line: Line = []
        for kind in kinds:
            line += [(marks.glyph(kind, self.screen.utf8), marks.color(kind)), (f" {kind} ", "")]
        return line

    def head(self) -> Iterator[Line]:
        """Yield the titles."""
        yield from self._lines([(self.table.columns[index].title, "bold") for index in self.shown])

    def rows(self) -> Iterator[Line]:
        """Yield the lines of each row."""
        lead, *others = self.shown

        @cache  # a long table repeats few rows but for their names
        def rest(cells: tuple[Cell, ...], costly: bool) -> Line:
            return _joined(
                span
                for index in others
                for span in [
                    (" " * self._gap(index), ""),
                    *self._padded(index, *self._cell(index, cells[index - lead - 1], costly)),
                ]
            )

        tight = bool(self._below) or any(self.widths[index] < self.natural[index] for index in self.shown)
        standing_out = frozenset(self.table.costly)
        for number, row in enumerate(self.table.rows):
            costly = number in standing_out
            if tight:
                yield from self._lines([self._cell(index, row[index], costly) for index in self.shown])
                for index in self._below:
                    text, style = self._cell(index, row[index], costly)
                    for line in wrap(text, (self.screen.columns or WIDE_PAGE) - 2 * GAP) if text else []:
                        yield [(" " * 2 * GAP, ""), (line, style)]
            else:
                first = self._padded(lead, *self._cell(lead, row[lead], costly))
                yield _stripped(_joined([*first, *rest(row[lead + 1 :], costly)]))

    def _lines(self, cells: Sequence[Span]) -> Iterator[Line]:
        """Yield the lines of some cells, of which each may need several."""
        parts = [
            wrap(text, self.widths[index]) if width(text) > self.widths[index] else [text]
            for index, (text, _) in zip(self.shown, cells, strict=True)
        ]
        for at in range(max(map(len, parts))):
            line: Line = []
            for place, (index, (_, style)) in enumerate(zip(self.shown, cells, strict=True)):
                text = parts[place][at] if at < len(parts[place]) else ""
                line += [(" " * self._gap(index) if place else "", ""), *self._padded(index, text, style)]
            yield _stripped(_joined(line))

    def _cell(self, index: int, value: Cell, costly: bool) -> Span:
        """Return the text of a cell and its style."""
        column = self.table.columns[index]
        if column.values == MARK:
            return marks.glyph(str(value), self.screen.utf8), marks.color(str(value))
        if isinstance(value, Portion):
            text = marks.bar(value.share, self._largest[index], self.widths[index], self.screen.utf8)
            return text, marks.color(value.kind)
        text = self.texts[index][value]
        color = None if value is None else column.colors.get(text) or column.colors.get(text[:1])
        return text, color or ("bold" if costly else "")

    def _padded(self, index: int, text: str, style: str) -> Line:
        """Return a text as wide as its column; its style goes to the text alone."""
        free = " " * (self.widths[index] - width(text))
        left = self.table.columns[index].values in (TEXT, BAR, MARK)
        return [(text, style), (free, "")] if left else [(free, ""), (text, style)]


def _joined(spans: Iterable[Span]) -> Line:
    """Return spans with neighbours of one style joined."""
    line: Line = []
    for text, style in spans:
        if line and line[-1][1] == style:
            line[-1] = line[-1][0] + text, style
        elif text:
            line.append((text, style))
    return line


def _stripped(line: Line) -> Line:
    """Return a line that does not end in a space."""
    while line and not line[-1][0].rstrip():
        line = line[:-1]
    return [*line[:-1], (line[-1][0].rstrip(), line[-1][1])] if line else line


def _widest(texts: list[str]) -> int:
    # Names differ from row to row: counting the columns of each one in turn would take longer than the rest.
    return max(map(len if all(map(str.isascii, texts)) else width, texts))
