"""Networks from YAML text, and short ways to say what is expected of them."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from dsconv_cost import analyze
from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.errors import InputError
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import Source, load_source


def architecture(text: str, variant: str | None = None, **hyperparameters: Value) -> Architecture:
    """Return the architecture of a whole file's text."""
    return load_source(Source(dedent(text), "net.yaml", False, variant), hyperparameters)


def network(text: str, variant: str | None = None, **hyperparameters: Value) -> Network:
    """Return the network of a whole file's text."""
    return elaborate(architecture(text, variant, **hyperparameters))


def costs(text: str, variant: str | None = None, **hyperparameters: Value) -> Analysis:
    """Return the three forms of a whole file's text."""
    return analyze(architecture(text, variant, **hyperparameters))


def bundled_spec(name: str) -> Spec:
    """Return what the file of a bundled architecture says."""
    path = bundled.find(name)
    assert path is not None
    return read_spec(Path(path).read_text(encoding="utf-8"), f"{name}.yaml", name)[0]


def body(layers: str, size: str = "8, 16, 16") -> str:
    """Return the text of a file that has an input and these layers."""
    return f"input: [{size}]\nlayers:\n{indent(dedent(layers).strip(), '  ')}\n"


def of(layers: str, size: str = "8, 16, 16") -> Network:
    """Return the network of an input and layers."""
    return network(body(layers, size))


def lines(net: Network) -> list[str]:
    """Return every primitive as `name output`."""
    return [f"{node.name} {node.output}" for node in net.nodes]


def types(net: Network) -> list[str]:
    """Return every primitive's type, in order."""
    return [node.layer.type for node in net.nodes]


def sources(net: Network) -> dict[str, list[str]]:
    """Return for every primitive the names of what it takes."""
    return {
        node.name: ["input" if i < 0 else net.nodes[i].name for i in node.inputs] for node in net.nodes
    }  # fmt: skip


def params(net: Network) -> int:
    return sum(node.counts.params for node in net.nodes)


def macs(net: Network) -> int:
    return sum(node.counts.macs for node in net.nodes)


def problems(text: str, variant: str | None = None, **hyperparameters: Value) -> list[str]:
    """Return what is wrong with a whole file's text, as `line:column message`."""
    with pytest.raises(InputError) as caught:
        network(text, variant, **hyperparameters)
    return [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems]


def refused(text: str, *expected: str) -> None:
    """Assert the problems of a file, each as `line:column` and a part of its message."""
    found = problems(text)
    assert len(found) == len(expected), found
    for problem, wanted in zip(found, expected, strict=True):
        place, _, message = wanted.partition(" ")
        assert problem.startswith(f"{place} "), problem
        assert message in problem
