"""The bundled architectures as tables: what each network costs, and every published figure beside the exact one."""

from collections.abc import Sequence

from dsconv_cost.costs.catalogue import BundledNetwork, Wanted, catalogue, published
from dsconv_cost.costs.charges import Convention
from dsconv_cost.layers.values import Value, written
from dsconv_cost.network.graph import sizes_text
from dsconv_cost.reports.answer import in_short
from dsconv_cost.reports.memory_rules import memory_facts, memory_notes_of
from dsconv_cost.reports.table import ACCURACY, EXACT, PLAIN, TEXT, Cell, Column, Report, Table, convention_note
from dsconv_cost.text import inert, listing, shown

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
_FAMILY_COLUMNS = (
    Column("family", "family", TEXT),
    Column("networks", "networks", EXACT, 2),
    Column("params", "params", TEXT),
    Column("macs", "MACs", TEXT),
    Column("top1", "top-1", TEXT, 1),
    Column("year", "year", PLAIN, 0),
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
_TITLES = {"params": "params", "macs": "MACs", "flops": "FLOPs"}


def networks_report(wanted: Wanted) -> Report:
    """Return a row for every bundled network within the limits, as written."""
    chosen = catalogue(wanted)
    rows: list[tuple[Cell, ...]] = [
        (
            one.family, one.variant or "", settings_text(one.settings), sizes_text(one.inputs), one.params, one.macs,
            *(one.memory.of(metric) for metric in wanted.memory), one.top1, one.year, one.title,
        )
        for one in chosen.networks
    ]  # fmt: skip
    at = next(index for index, column in enumerate(_NETWORK_COLUMNS) if column.key == "top1")
    memory = [Column(metric, f"{metric} bytes", EXACT) for metric in wanted.memory]
    columns = (*_NETWORK_COLUMNS[:at], *memory, *_NETWORK_COLUMNS[at:])
    notes = [("use", "analyze FAMILY, FAMILY:VARIANT, with --set NAME=VALUE for each of the settings")]
    if chosen.kept > len(rows):
        notes.insert(0, ("rows", f"{len(rows)} of {chosen.kept} shown"))
    count = f"{chosen.kept} of {chosen.total}" if chosen.kept < chosen.total else str(chosen.total)
    plural = "" if count == "1" else "s"
    notes += memory_notes_of(wanted.memory, wanted.memory_bits)
    notes += _notes(wanted.convention, chosen.networks)
    table = Table("architectures", columns, rows)
    of = f" of {listing([shown(name) for name in wanted.names], 3)}" if wanted.names else ""
    facts = {**_facts(wanted.convention), **memory_facts(wanted.memory, wanted.memory_bits)}
    return Report(f"{count} bundled network{plural}{of}", [table], notes, facts)


def families_report(convention: Convention) -> Report:
    """Return a row for every bundled family, with the ranges of its networks."""
    networks = catalogue(Wanted(convention=convention)).networks
    by_family: dict[str, list[BundledNetwork]] = {}
    for one in networks:
        by_family.setdefault(one.family, []).append(one)
    rows: list[tuple[Cell, ...]] = [
        (family, len(own), *(_range([getattr(one, key) for one in own], key) for key in ("params", "macs", "top1")), own[0].year)
        for family, own in by_family.items()
    ]  # fmt: skip
    notes = [("use", "list FAMILY shows its networks; --sort, --top and limits show those of all families")]
    title = f"{len(rows)} families of bundled networks, {len(networks)} networks"
    return Report(
        title, [Table("families", _FAMILY_COLUMNS, rows)], [*notes, *_notes(convention, networks)], _facts(convention)
    )  # fmt: skip


def _notes(convention: Convention, networks: Sequence[BundledNetwork]) -> list[tuple[str, str]]:
    unmeasured = [one.name for one in networks if one.unmeasured]
    notes = [
        (
            "unmeasured",
            f"{listing(unmeasured)}: with layers that {convention.name} was not measured with, counted as macs counts them",
        )
    ]
    return [
        *(notes if unmeasured else []),
        convention_note(convention),
        ("top-1", "per cent on ImageNet, as printed by the source; - where it prints none"),
    ]


def _facts(convention: Convention) -> dict[str, object]:
    return {"convention": {"name": convention.name, "version": convention.version}}


def _range(values: Sequence[float | None], key: str) -> str | None:
    """Return the smallest and the largest of some figures in words."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    ends = dict.fromkeys(f"{end:.1f}" if key == "top1" else in_short(int(end)) for end in (min(known), max(known)))
    return " to ".join(ends)


def settings_text(settings: dict[str, Value]) -> str:
    """Return settings as they are written behind --set."""
    return " ".join(f"{name}={written(value)}" for name, value in settings.items())


def published_report(names: tuple[str, ...]) -> Report:
    """Return every published figure of the bundled files with the exact count and whether they agree."""
    figures = list(published(names))
    rows: list[tuple[Cell, ...]] = [
        (
            family, figure.entry.variant or "", settings_text(figure.entry.set), figure.entry.form.replace("_", " "),
            _TITLES[figure.metric], figure.printed.text, figure.computed, "agrees" if figure.agrees else "differs",
            inert(figure.entry.source), inert(figure.reason or ""),
        )
        for family, figure in figures
    ]  # fmt: skip
    agreeing = sum(figure.agrees for _, figure in figures)
    note = "the exact count rounds, floors or ceils to the digits printed; where it does not, the file says why"
    title = f"{len(rows)} published figures: {agreeing} agree, {len(rows) - agreeing} differ for a reason that is given"
    return Report(title, [Table("published", _PUBLISHED_COLUMNS, rows)], [("agrees", note)])
