"""The bundled architectures as a table: what to type, and what it costs."""

from dsconv_cost import bundled
from dsconv_cost.conventions import DEFAULT
from dsconv_cost.counts import total
from dsconv_cost.elaborate import elaborate
from dsconv_cost.loading import load_source, read_source
from dsconv_cost.tables import EXACT, TEXT, Cell, Column, Table

COLUMNS = (
    Column("architecture", "architecture", TEXT),
    Column("name", "name", TEXT, 3),
    Column("input", "input", TEXT, 2),
    Column("params", "params", EXACT),
    Column("macs", "MACs", EXACT),
    Column("source", "source", TEXT, 1),
)


def catalogue() -> Table:
    """Return a row for every bundled architecture and variant, as written."""
    rows: list[tuple[Cell, ...]] = []
    for name in bundled.names():
        for argument in _arguments(name):
            architecture = load_source(read_source(argument), {})
            network = elaborate(architecture)
            figures = DEFAULT.report(total([node.counts for node in network.nodes]))
            source = architecture.spec.source
            rows.append((argument, architecture.name, str(network.input), figures.params, figures.macs, source))
    return Table("architectures", COLUMNS, rows)


def _arguments(name: str) -> list[str]:
    """Return what names each network of a bundled file: `resnet:18` ..., and the bare name where it means another."""
    from dsconv_cost.spec import read_spec

    path = bundled.find(name)
    assert path is not None
    spec, _ = read_spec(path.read_text(encoding="utf-8"), path.name, name)
    defaults = {h.name: h.default for h in spec.hyperparameters.values()}
    variants = [f"{name}:{variant}" for variant in spec.variants]
    same = any({**defaults, **values} == defaults for values in spec.variants.values())
    return variants if None in defaults.values() or same else [name, *variants]
