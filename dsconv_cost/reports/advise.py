"""What to make separable to keep within budgets: the changes, both plans, and what the network costs with each."""

import os
from collections.abc import Iterator, Sequence

from dsconv_cost.advice.advice import Advice, PlanResult
from dsconv_cost.advice.changes import FLASH_METRIC, PEAK_METRIC, Separation
from dsconv_cost.advice.findings import ARITHMETIC
from dsconv_cost.advice.plan import FEWEST_LAYERS, FEWEST_PARAMS, PLAN_OBJECTIVES
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import BYTES, METRICS
from dsconv_cost.reports.answer import in_short, title_of
from dsconv_cost.reports.table import EXACT, PLAIN, TEXT, Cell, Column, Report, Table, convention_note
from dsconv_cost.text import inert, listing

_AS_IT_IS = "as it is"
_ALL = "all that can change"
_MOST_NAMED = 6


def advise_report(advice: Advice, objective: str, every: bool) -> Report:
    """Return the plans and findings: with `every` as tables of all that is possible, else the plans as tables and findings as notes."""
    return Report(
        f"{title_of(advice.architecture)}: {_headline(advice)}",
        _tables(advice, every),
        [*([] if every else _finding_notes(advice)), *_notes(advice, objective)],
        _facts(advice, objective),
        answer=tuple(_answer(advice)),
    )


def _tables(advice: Advice, every: bool) -> list[Table]:
    if every:
        return [_changes(advice, every), _totals(advice), _findings(advice)]
    return [_changes(advice, every), _totals(advice)] if advice.budgets and not advice.advised.met else []


# -- in words --------------------------------------------------------------------------------------


def _amount(metric: str, value: int) -> str:
    """Return a figure with its unit, short."""
    if metric in (FLASH_METRIC, PEAK_METRIC):
        return f"{metric} {value:,} B"
    return f"{in_short(value)} {METRICS[metric].title}"


def _limits(advice: Advice) -> str:
    return " and ".join(
        f"{inert(str(limit.max))} {'of ' if limit.metric.measure == BYTES else ''}{limit.metric.title}"
        for limit in advice.limits
    )


def _headline(advice: Advice) -> str:
    figures = ", ".join(
        _amount(metric, advice.changes.figures[metric]) for metric in advice.budgets or ("macs", "params")
    )
    return f"{figures}; at most {_limits(advice)}" if advice.budgets else figures


def _answer(advice: Advice) -> Iterator[str]:
    if not advice.budgets:
        found = len(advice.findings)
        yield f"{found} finding{'s' * (found != 1)}." if found else "Nothing to say without a limit."
        return
    if advice.advised.met:
        yield "It keeps within that as it is: nothing has to change."
        return
    if not advice.results:
        yield from _impossible(advice)
        return
    few, cheap = advice.results[FEWEST_LAYERS].plan, advice.results[FEWEST_PARAMS].plan
    if few.changes == cheap.changes:
        yield f"{_convolutions(few.layers)} made separable is the least that does{_unproven(few.proven)}: {_lost(few.lost)}."
        yield f"No other set loses fewer{_unproven(cheap.proven)}."
        return
    yield f"{_convolutions(few.layers)} made separable is the least that does{_unproven(few.proven)}: {_lost(few.lost)}."
    yield f"The fewest params are lost with {_convolutions(cheap.layers)}{_unproven(cheap.proven)}: {in_short(cheap.lost)}."


def _impossible(advice: Advice) -> Iterator[str]:
    every = advice.changes.every
    if not every:
        yield "No convolution can be made separable, so nothing can be done about it here."
        return
    out_of_reach = [metric for metric, most in advice.budgets.items() if advice.advised.least[metric] > most]
    for metric in out_of_reach:
        yield (
            f"That cannot be met: {_amount(metric, advice.advised.least[metric])} is the least, whichever of "
            f"{_convolutions(sum(len(change.nodes) for change in every))} are made separable."
        )
    if not out_of_reach:
        yield "Each of these can be met, but not all of them at once: no set of changes keeps within all."


def _convolutions(count: int) -> str:
    return f"{count:,} convolution{'s' * (count != 1)}"


def _lost(params: int) -> str:
    return f"{in_short(params)} params lost" if params >= 0 else f"{in_short(-params)} params more"


def _unproven(proven: bool) -> str:
    return "" if proven else " as far as was searched"


# -- tables ----------------------------------------------------------------------------------------


