"""What the functions take, and what they refuse: networks as names, texts and dicts, settings, limits."""

from collections.abc import Callable
from typing import Any

import pytest

from dsconv_cost import (
    InputError,
    UsageError,
    advise,
    analyze,
    check,
    compare,
    diff,
    explain,
    fit,
    from_dict,
    load,
    loads,
)

TEXT = """\
name: Tiny
hyperparameters: {width: 8, act: relu}
input: [3, 16, 16]
blocks:
  unit:
    arguments: {channels: required}
    layers: [{dsconv: channels}, {conv: channels, kernel: [1, 3]}]
layers:
  - {conv: 2 * width, kernel: 3, activation: act, bias: false}
  - {unit: width, repeat: 2}
  - {conv: 4, kernel: 1, name: last, when: width > 4}
variants: {wide: {width: 32}}
"""
DATA: dict[str, object] = {
    "name": "Tiny",
    "hyperparameters": {"width": 8, "act": "relu"},
    "input": (3, 16, 16),
    "blocks": {
        "unit": {
            "arguments": {"channels": "required"},
            "layers": [{"dsconv": "channels"}, {"conv": "channels", "kernel": [1, 3]}],
        }
    },
    "layers": [
        {"conv": "2 * width", "kernel": 3, "activation": "act", "bias": False},
        {"unit": "width", "repeat": 2},
        {"conv": 4, "kernel": 1, "name": "last", "when": "width > 4"},
    ],
    "variants": {"wide": {"width": 32}},
}


def rows(architecture: Any) -> list[tuple[object, ...]]:
    return [(layer.name, layer.output, layer.counts) for layer in analyze(architecture).layers]


def test_a_dict_is_what_its_text_is() -> None:
    assert rows(loads(TEXT)) == rows(from_dict(DATA)) == rows(DATA)
    assert len(rows(DATA)) == 1 + 1 + 2 * 3 + 1
    assert rows(loads(TEXT, "wide")) == rows(from_dict(DATA, "wide")) == rows(loads(TEXT, width=32))
    assert rows(from_dict(DATA, width=4)) == rows(loads(TEXT, width=4)) != rows(DATA)
    assert analyze(DATA, settings={"width": 4}).macs == analyze(loads(TEXT, width=4)).macs


def test_numbers_of_other_libraries() -> None:
    class Whole:
        def __index__(self) -> int:
            return 8

    assert rows(from_dict({**DATA, "input": [3, Whole(), Whole()]})) == rows(from_dict({**DATA, "input": [3, 8, 8]}))
    assert rows(from_dict(DATA, width=Whole())) == rows(DATA)
    assert fit("mobilenet", {"middle": (Whole() for _ in range(1))}, max_macs="1G").best == fit(
        "mobilenet", {"middle": "8"}, max_macs="1G"
    ).best  # fmt: skip


def test_text_is_kept_as_it_is() -> None:
    name = 'a "b": {c}, [d] # e \\ ü 🙂'
    assert from_dict({**DATA, "name": name}).name == name


