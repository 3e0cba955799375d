"""The bundled architectures as tables: what each network costs, and every published figure beside the exact one."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dsconv_cost.costs.accuracy import published_top1
from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Figures
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.limits import Amount, Limit
from dsconv_cost.language.published import Published, Quantity
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.layers.values import Value, written
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from dsconv_cost.reports.answer import in_short
from dsconv_cost.reports.table import ACCURACY, EXACT, PLAIN, TEXT, Cell, Column, Report, Table
from dsconv_cost.sources import bundled
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert, near

_NETWORK_COLUMNS = (
    Column("family", "family", TEXT),
    Column("variant", "variant", TEXT),
    Column("settings", "settings", TEXT),
    Column("input", "input", TEXT, 3),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("top1", "top-1", ACCURACY),
    Column("year", "year", PLAIN, 2),
    Column("name", "network", TEXT, 1),
)
_PUBLISHED_COLUMNS = (
    Column("family", "family", TEXT),
    Column("variant", "variant", TEXT, 4),
    Column("settings", "settings", TEXT, 3),
    Column("form", "form", TEXT, 1),
    Column("metric", "figure", TEXT),
    Column("published", "published", TEXT),
    Column("computed", "computed", EXACT, 2),
    Column("verdict", "verdict", TEXT, colors={"agrees": "green", "differs": "yellow"}),
    Column("source", "source", TEXT, 0),
    Column("reason", "reason", TEXT, below=True),
)
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")


class Limits(NamedTuple):
    """The networks that `list` keeps, and their order."""

    families: tuple[str, ...] = ()
    limits: Sequence[Limit] = ()
    """Of params and MACs."""
    sort: str = "name"
    top: int | None = None


class _Family:
    """One bundled file, read once; its networks are made once for each choice of hyperparameters."""

    def __init__(self, name: str) -> None:
        self.name = name
        path = bundled.find(name)
        assert path is not None
        text = Path(path).read_text(encoding="utf-8")
        self.spec, problems = read_spec(text, f"{name}.yaml", name)
        if problems:
            raise InputError(f"{name}.yaml", problems, text)
        self._networks: dict[tuple[tuple[str, Value], ...], Network] = {}

    def architecture(self, variant: str | None, settings: dict[str, Value]) -> Architecture:
        return Architecture(self.spec, f"{self.name}.yaml", True, variant, choose(self.spec, variant, settings))

    def network(self, architecture: Architecture) -> Network:
        key = tuple(architecture.hyperparameters.items())
        network = self._networks.get(key)
        if network is None:
            network = self._networks[key] = elaborate(architecture)
        return network


def _families(names: tuple[str, ...]) -> Iterator[_Family]:
    known = bundled.names()
    for name in names:
        if name not in known:
            raise UsageError(f"no bundled architecture named '{inert(name)}'{near(name, known)}")
    for name in names or known:
        yield _Family(name)


# -- networks -------------------------------------------------------------------------------------


class _Point(NamedTuple):
    variant: str | None
    settings: dict[str, Value]


def _points(spec: Spec) -> list[_Point]:
    """Return the networks of a file: its default, its variants, and the settings that its sources print figures for."""
    defaults = {h.name: h.default for h in spec.hyperparameters.values()}
    points = [] if None in defaults.values() else [_Point(None, {})]
    points += [_Point(variant, {}) for variant in spec.variants]
    points += [_Point(p.variant, p.set) for p in spec.published if p.set]
    by_settings: dict[tuple[tuple[str, object], ...], _Point] = {}
    for point in points:
        chosen = {**defaults, **(spec.variants[point.variant] if point.variant else {}), **point.settings}
        key = tuple(chosen.items())
        # A variant names the network better than the bare file does, and both do than settings.
        if key not in by_settings or (
            by_settings[key].variant is None and not by_settings[key].settings and point.variant is not None
        ):
            by_settings[key] = point if key not in by_settings or not point.settings else by_settings[key]
    return list(by_settings.values())


def catalogue(limits: Limits) -> Report:
    """Return a row for every bundled network within the limits, as written."""
    rows: list[tuple[Cell, ...]] = []
    count = 0
    for family in _families(limits.families):
        for point in _points(family.spec):
            count += 1
            architecture = family.architecture(point.variant, point.settings)
            network = family.network(architecture)
            form = Form(network, DEFAULT)
            figures = form.total
            if any(_exceeds(figures, limit) for limit in limits.limits):
                continue
            rows.append(
                (
                    family.name, point.variant or "", settings_text(point.settings), str(network.input), figures.params,
                    figures.macs, _top1(architecture, form), _year(family.spec), architecture.name,
                )
            )  # fmt: skip
    if limits.sort != "name":
        at = next(i for i, column in enumerate(_NETWORK_COLUMNS) if column.key == limits.sort)
        upwards = limits.sort in ("params", "macs")
        known = [row for row in rows if row[at] is not None]
        known.sort(key=lambda row: row[at], reverse=not upwards)  # type: ignore[arg-type,return-value]  # one kind a column
        rows = known + [row for row in rows if row[at] is None]
    notes = [
        ("use", "analyze FAMILY, FAMILY:VARIANT, with --set NAME=VALUE for each of the settings"),
        ("convention", f"{DEFAULT.name} {DEFAULT.version}: {DEFAULT.summary}"),
        ("top-1", "per cent on ImageNet, as printed by the source; - where it prints none"),
    ]
    if limits.top is not None and limits.top < len(rows):
        notes.insert(0, ("rows", f"{limits.top} of {len(rows)} shown"))
    kept = f"{len(rows)} of {count}" if len(rows) < count else str(count)
    return Report(f"{kept} bundled networks", [Table("architectures", _NETWORK_COLUMNS, rows[: limits.top])], notes)


_FAMILY_COLUMNS = (
    Column("family", "family", TEXT),
    Column("networks", "networks", EXACT, 2),
    Column("params", "params", TEXT),
    Column("macs", "MACs", TEXT),
    Column("top1", "top-1", TEXT, 1),
    Column("year", "year", PLAIN, 0),
)


def families() -> Report:
    """Return a row for every bundled family, with the ranges of its networks."""
    whole = catalogue(Limits())
    keys = [column.key for column in _NETWORK_COLUMNS]
    by_family: dict[Cell, list[dict[str, Cell]]] = {}
    for row in whole.tables[0].rows:
        by_family.setdefault(row[0], []).append(dict(zip(keys, row, strict=True)))
    rows: list[tuple[Cell, ...]] = []
    for family, networks in by_family.items():
        ranges = [_range([one[key] for one in networks], key) for key in ("params", "macs", "top1")]
        rows.append((family, len(networks), *ranges, networks[0]["year"]))
    notes = [("use", "list FAMILY shows its networks; --sort, --top and limits show those of all families")]
    title = f"{len(rows)} families of bundled networks, {len(whole.tables[0].rows)} networks"
    return Report(title, [Table("families", _FAMILY_COLUMNS, rows)], [*notes, *whole.notes[1:]])


def _range(values: Sequence[Cell], key: str) -> str | None:
    """Return the smallest and the largest of some figures in words."""
    known = [value for value in values if isinstance(value, int | float)]
    if not known:
        return None
    ends = dict.fromkeys(f"{end:.1f}" if key == "top1" else in_short(int(end)) for end in (min(known), max(known)))
    return " to ".join(ends)


def _exceeds(figures: Figures, limit: Limit) -> bool:
    return limit.max is not None and Amount("", getattr(figures, limit.metric.name)).above(limit.max)


def _top1(architecture: Architecture, form: Form) -> float | None:
    entry = published_top1(architecture, form)
    return float(entry.top1) if entry is not None and entry.top1 else None


def _year(spec: Spec) -> int | None:
    match = _YEAR.search(spec.source)
    return int(match.group()) if match else None


def settings_text(settings: dict[str, Value]) -> str:
    """Return settings as they are written behind --set."""
    return " ".join(f"{name}={written(value)}" for name, value in settings.items())


# -- published figures ----------------------------------------------------------------------------


class PublishedFigure(NamedTuple):
    """One published figure beside the exact count."""

    entry: Published
    metric: str
    printed: Quantity
    computed: int

    @property
    def agrees(self) -> bool:
        return self.printed.agrees(self.computed)

    @property
    def reason(self) -> str | None:
        return self.entry.differs.get(self.metric)


def verdicts(name: str) -> list[PublishedFigure]:
    """Return every published figure of a bundled file beside the exact count."""
    return _verdicts(_Family(name))


def _verdicts(family: _Family) -> list[PublishedFigure]:
    verdicts: list[PublishedFigure] = []
    for entry in family.spec.published:
        figures = _figures(family, entry)
        verdicts += [
            PublishedFigure(entry, metric, q, getattr(figures, metric)) for metric, q in entry.figures().items()
        ]
    return verdicts


def _figures(family: _Family, entry: Published) -> Figures:
    network = family.network(family.architecture(entry.variant, entry.set))
    if entry.form == "standard":
        network = standard_form(network).network
    elif entry.form == "separable":
        network = separable_form(network).network
    return Form(network, convention_named(entry.convention or DEFAULT.name)).total


def published_table(limits: Limits) -> Report:
    """Return every published figure of the bundled files with the exact count and whether they agree."""
    rows: list[tuple[Cell, ...]] = []
    agreeing = 0
    for family in _families(limits.families):
        for verdict in _verdicts(family):
            entry = verdict.entry
            agreeing += verdict.agrees
            rows.append(
                (
                    family.name, entry.variant or "", settings_text(entry.set), entry.form.replace("_", " "),
                    {"params": "params", "macs": "MACs", "flops": "FLOPs"}[verdict.metric], verdict.printed.text,
                    verdict.computed, "agrees" if verdict.agrees else "differs", inert(entry.source),
                    inert(verdict.reason or ""),
                )
            )  # fmt: skip
    notes = [
        (
            "agrees",
            "the exact count rounds, floors or ceils to the digits printed; where it does not, the file says why",
        )
    ]
    title = f"{len(rows)} published figures: {agreeing} agree, {len(rows) - agreeing} differ for a reason that is given"
    return Report(title, [Table("published", _PUBLISHED_COLUMNS, rows)], notes)