def _shown_metrics(advice: Advice) -> list[str]:
    """Return the metrics that have a column beside params: MACs, and others that have a budget and savings."""
    return ["macs", *(metric for metric in advice.budgets if metric not in ("macs", "params", PEAK_METRIC))]


def _changes(advice: Advice, every: bool) -> Table:
    planned = {key: {change.nodes for change in one.plan.changes} for key, one in advice.results.items()}
    metrics = _shown_metrics(advice)
    several = any(len(change.nodes) > 1 for change in advice.changes.every)
    peaks = PEAK_METRIC in advice.budgets
    columns = (
        Column("layer", "layer", TEXT),
        Column("line", "line", PLAIN, 2),
        *([Column("layers", "layers", EXACT, 3)] if several else []),
        *(Column(f"{metric}_saved", f"{METRICS[metric].title} saved", EXACT) for metric in metrics),
        Column("params_lost", "params lost", EXACT),
        *([Column("peak_before", "bytes alive", EXACT, 1), Column("peak_after", "changed", EXACT, 1)] if peaks else []),
        *(Column(f"fewest_{key}", f"fewest {key}", TEXT) for key in planned),
    )
    rows: list[tuple[Cell, ...]] = []
    for change in advice.changes.every:
        marks = ["yes" if change.nodes in nodes else "" for nodes in planned.values()]
        if every or any(marks) or not planned:
            rows.append(
                (
                    _named(change),
                    change.line or None,
                    *([len(change.nodes)] if several else []),
                    *(change.saved[metric] for metric in metrics),
                    change.saved["params"],
                    *(change.peaks if peaks else ()),
                    *marks,
                )
            )
    return Table("changes", columns, rows)


def _named(change: Separation) -> str:
    more = f" and {len(change.names) - 1:,} more" if len(change.names) > 1 else ""
    return inert(change.names[0]) + more


def _totals(advice: Advice) -> Table:
    metrics = ["macs", "params", *(metric for metric in advice.budgets if metric not in ("macs", "params"))]
    columns = (
        Column("network", " ", TEXT),
        Column("layers_changed", "layers changed", EXACT),
        *(Column(metric, METRICS[metric].title, EXACT) for metric in metrics),
    )
    figures = advice.changes.figures
    rows: list[tuple[Cell, ...]] = [(_AS_IT_IS, 0, *(figures[metric] for metric in metrics))]
    for objective, result in advice.results.items():
        rows.append((PLAN_OBJECTIVES[objective], result.plan.layers, *(result.figures[metric] for metric in metrics)))
    rows.append(("at most", None, *(advice.budgets.get(metric) for metric in metrics)))
    least = advice.advised.least
    rows.append(("least possible", None, *(least.get(metric) for metric in metrics)))
    return Table("totals", columns, rows)


def _findings(advice: Advice) -> Table:
    columns = (
        Column("finding", "finding", TEXT),
        Column("layer", "layer", TEXT, quoted=True),
        Column("line", "line", PLAIN),
        Column("figure", "figure", EXACT),
        Column("unit", "of", TEXT),
        Column("words", "what there is", TEXT, quoted=True),
        Column("remedy", "remedy", TEXT, quoted=True),
        Column("saves", "saves", EXACT),
        Column("saved_unit", "of", TEXT),
        Column("source", "source", TEXT),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            one.rule, inert(one.layer), one.line or None, one.figure, one.unit, inert(one.words), inert(one.remedy), one.saves,
            one.saved_unit if one.saves is not None else "", one.source,
        )
        for one in advice.findings
    ]  # fmt: skip
    return Table("findings", columns, rows)


def _finding_notes(advice: Advice) -> Iterator[tuple[str, str]]:
    for one in advice.findings:
        where = f"{inert(one.layer)}{f' (line {one.line})' if one.line else ''}"
        saves = f", which saves {one.saves:,} {one.saved_unit}" if one.saves is not None else ""
        source = f" ({one.source})" if one.source != ARITHMETIC else ""
        yield one.rule, f"{where}: {inert(one.words)}. Remedy: {inert(one.remedy)}{saves}{source}"


# -- notes -----------------------------------------------------------------------------------------


