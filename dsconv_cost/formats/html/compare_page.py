"""The page of `compare`: networks between their costs, with the Pareto front, a row of bars for each, and every figure."""

from collections.abc import Callable, Iterator, Sequence

from dsconv_cost.costs.comparison import Comparison, NetworkCosts, dominators
from dsconv_cost.formats.html.network_dots import TOP1_AXIS, dot_tip, network_panels
from dsconv_cost.formats.html.page import PageSection, note_list, page
from dsconv_cost.formats.html.patterns import legend
from dsconv_cost.formats.html.row_bars import BarColumn, BarRows, row_bars
from dsconv_cost.formats.html.scatter import MOST_NAMED, scatter
from dsconv_cost.formats.html.svg import FIGURE_WIDTH, framed, svg_figure
from dsconv_cost.formats.html.tables import data_table, filter_tools
from dsconv_cost.formats.numbers import percent
from dsconv_cost.reports.answer import in_short
from dsconv_cost.reports.compare import ComparisonView, comparison_report, in_order, pareto_words
from dsconv_cost.text import inert

_HEIGHT = 440
MOST_BARS = 400
_FRONT = legend(
    [("k-pointwise", "no other is at least as good in both, and better in one"), ("k-pointwise hollow", "another is")]
)


def comparison_page(comparison: Comparison, view: ComparisonView) -> str:
    """Return the page of networks side by side, in the order of a view; it has every column."""
    how = view._replace(front=view.front or (), columns=(), every=True, brief=False)
    report = comparison_report(comparison.networks, comparison.base, comparison.convention, how)
    table = report.tables[0]
    sections = [
        *_plots(comparison),
        _bars(in_order(comparison.networks, comparison.base, view.sort)[:MOST_BARS], len(comparison.networks)),
        PageSection(
            "table", "All figures", "",
            [filter_tools("network-tools", "networks"), data_table(table, f"{len(table.rows):,} networks", tools="network-tools")],
        ),
        PageSection("how", "How it was counted", "", [note_list(report.notes)]),
    ]  # fmt: skip
    return page(report.headline, sections, answer=_answer(comparison, how))


def _answer(comparison: Comparison, how: ComparisonView) -> Iterator[str]:
    networks = comparison.networks
    if len(networks) > 1:
        for what, of in (("MACs", lambda one: one.macs), ("params", lambda one: one.params)):
            yield _extremes(networks, what, of)
        accurate = [network for network in networks if network.top1 is not None]
        if accurate:
            best = max(accurate, key=lambda network: network.top1 or 0)
            yield f"Highest published top-1: {inert(best.label)}, {best.top1:g} % with {in_short(best.macs)} MACs."
        beaten = dominators(networks, how.front or ())
        front = [inert(network.label) for network, other in zip(networks, beaten, strict=True) if other is None]
        if len(front) <= 12:
            yield f"On the Pareto front of {pareto_words(networks, how.front or ())}: {', '.join(front)}."


def _extremes(networks: Sequence[NetworkCosts], what: str, of: Callable[[NetworkCosts], int]) -> str:
    least, most = min(networks, key=of), max(networks, key=of)
    if of(least) == of(most):
        return f"{what}: {in_short(of(least))} in all of them."
    times = f", {of(most) / of(least):,.1f}x as many" if of(least) else ""
    return f"Fewest {what}: {inert(least.label)}, {in_short(of(least))}; most: {inert(most.label)}, {in_short(of(most))}{times}."


def _plots(comparison: Comparison) -> Iterator[PageSection]:
    panels = list(network_panels(comparison, ("peak",), marks=True))
    for panel in sorted(panels, key=lambda one: one.axes[1] is not TOP1_AXIS):
        name = panel.title.split()[0]
        plot, end = scatter(panel.dots, panel.axes, (FIGURE_WIDTH, _HEIGHT))
        words = "; ".join(f"{dot.name} {dot.x:,.0f} MACs and {dot.y:,g}" for dot in panel.dots)
        lead = "Less is better in both." if not panel.axes[1].more_is_better else (
            "Top-1 as printed by each network's source, on its data set. Up and to the left is better."
        )  # fmt: skip
        if len(panel.dots) > MOST_NAMED:
            lead += f" Of more than {MOST_NAMED} networks, those on the front are named."
        figure = framed(svg_figure(f"plot-{name}", (FIGURE_WIDTH, end + 6), panel.title, words, plot))
        yield PageSection(f"by-{name}", panel.title[0].upper() + panel.title[1:], lead, [_FRONT, figure])


def _bars(networks: Sequence[NetworkCosts], count: int) -> PageSection:
    pieces = [
        ("k-depthwise", "depthwise"),
        ("k-pointwise", "pointwise"),
        ("k-other", "all other convolutions and products"),
    ]
    macs = [
        [
            ("k-depthwise", one.depthwise),
            ("k-pointwise", one.pointwise),
            ("k-other", one.macs - one.depthwise - one.pointwise),
        ]
        for one in networks
    ]
    columns = [
        BarColumn("MACs", macs, [in_short(one.macs) for one in networks]),
        BarColumn(
            "params", [[("f-other", one.params)] for one in networks], [in_short(one.params) for one in networks]
        ),
        BarColumn(
            "peak bytes", [[("f-other", one.peak)] for one in networks], [f"{in_short(one.peak)}" for one in networks]
        ),
    ]
    if any(one.top1 is not None for one in networks):
        words = ["-" if one.top1 is None else f"{one.top1:g}" for one in networks]
        columns.append(BarColumn("top-1, per cent", [[("f-other faint", one.top1 or 0)] for one in networks], words))
    tips = [_tip(one) for one in networks]
    rows, end = row_bars(BarRows([inert(one.label) for one in networks], columns, tips=tips), 0, FIGURE_WIDTH, 0)
    desc = "A row for each network; the numbers are in the table below."
    lead = "On one scale in each column." + (
        f" The first {len(networks)} of {count:,}." if len(networks) < count else ""
    )
    figure = framed(svg_figure("bars", (FIGURE_WIDTH, end + 2), "A row each", desc, rows))
    return PageSection("rows", "A row each", lead, [legend(pieces), figure])


def _tip(network: NetworkCosts) -> str:
    shares = [
        f"{percent(macs / network.macs, 1)} {kind}"
        for kind, macs in (("depthwise", network.depthwise), ("pointwise", network.pointwise))
        if network.macs and macs
    ]
    memory = f"{network.peak:,} bytes at the peak, {network.flash:,} of flash"
    return "\n".join([dot_tip(network), *([", ".join(shares)] if shares else []), memory])