PLACED: dict[str, tuple[Callable[[], Any], str, int, str]] = {
    "in a text": (lambda: loads("input: [3, 8, 8]\nlayers: [relux]\n"), "<text>", 2, "unknown-type"),
    "in a dict": (
        lambda: from_dict({"input": [3, 8, 8], "layers": ["relu", {"conv": 4, "kernl": 3}]}),
        "<dict>", 4, "unknown-field",
    ),
    "an empty text": (lambda: loads(""), "<text>", 1, "empty-file"),
    "an empty dict": (lambda: from_dict({}), "<dict>", 1, "empty-file"),
    "not YAML": (lambda: loads("layers: ["), "<text>", 1, "yaml-syntax"),
    "not text": (lambda: loads("name: \0"), "<text>", 1, "not-text"),
    "half a character": (lambda: loads("name: \ud800"), "<text>", 1, "not-text"),
    "half a character in a dict": (lambda: from_dict({"name": "\ud800"}), "<dict>", 1, "not-text"),
    "an unknown variant": (lambda: loads(TEXT, "wid"), "<text>", 12, "unknown-variant"),
    "an unknown hyperparameter": (lambda: from_dict(DATA, widht=3), "<dict>", 2, "unknown-hyperparameter"),
    "a number that is none": (
        lambda: from_dict({"input": [3, 8, float("nan")], "layers": ["relu"]}), "<dict>", 1, "unknown-name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACED)
def test_problems_have_their_place(case: str) -> None:
    call, path, line, code = PLACED[case]
    with pytest.raises(InputError) as raised:
        call()
    assert raised.value.path == path
    assert (raised.value.problems[0].line, raised.value.problems[0].code) == (line, code)


def a_list_in_itself() -> list[object]:
    endless: list[object] = []
    endless.append(endless)
    return endless


MISSING: Any = object()
WRONG_TYPES: dict[str, tuple[Callable[[], Any], str]] = {
    "load a dict": (lambda: load(DATA), "received dict, expected a path or the name of a bundled network"),  # type: ignore[arg-type]
    "loads bytes": (lambda: loads(b"input"), "received bytes, expected the text of an architecture"),  # type: ignore[arg-type]
    "loads a dict": (lambda: loads(DATA), "received dict, expected the text"),  # type: ignore[arg-type]
    "a variant": (lambda: loads(TEXT, 3), "variant: received int, expected its name"),  # type: ignore[arg-type]
    "from_dict a list": (lambda: from_dict([DATA]), "received list, expected a dict with the keys of a file"),  # type: ignore[arg-type]
    "an object in a dict": (
        lambda: from_dict({"input": [3, 8, 8], "layers": [{"conv": {1}}]}),
        r"layers\[0\]\.conv: received set, expected a number",
    ),
    "a key": (lambda: from_dict({"layers": [{3: 4}]}), r"layers\[0\]: received the key 3, expected a text"),
    "a key of a file": (lambda: from_dict({3: 4}), "^received the key 3, expected a text"),  # type: ignore[dict-item]
    "a hyperparameter": (lambda: load("mobilenet", alpha=None), "alpha: received NoneType, expected a number"),
    "settings": (lambda: analyze("mobilenet", settings=[1]), "settings: received list, expected a dict"),  # type: ignore[arg-type]
    "a convention": (lambda: analyze("mobilenet", convention=3), "convention: received int, expected a name"),  # type: ignore[arg-type]
    "a bound": (lambda: analyze("mobilenet", layer_bound="9"), "layer_bound: received str, expected a whole"),  # type: ignore[arg-type]
    "analyze": (lambda: analyze(MISSING), "received object, expected an Architecture, a path"),
    "compare": (lambda: compare("mobilenet", MISSING), "received object, expected an Architecture, a path"),
    "compare a list": (lambda: compare(["mobilenet"]), "received list, expected an Architecture, a path"),  # type: ignore[arg-type]
    "a label": (lambda: compare("mobilenet")[0], "received int, expected the label"),  # type: ignore[index]
    "diff": (lambda: diff("mobilenet", MISSING), "received object, expected an Architecture, a path"),
    "explain": (lambda: explain(MISSING, "conv1"), "received object, expected an Architecture, a path"),
    "a layer": (lambda: explain("mobilenet", 1), "layer: received int, expected the name"),  # type: ignore[arg-type]
    "fit": (lambda: fit(MISSING, {"alpha": [1]}, max_macs=1), "received object, expected an Architecture, a path"),
    "advise": (lambda: advise(MISSING, max_macs=1), "received object, expected an Architecture, a path"),
    "what to keep": (
        lambda: advise("mobilenet", max_macs=1, keep="conv1"),
        "keep: received str, expected a list of names",
    ),
    "a name to keep": (lambda: advise("mobilenet", max_macs=1, keep=[3]), "keep: expected a list of names"),  # type: ignore[list-item]
    "no argument of advise": (
        lambda: advise("mobilenet", max_size=1),  # type: ignore[call-arg]
        r"advise\(\) got an unexpected keyword argument 'max_size'",
    ),
    "vary": (lambda: fit("mobilenet", "alpha=1,2", max_macs=1), "vary: received str, expected a dict"),  # type: ignore[arg-type]
    "values": (lambda: fit("mobilenet", {"alpha": 3}, max_macs=1), "vary alpha: received int, expected a list"),  # type: ignore[dict-item]
    "a value": (lambda: fit("mobilenet", {"alpha": [None]}, max_macs=1), "alpha: received NoneType, expected a number"),
    "a limit": (lambda: fit("mobilenet", {"alpha": [1]}, max_macs=[1]), "max_macs: received list, expected an integer"),  # type: ignore[arg-type]
    "no argument of fit": (
        lambda: fit("mobilenet", {"alpha": [1]}, max_mac=1),  # type: ignore[call-arg]
        r"fit\(\) got an unexpected keyword argument 'max_mac': did you mean 'max_macs'",
    ),
    "check": (lambda: check([DATA], max_macs=1), "received list, expected an Architecture, a path"),  # type: ignore[arg-type]
    "a base of diff": (lambda: diff("net.yaml", base=3), "base: received int, expected a commit or branch"),  # type: ignore[arg-type]
    "diff of a dict since": (lambda: diff(DATA, base="main"), "received dict, expected a path: base compares"),
    "a limit of check": (lambda: check("mobilenet", max_macs=True), "max_macs: received bool, expected an integer"),
    "a base": (lambda: check("mobilenet", base=3), "base: received int, expected a commit or branch"),  # type: ignore[arg-type]
    "no argument of check": (
        lambda: check("mobilenet", max_mac=1),  # type: ignore[call-arg]
        r"check\(\) got an unexpected keyword argument 'max_mac': did you mean 'max_macs'",
    ),
}


@pytest.mark.parametrize("case", WRONG_TYPES)
def test_a_wrong_type_is_a_type_error(case: str) -> None:
    call, message = WRONG_TYPES[case]
    with pytest.raises(TypeError, match=message):
        call()


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a name": (lambda: analyze("mobilnet"), "'mobilnet': did you mean 'mobilenet'"),
    "a convention": (lambda: compare("mobilenet", convention="fvcor"), "'fvcor': did you mean 'fvcore'"),
    "a level": (lambda: analyze("mobilenet").rows("op"), "no level op: there are items, expand, ops"),
    "a depth": (lambda: analyze("mobilenet").rows(depth=0), "depth: received 0, expected a whole number of at least 1"),
    "a bound": (lambda: diff("mobilenet", "mobilenet", layer_bound=0), "layer_bound: received 0, expected a whole"),
    "nothing": (compare, "nothing to compare"),
    "the same twice": (lambda: compare("mobilenet", "mobilenet"), "mobilenet is named twice"),
    "the same loaded twice": (lambda: compare(load("mobilenet"), load("mobilenet")), "mobilenet is named twice"),
    "a label": (lambda: compare("mobilenet")["mobilnet"], "no network 'mobilnet': did you mean 'mobilenet'"),
    "a baseline": (lambda: compare("mobilenet", baseline="mobilnet"), "'mobilenet'"),
    "settings of a loaded one": (
        lambda: analyze(load("mobilenet"), settings={"alpha": 0.5}),
        "settings are for networks that are loaded here: give them to load instead",
    ),
    "a bundled file": (lambda: diff("mobilenet.yaml", "mobilenet"), "the bundled architecture is named mobilenet"),
    "a layer": (lambda: explain("mobilenet", "dsconv3/dv"), "has no layer 'dsconv3/dv': did you mean 'dsconv3/dw'"),
    "no limit": (lambda: fit("mobilenet", {"alpha": [1]}), "nothing to fit: give max_macs, max_params"),
    "nothing to vary": (lambda: fit("mobilenet", {}, max_macs=1), "nothing to vary: give vary, e.g."),
    "no value to vary": (lambda: fit("mobilenet", {"alpha": []}, max_macs=1), "vary alpha: received no value"),
    "an objective": (lambda: fit("mobilenet", {"alpha": [1]}, max_macs=1, objective="mac"), "expected macs, params, top1"),
    "no top-1": (
        lambda: fit("mobilenet", {"alpha": [0.6]}, max_macs="1G", objective="top1"), "the file has no published top-1",
    ),
    "a range": (lambda: fit("mobilenet", {"alpha": "0.5-1"}, max_macs=1), "^vary alpha=0.5-1: a range is FIRST..LAST:STEP"),
    "a value twice": (lambda: fit("mobilenet", {"alpha": [1, 0.5, 1]}, max_macs=1), "^vary alpha: duplicate value 1"),
    "too many values": (lambda: fit("mobilenet", {"resolution": range(10**6)}, max_macs=1), "1,000,000 values; the maximum"),
    "set and varied": (
        lambda: fit(load("mobilenet", alpha=0.5), {"alpha": [1.0]}, max_macs=1), "alpha is both set and varied",
    ),
    "bits": (lambda: fit("mobilenet", {"alpha": [1]}, max_size=1, bits=7), "bits: received 7, expected 4, 8, 16, 32"),
    "a limit": (lambda: check("mobilenet", max_macs="1MB"), "max_macs: received '1MB'"),
    "no network": (lambda: check(max_macs=1), "nothing to check"),
    "a tolerance": (lambda: check("mobilenet", tolerance="1%"), "tolerance needs base or locked"),
    "endless": (lambda: from_dict({"layers": a_list_in_itself()}), "nested more than 100 levels deep"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values(case: str) -> None:
    call, message = WRONG[case]
    with pytest.raises(UsageError, match=message):
        call()


def test_a_pattern_among_loaded_networks() -> None:
    labels = [network.label for network in compare(from_dict(DATA), "resnet:18", "resnet:*")]
    assert labels[:3] == ["Tiny", "resnet:18", "resnet:34"]
    assert len(labels) == len(set(labels)) > 5
