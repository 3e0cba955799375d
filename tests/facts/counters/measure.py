"""Measure what each counter prints, and write `cells.csv`, `networks.csv` and `torchvision.csv` beside this file.

By hand, in an environment that has the counters at the versions of `counters.VERSIONS`, and this project:

    python -m tests.facts.counters.measure [cells | TYPE...] [networks] [torchvision]

`cells` measures all types; a layer type measures its own rows anew and keeps the others.

Each counter runs in a process of its own: several replace functions of PyTorch and do not put all of them back.
"""

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, load, load_source
from tests.facts.counters.counters import COUNTERS, IN_PYTORCH, VERSIONS, Answer, on_model, on_network
from tests.facts.counters.examples import EXAMPLES, MODULE, Example
from tests.facts.counters.networks import NETWORKS, TORCHVISION

HERE = Path(__file__).parent
METRICS = ("params", "macs", "flops")
FAILS = "fails"
"""The counter ends in an error."""


def _versions() -> None:
    for package, expected in VERSIONS.items():
        installed = version(package).partition("+")[0].replace("-", ".post")
        assert installed == expected, f"{package} {installed} is installed; the table is of {expected}"


def _of_example(counter: str, example: Example, coding: str) -> Answer | str | None:
    if counter == "keras" and coding != MODULE:
        return None
    text = f"input: [{example.input}]\nlayers: {example.layers}\n"
    network = elaborate(load_source(Source(text, "example.yaml", False, None), {}))
    try:
        return on_network(counter, network, coding)
    except (ArithmeticError, AttributeError, IndexError, RuntimeError, TypeError, ValueError) as error:
        print(counter, example, coding, type(error).__name__, error, file=sys.stderr)
        return FAILS


def _of_examples(counter: str, examples: list[Example]) -> list[Answer | str | None]:
    import torch

    torch.set_num_threads(1)
    _of_example(counter, EXAMPLES[0], MODULE)  # imports what the children need
    # A child for each: a counter that fails leaves functions of PyTorch replaced.
    with get_context("fork").Pool(1, maxtasksperchild=1) as children:
        work = [(counter, example, coding) for example in examples for coding in example.codings]
        return children.starmap(_of_example, work, chunksize=1)


def _of_networks(counter: str) -> list[Answer | str | None]:
    found: list[Answer | str | None] = []
    for name, settings in NETWORKS:
        network = elaborate(load(name, **settings))
        found.append(on_network(counter, network, MODULE))
        print(counter, name, found[-1], file=sys.stderr)
    return found


def _of_torchvision(counter: str) -> list[Answer | str | None]:
    from torchvision import models

    return [
        on_model(counter, models.get_model(name), (3, 224, 224)) if counter in IN_PYTORCH else None
        for name in TORCHVISION.values()
    ]


COLUMNS = dict.fromkeys(COUNTERS, ("params", "macs")) | {
    "macs": ("macs",), "torchprofile": ("macs",), "calflops": METRICS, "keras": ("params",),
}  # fmt: skip
"""What each counter prints."""


def _cells(answers: dict[str, list[Answer | str | None]], index: int) -> list[str]:
    cells = []
    for counter, metrics in COLUMNS.items():
        answer = answers[counter][index]
        cells += [str(answer[metric]) if isinstance(answer, dict) else answer or "" for metric in metrics]
    return cells


def _write(path: Path, heads: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [*heads, *(f"{counter} {metric}" for counter, metrics in COLUMNS.items() for metric in metrics)]
        )
        writer.writerows(rows)


def _kept(path: Path, heads: int) -> dict[tuple[str, ...], list[str]]:
    with path.open(newline="") as file:
        return {tuple(row[:heads]): row for row in csv.reader(file)}


def main(wanted: set[str]) -> None:
    """Measure and write."""
    _versions()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        if types := wanted - {"networks", "torchvision"}:
            path = HERE / "cells.csv"
            rows = {} if "cells" in types else _kept(path, 4)
            examples = [e for e in EXAMPLES if "cells" in types or e.type in types]
            found = pool.map(_of_examples, COUNTERS, [examples] * len(COUNTERS))
            answers = dict(zip(COUNTERS, found, strict=True))
            keys = [(e.type, coding, e.input, e.layers) for e in examples for coding in e.codings]
            rows |= {key: [*key, *_cells(answers, index)] for index, key in enumerate(keys)}
            order = [(e.type, coding, e.input, e.layers) for e in EXAMPLES for coding in e.codings]
            _write(path, ["type", "coding", "input", "layers"], [rows[key] for key in order])
        if "networks" in wanted:
            answers = dict(zip(COUNTERS, pool.map(_of_networks, COUNTERS), strict=True))
            heads = [
                [name, " ".join(f"{key}={value}" for key, value in settings.items())] for name, settings in NETWORKS
            ]
            rows_of_networks = [[*head, *_cells(answers, index)] for index, head in enumerate(heads)]
            _write(HERE / "networks.csv", ["network", "settings"], rows_of_networks)
        if "torchvision" in wanted:
            answers = dict(zip(COUNTERS, pool.map(_of_torchvision, COUNTERS), strict=True))
            rows_of_networks = [[name, "", *_cells(answers, index)] for index, name in enumerate(TORCHVISION)]
            _write(HERE / "torchvision.csv", ["network", "settings"], rows_of_networks)


if __name__ == "__main__":
    main(set(sys.argv[1:]) or {"cells", "networks", "torchvision"})