def _notes(advice: Advice, objective: str) -> Iterator[tuple[str, str]]:
    for key, result in advice.results.items():
        if not result.plan.proven:
            least = result.plan.at_least[key]
            what = _convolutions(least) if key == FEWEST_LAYERS else f"{least:,} params"
            yield (
                "not proven",
                f"{PLAN_OBJECTIVES[key]}: the search ended at its bound; no plan does with less than {what}",
            )
        elif not result.plan.is_best_of_equals:
            other = "params lost" if key == FEWEST_LAYERS else "layers changed"
            yield (
                "not proven",
                f"{PLAN_OBJECTIVES[key]}: of the plans that do as well there may be one with fewer {other}",
            )
    first = advice.advised.largest_first
    few = advice.results.get(FEWEST_LAYERS)
    if first is not None and few is not None and first.lost > few.plan.lost:
        again = "as many" if first.layers == few.plan.layers else f"{first.layers:,}"
        yield (
            "largest first",
            f"taking the largest savings first changes {again} and loses {in_short(first.lost)} params",
        )
    if advice.results:
        yield from _peak_note(advice)
        yield from _diff_notes(advice, objective)
    if any(len(change.nodes) > 1 for change in advice.changes.every):
        yield (
            "together",
            "convolutions in one row share weights, merge into one when deployed, or are made by one item: they change together",
        )
    if advice.counting.in_memory:
        yield (
            "memory",
            f"of the deployed network at {advice.counting.bits} bits: norms folded, activations fused; peak by liveness",
        )
    yield convention_note(advice.counting.convention)


def _peak_note(advice: Advice) -> Iterator[tuple[str, str]]:
    most = advice.budgets.get(PEAK_METRIC)
    if most is None:
        return
    forced = [name for change in advice.changes.every if change.peaks[0] > most for name in change.names]
    barred = [name for change in advice.changes.every if change.peaks[1] > most for name in change.names]
    told = [
        *([f"{listing(forced, _MOST_NAMED)} must change"] if forced else []),
        *([f"{listing(barred, _MOST_NAMED)} must stay"] if barred else []),
    ]
    if told:
        yield "peak", f"a pair keeps the depthwise's output beside what is alive: {'; '.join(told)}"


def _diff_notes(advice: Advice, objective: str) -> Iterator[tuple[str, str]]:
    architecture, result = advice.architecture, advice.results[objective]
    if architecture.spec.imported is not None:
        path = inert(architecture.path)
        yield "diff", f"a model has no YAML to change: dsconv-cost import {path} > net.yaml, then advise net.yaml"
        return
    written = result.written
    if written is None:
        yield "diff", "none: the file cannot say this plan"
        return
    what = PLAN_OBJECTIVES[objective]
    other = next((key for key in advice.results if key != objective), objective)
    same = advice.results[other].plan.changes == result.plan.changes
    told = "" if same else f"{what}; --objective {other} has the other. "
    told += f"Apply it with --format diff | patch {_target(architecture)}"
    if architecture.bundled:
        name = inert(architecture.path)
        told += f", to the file of dsconv-cost show {name.removesuffix('.yaml')} > {name}"
    yield "diff", told
    if architecture.spec.variants:
        broken = f"; {listing(written.broken, _MOST_NAMED)} cannot be made any more" if written.broken else ""
        yield "variants", f"items and names that other variants have too change there as well{broken}"


def _target(architecture: Architecture) -> str:
    """Return what tells patch which file it is: one that is not below the working directory is named."""
    outside = not architecture.bundled and os.path.relpath(architecture.path).startswith(os.pardir)
    return inert(architecture.path) if outside and not architecture.path.startswith("<") else "-p0"


# -- for programs ----------------------------------------------------------------------------------


def _facts(advice: Advice, objective: str) -> dict[str, object]:
    convention = advice.counting.convention
    return {
        "network": {
            "name": inert(advice.architecture.name),
            "variant": advice.architecture.variant,
            "source": inert(advice.architecture.source),
        },
        "convention": {"name": convention.name, "version": convention.version},
        **({"bits": advice.counting.bits} if advice.counting.in_memory else {}),
        "budgets": advice.budgets,
        "figures": advice.changes.figures,
        "met": advice.advised.met,
        "least": advice.advised.least,
        "objective": objective,
        "plans": {key: _plan(result) for key, result in advice.results.items()},
    }


def _plan(result: PlanResult) -> dict[str, object]:
    plan, written = result.plan, result.written
    return {
        "layers": plan.layers,
        "params_lost": plan.lost,
        "at_least": plan.at_least[plan.objective],
        "proven": plan.proven,
        "figures": result.figures,
        "changes": _names(plan.changes),
        "diff": written.diff if written else None,
    }


def _names(changes: Sequence[Separation]) -> list[str]:
    return [inert(name) for change in changes for name in change.names]
