"""Nothing that a file gives is lost in silence: a field or default that changes nothing is refused, named as unused, or listed here."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost import analyze
from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.errors import InputError
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.composites import COMPOSITES
from dsconv_cost.layers.fields import REQUIRED
from tests.networks import architecture

MAY_CHANGE_NOTHING: dict[tuple[str, str], str] = {
    # (type, field) -> why it may leave every count and size as it is without a word
    ("conv", "padding"): "numbers may say what same does",
    ("dwconv", "padding"): "numbers may say what same does",
    ("conv_transpose", "padding"): "numbers may say what same does",
    ("dsconv", "padding"): "numbers may say what same does",
    ("inverted_residual", "padding"): "numbers may say what same does",
    ("maxpool", "padding"): "same may come to no padding",
    ("avgpool", "padding"): "same may come to no padding",
    ("blur_pool", "stride"): "1 may do what its default, 2, does: one window fits",
    ("blur_pool", "padding"): "numbers may say what same does",
    ("conv_at", "padding"): "numbers may say what same does",
    ("deform_conv", "padding"): "numbers may say what same does",
    ("conv_at", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("deform_conv", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("conv", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("dwconv", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("conv_transpose", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("dsconv", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("inverted_residual", "dilation"): "a dilated window costs what another does, and same keeps the size",
    ("conv", "convert"): "is for the forms, and there may be nothing to convert",
    ("dwconv", "convert"): "is for the forms, and there may be nothing to convert",
    ("maxpool", "ceil_mode"): "is for sizes that do not divide",
    ("avgpool", "ceil_mode"): "is for sizes that do not divide",
    ("maxpool", "stride"): "may say what its default does: the kernel",
    ("avgpool", "stride"): "may say what its default does: the kernel",
    **{(name, "returns"): "a sequence may have one step" for name in ("gru", "lstm", "rnn")},
    ("rnn", "nonlinearity"): "tanh and relu cost the same",
    ("residual", "project"): "its shortcut is named as unused",
    ("attention", "heads"): "over positions a score costs what its channels do, however many heads share them",
    ("attention", "kv_heads"): "may say what its default does: heads",
    ("attention", "shift"): "windows that are moved cost what others do",
    (
        "attention",
        "window",
    ): "one of the whole map is none, and where keys meet values first windows that fit change nothing",
    ("attention", "grid"): "one window is none, and where keys meet values first windows that fit change nothing",
    ("transformer", "head_channels"): "may say what its default does: the channels / heads",
    ("transformer", "kv_heads"): "may say what its default does: heads",
    ("transformer", "shift"): "windows that are moved cost what others do",
    ("transformer", "window"): "one of the whole map is none",
    ("transformer", "grid"): "one window is none",
    ("matmul", "transposed"): "rows and columns may be as many",
}

VALUES: dict[str, list[object]] = {
    "kernel": [1, 2, 3, 5, "[1, 3]"],
    "stride": [1, 2, "[2, 1]"],
    "padding": ["same", "valid", 1, "[0, 1]"],
    "dilation": [1, 2, "[1, 3]"],
    "groups": [1, 2, 4],
    "offset_groups": [1, 2],
    "out_channels": [4, 8],
    "modulated": ["true", "false"],
    "separable": ["true", "false"],
    "depthwise": ["true", "false"],
    "vocabulary": [1, 9],
    "layers": [1, 2],
    "directions": [1, 2],
    "biases": [0, 1, 2],
    "returns": ["sequence", "last"],
    "projection": ["none", 3],
    "peepholes": ["true", "false"],
    "nonlinearity": ["tanh", "relu"],
    "bias": ["true", "false"],
    "dw_bias": ["true", "false"],
    "norm": ["none", "batch", "layer", "group", "instance", "rms", "grn"],
    "activation": ["none", "relu", "silu"],
    "gate": ["sigmoid", "hardsigmoid"],
    "convert": ["auto", "true", "false"],
    "depth_multiplier": [1, 2],
    "output_padding": [0, 1],
    "ceil_mode": ["true", "false"],
    "count_padding": ["true", "false"],
    "scale": ["true", "false"],
    "shared": ["true", "false"],
    "shift": ["true", "false", 0, 1],
    "slopes": ["per_channel", "per_element", "per_layer"],
    "mode": ["nearest", "bilinear"],
    "expand": [1, 2, 6],
    "squeeze": ["none", 2, 4],
    "along": ["channels", "height", "width"],
    "over": ["positions", "channels", "height", "[height, width]"],
    "height": ["[0, 1]", "[0, 4, 2]"],
    "width": ["[0, 1]", "[0, 4, 2]"],
    "length": ["[0, 1]", "[0, 4, 2]"],
    "time": ["[0, 1]", "[0, 4, 2]"],
    "channels": [0, 1, "[0, 3]"],
    "split": [2, "[6, 2]"],
    "project": ["on_change", "always"],
    "heads": [1, 2, 4],
    "kv_heads": [1, 2],
    "window": ["none", 2, 3],
    "grid": ["none", 2, "[1, 3]"],
    "linear": ["true", "false"],
    "divisor": ["true", "false"],
    "position_bias": [0, 5],
    "temperature": [0, 1, 5],
    "mlp": [1, 2, 4],
    "head_channels": [1, 2, 4],
    "qkv_bias": ["true", "false"],
    "reduction": [1, 2],
    "layer_scale": ["true", "false"],
    "post_norm": ["true", "false"],
    "learned": ["true", "false"],
    "transposed": ["neither", "first", "second", "both"],
}
"""For each optional field of the language, values it may have."""

MAIN = {
    "units": "8",
    "features": "8",
    "out_channels": "8", "out_features": "4", "channels": "[0, 4]", "how": "mean", "order": "[width, channels, height]",
    "size": "[4, 4]", "sides": "1", "factor": "2", "groups": "2",
    "squeeze_channels": "2", "branches": "[{conv: 4, kernel: 1}, {conv: 4, kernel: 3}]", "body": "[{conv: 8, kernel: 3}]",
    "kernel": "3", "gate": "silu", "heads": "2",
    "conv_at": "[previous, {conv: 18, kernel: 3}]", "attention": "[previous, previous, previous]", "expand": "[8, 12, 12]",
}  # fmt: skip
NEEDED = {"kernel": "3", "out_channels": "8", "vocabulary": "100"}
EXTRA = {"residual": "shortcut: {conv: 8, kernel: 1}"}
SIZES = ["8, 12, 12", "8, 7, 9", "8, 1, 12", "8, 1, 1", "8, 12", "8, 7, 4, 9"]

WITH_FIELDS = [name for name, type_ in TYPES.items() if any(f.name in VALUES for f in type_.fields)]


def test_every_optional_field_has_values_to_try() -> None:
    fields = {field.name for type_ in TYPES.values() for field in type_.fields} - {"shortcut"}
    assert fields == set(VALUES)


def item(name: str, given: dict[str, Any]) -> str:
    """Return an item of a type with its main field, what it needs, and these fields."""
    type_ = TYPES[name]
    start = f"{name}: {MAIN.get(name) or MAIN[type_.main.name]}" if type_.main else name
    needed = {f.name: NEEDED[f.name] for f in type_.fields if f.name in NEEDED and f.default is REQUIRED}
    parts = [start, *(f"{field}: {value}" for field, value in {**needed, **given}.items())]
    if name in EXTRA:
        parts.append(EXTRA[name])
    return f"{{{', '.join(parts)}}}" if len(parts) > 1 or type_.main else name


def analysis_of(written: str, size: str, defaults: str = "") -> Analysis | None:
    """Return the analysis of a network of the item after a layer that takes no default, or None where it is refused."""
    leading = "{conv_transpose: 8, kernel: 1}" if "conv_transpose" not in written + defaults else "{conv: 8, kernel: 1}"
    try:
        return analyze(architecture(f"input: [{size}]\n{defaults}layers: [{leading}, {written}]\n"))
    except InputError:
        return None


def signature(analysis: Analysis) -> list[object]:
    """Return everything that is counted, sized or converted."""
    forms = (analysis.as_written, analysis.standard, analysis.separable)
    return [
        (node.layer.case, str(node.kind), node.output, node.counts, node.inputs)
        for form in forms
        for node in form.network.nodes
    ]


def told(analysis: Analysis, field: str) -> bool:
    """Return whether a field is named among what has no effect."""
    return any(unused.what.removeprefix("default ").startswith(f"{field} of") for unused in analysis.unused)


@st.composite
def two_values(draw: st.DrawFn) -> tuple[str, str, list[str], str]:
    """Draw a type, one of its fields, two items that differ in that field alone, and the size of the input."""
    name = draw(st.sampled_from(WITH_FIELDS))
    optional = [field.name for field in TYPES[name].fields if field.name in VALUES]
    field = draw(st.sampled_from(optional))
    others = draw(st.lists(st.sampled_from(optional), unique=True, max_size=3))
    context = {other: draw(st.sampled_from(VALUES[other])) for other in others if other != field}
    values = draw(st.lists(st.sampled_from(VALUES[field]), min_size=2, max_size=2, unique=True))
    return name, field, [item(name, {**context, field: value}) for value in values], draw(st.sampled_from(SIZES))


@settings(max_examples=500, deadline=None)
@given(two_values())
def test_a_field_changes_something_or_says_so(drawn: tuple[str, str, list[str], str]) -> None:
    name, field, items, size = drawn
    first, second = (analysis_of(written, size) for written in items)
    if first is None or second is None or (name, field) in MAY_CHANGE_NOTHING:
        return
    if signature(first) == signature(second):
        assert told(first, field) or told(second, field)


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_a_default_does_what_the_field_does_in_the_item(name: str) -> None:
    fields = [f for f in TYPES[name].fields if f.name in VALUES and f.in_defaults and f.default is not REQUIRED]
    for field, size in product(fields, SIZES):
        for value in VALUES[field.name]:
            written = analysis_of(item(name, {field.name: value}), size)
            by_default = analysis_of(item(name, {}), size, f"defaults: {{{name}: {{{field.name}: {value}}}}}\n")
            assert (written is None) == (by_default is None), (field.name, value)
            if written is not None and by_default is not None:
                assert signature(written) == signature(by_default), (field.name, value)


INSIDE = [(name, inner, field.name)
          for name, composite in COMPOSITES.items() for inner in composite.inner for field in TYPES[inner].fields
          if field.in_defaults]  # fmt: skip


@pytest.mark.parametrize(("name", "inner", "field"), INSIDE)
def test_defaults_reach_what_is_inside_a_composite(name: str, inner: str, field: str) -> None:
    plain = {"squeeze": 4, "expand": 2} if name == "inverted_residual" else {}
    windowed = name != "squeeze_excite"
    kernel = {"kernel": 1} if field == "dilation" and windowed else {}  # told, where it cannot change a size
    none = analysis_of(item(name, {**plain, **kernel}), SIZES[0])
    assert none is not None
    for value in VALUES[field]:
        found = analysis_of(item(name, {**plain, **kernel}), SIZES[0], f"defaults: {{{inner}: {{{field}: {value}}}}}\n")
        if found is None or signature(found) != signature(none) or told(found, field):
            return
    assert (inner, field) in MAY_CHANGE_NOTHING


def test_the_lists_hold_nothing_that_is_not_needed() -> None:
    fields = {(name, field.name) for name, type_ in TYPES.items() for field in type_.fields}
    assert set(MAY_CHANGE_NOTHING) <= fields
