"""The kinds of input that are tried: how each is made from chance, and what is expected of it."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.language.limits import METRICS
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from dsconv_cost.sources import bundled
from dsconv_cost.sources.mapping import text_of_mapping
from tests.fuzz import commands, generate, oracles
from tests.fuzz.mutate import mutated, spliced
from tests.fuzz.oracles import Find, expect
from tests.fuzz.rewrite import REWRITINGS, rewritten
from tests.fuzz.write import text_of

LARGEST_BUNDLED = 2500
"""Longer bundled files are no base for mutations: the same could be found in shorter ones, sooner."""


class Input(NamedTuple):
    """One input: the text that says all of it, and what is expected of it. A text can be shrunk."""

    text: str
    check: Callable[[str], object]


class Kind(NamedTuple):
    """A kind of input: what of the project it goes through, and how often it is tried beside the others."""

    through: str
    weight: int
    make: Callable[[Random, Path], Iterator[Input]]


@lru_cache(1)
def bundled_texts() -> list[str]:
    """Return the texts of the short bundled files."""
    paths = (Path(bundled.folder()) / f"{name}.yaml" for name in bundled.names())
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return [text for text in texts if len(text) < LARGEST_BUNDLED]


def _networks(random: Random, folder: Path) -> Iterator[Input]:
    text = text_of(generate.network(random), random)
    yield Input(text, partial(oracles.check_loader, again=random.random() < 0.05))


def _mutated(random: Random, folder: Path) -> Iterator[Input]:
    base = text_of(generate.network(random), random)
    if random.random() < 0.03:
        base = random.choice(bundled_texts())
    if random.random() < 0.1:
        base = spliced(base, text_of(generate.network(random), random), random)
    for _ in range(8):
        yield Input(mutated(base, random), partial(oracles.check_loader, again=random.random() < 0.02))


def _bytes(random: Random, folder: Path) -> Iterator[Input]:
    data = bytearray(text_of(generate.network(random), random).encode())
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(data) + 1)
        data[at : at + random.randrange(3)] = random.choice(
            (b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", random.randbytes(2))
        )
    yield Input(data.decode("latin-1"), lambda text: oracles.check_bytes(text.encode("latin-1")))


def _rewritten(random: Random, folder: Path) -> Iterator[Input]:
    root = generate.network(random)
    found = oracles.loaded(text_of(root))
    if isinstance(found, Analysis):
        _expect_idempotent(found)
        ways = {way: rewritten(root, way, random) for way in REWRITINGS}
        said = {way: text_of(other, random) for way, other in ways.items() if other is not None}
        if "None" not in str(root):
            said["a mapping of Python"] = text_of_mapping(root)
        for way, otherwise in said.items():
            yield Input(json.dumps({"way": way, "said": text_of(root, random), "otherwise": otherwise}), check_same)


def _figures(found: Analysis) -> object:
    return [form.total for form in (found.as_written, found.standard, found.separable)], found.layers[-1].output


def check_same(text: str) -> None:
    """Expect two ways to say one network to cost the same in every form."""
    said = json.loads(text)
    first, second = (oracles.loaded(said[name]) for name in ("said", "otherwise"))
    if isinstance(first, Analysis):
        expect(isinstance(second, Analysis), f"refused when said otherwise: {second}")
        assert isinstance(second, Analysis)
        oracles.check_sums(second)
        expect(_figures(first) == _figures(second), f"{_figures(first)} became {_figures(second)}")


def _expect_idempotent(found: Analysis) -> None:
    """Expect the standard form of the standard form, and the separable one of the separable one, to be the same again."""
    for form, again in ((found.standard, standard_form), (found.separable, separable_form)):
        rows = [(n.layer, n.inputs, n.output) for n in form.network.nodes]
        expect(
            rows == [(n.layer, n.inputs, n.output) for n in again(form.network).network.nodes],
            "a form that changes when made again",
        )


def _budgets(random: Random, folder: Path) -> Iterator[Input]:
    text = text_of(generate.budget_file(random), random)
    for one in (text, mutated(text, random), mutated(text, random)):
        yield Input(one, oracles.check_budget_file)


def _locks(random: Random, folder: Path) -> Iterator[Input]:
    text = generate.lock(random)
    for one in (text, mutated(text, random), mutated(text, random)):
        yield Input(one, oracles.check_lock)


_DEVICES = (
    "name: board\nsource: 'a # sheet'\ndtype: int8\npeak: 64 GMAC/s\nbandwidth: 4.5 GB/s\n",
    "name: bench\nsource: here\nrates: {macs: 1 ns, moved: 0.3us}\n"
    "leave_one_out: {networks: 14, median: 2.5%, worst: 110%, times: [29.94 ms, 2 s]}\n",
)


def _devices(random: Random, folder: Path) -> Iterator[Input]:
    text = random.choice(_DEVICES)
    for one in (mutated(text, random), mutated(mutated(text, random), random)):
        yield Input(one, oracles.check_device)


_NETWORKS = ("squeezenet:1.1", "squeezenet:1.0", "mobilenet@alpha=0.25", "mobilenet", "mobilenet_v2", "resnet:18")
_TIMES = {
    "times.yaml": "times:\n"
    + "".join(f"  - {{network: {name}, settings: {{}}, ms: {at}.5}}\n" for at, name in enumerate(_NETWORKS, 1)),
    "times.csv": "network,settings,ms,note\n"
    + "".join(f'"{name}",,{at}e1,x\n' for at, name in enumerate(_NETWORKS, 1)),
}


def _times(random: Random, folder: Path) -> Iterator[Input]:
    path, text = random.choice([*_TIMES.items()])
    yield Input(mutated(text, random), partial(oracles.check_times, path=path))


def _quantities(random: Random, folder: Path) -> Iterator[Input]:
    for metric in METRICS.values():
        text = generate.quantity(random)
        yield Input(text, partial(oracles.check_quantity, metric=metric))
        yield Input(mutated(text, random), partial(oracles.check_quantity, metric=metric))


def _ranges(random: Random, folder: Path) -> Iterator[Input]:
    text = generate.axis(random)
    for one in (text, mutated(text, random), mutated(text, random)):
        yield Input(one, oracles.check_axis)


def _expressions(random: Random, folder: Path) -> Iterator[Input]:
    text = generate.expression(random)
    for one in (text, mutated(text, random), mutated(text, random)):
        yield Input(one, partial(oracles.check_expression, x=random.choice((0, 1, 3, 8, 1000))))


def _calls(random: Random, folder: Path) -> Iterator[Input]:
    files = commands.files(random)
    for _ in range(5):
        call = {"files": files, "arguments": commands.command_line(random), "again": random.random() < 0.05}
        yield Input(json.dumps(call), partial(_check_call, folder=folder))


def _check_call(text: str, folder: Path) -> object:
    call = json.loads(text)
    commands.place(call["files"], folder)
    return commands.check_call(call["arguments"], folder, call["again"])


def _same_figures(random: Random, folder: Path) -> Iterator[Input]:
    root = generate.network(random)
    yield Input(json.dumps(root), lambda text: commands.check_figures(json.loads(text), folder))


LOADER, COMMAND_LINE, OTHER = "the loader", "the command line", "other readers"
KINDS: dict[str, Kind] = {
    "networks": Kind(LOADER, 10, _networks),
    "mutated": Kind(LOADER, 10, _mutated),
    "bytes": Kind(LOADER, 2, _bytes),
    "rewritten": Kind(LOADER, 4, _rewritten),
    "budgets": Kind(OTHER, 2, _budgets),
    "locks": Kind(OTHER, 2, _locks),
    "devices": Kind(OTHER, 2, _devices),
    "times": Kind(OTHER, 1, _times),
    "quantities": Kind(OTHER, 2, _quantities),
    "ranges": Kind(OTHER, 2, _ranges),
    "expressions": Kind(OTHER, 5, _expressions),
    "calls": Kind(COMMAND_LINE, 3, _calls),
    "figures": Kind(COMMAND_LINE, 1, _same_figures),
}


def shrunk(one: Input, tries: int = 400) -> str:
    """Return a part of the input's text that fails in the same way."""
    wanted = failure(one.check, one.text)
    text = one.text
    separator = "\n" if text.count("\n") > 1 else ""
    pieces = text.split("\n") if separator else list(text)
    size = max(1, len(pieces) // 2)
    while size and tries > 0:
        at = 0
        while at < len(pieces) and tries > 0:
            tries -= 1
            rest = pieces[:at] + pieces[at + size :]
            if failure(one.check, separator.join(rest)) == wanted:
                pieces = rest
            else:
                at += size
        size //= 2
    return separator.join(pieces)


def failure(check: Callable[[str], object], text: str) -> tuple[str, str] | None:
    """Return how an input fails, so that two failures can be told apart; None where it does not."""
    try:
        check(text)
    except Exception as error:  # noqa: BLE001  # whatever escapes is what is looked for
        return type(error).__name__, str(error)[:20] if isinstance(error, Find) else ""
    return None
