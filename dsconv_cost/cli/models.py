"""The options for models of other tools: --input, --dim, --free."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dsconv_cost.importers.choices import ModelChoices

MODELS = (
    click.option(
        "--input", "model_inputs", metavar="[NAME=]SIZES", multiple=True,
        help="Set the sizes of an input of a model, e.g. 1x3x224x224, or the value of an input that is a number. Repeatable.",
    ),
    click.option(
        "--dim", "model_dims", metavar="NAME=SIZE", multiple=True,
        help="Set the size of an axis that a model leaves open, e.g. height=320. Repeatable.",
    ),
    click.option(
        "--free", "model_free", metavar="OPERATOR", multiple=True,
        help="Count nothing for an unknown operator of a model, which makes the result incomplete. Repeatable.",
    ),
)  # fmt: skip


def model_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add --input, --dim and --free, which hold for every model that the command reads."""

    @functools.wraps(function)
    def with_choices(
        *arguments: Any, model_inputs: tuple[str, ...], model_dims: tuple[str, ...], model_free: tuple[str, ...], **others: Any
    ) -> None:  # fmt: skip
        if not (model_inputs or model_dims or model_free):
            function(*arguments, **others)
            return
        from dsconv_cost.importers.choices import choices_for_models

        with choices_for_models(_choices(model_inputs, model_dims, model_free)):
            function(*arguments, **others)

    for option in reversed(MODELS):
        with_choices = option(with_choices)
    return with_choices


def _choices(inputs: tuple[str, ...], dims: tuple[str, ...], free: tuple[str, ...]) -> "ModelChoices":
    """Return what the options say. Raises UsageError where one is wrong or given twice."""
    from dsconv_cost.errors import UsageError
    from dsconv_cost.importers.choices import InputValue, ModelChoices, input_value
    from dsconv_cost.text import inert

    values: dict[str, InputValue] = {}
    for text in inputs:
        name, _, value = text.rpartition("=")
        if name in values:
            raise UsageError(f"--input {inert(text)}: {inert(name) or 'the input'} is given twice")
        values[name] = input_value(value, f"--input {inert(text)}")
    sizes: dict[str, int] = {}
    for text in dims:
        name, equals, value = text.rpartition("=")
        size = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
        if not equals or not name or size < 1:
            raise UsageError(
                f"--dim {inert(text)}: expected NAME=SIZE with a whole number from 1, e.g. --dim height=320"
            )
        if name in sizes:
            raise UsageError(f"--dim {inert(text)}: {inert(name)} is given twice")
        sizes[name] = size
    return ModelChoices(values, sizes, free)
