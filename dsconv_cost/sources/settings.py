"""Hyperparameters: the values written on a command line or in a call, and those that a network gets."""

import operator
import os
from collections.abc import Mapping

from dsconv_cost.errors import Code, InputError, Problem, UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.nodes import MappingNode, read_nodes
from dsconv_cost.language.reader.published import unsuitable
from dsconv_cost.language.vocabulary import WORDS
from dsconv_cost.layers.values import MAX_NUMBER, Value, ValueProblem, written
from dsconv_cost.text import inert, listing, near, nearest_words, shown

Settings = Mapping[str, Value]


# -- literals -------------------------------------------------------------------------------------


def parse_literal(text: str, where: str) -> Value:
    """Return the number, word, true or false, or list of these that `text` means. Raises UsageError."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        inner = text[1:-1].strip()
        return tuple(_scalar(part, where) for part in inner.split(",")) if inner else ()
    return _scalar(text, where)


def _scalar(text: str, where: str) -> Value:
    received = inert(text.strip()[:60])
    try:
        expression = compile_expression(text, WORDS)
    except (ExpressionProblem, ValueProblem) as problem:
        raise UsageError(f"{where}: received '{received}': {inert(str(problem))}") from None
    if expression.constant is None:
        hint = near(received, WORDS) or ": expected a number, a word, true, false or a list [a, b]"
        raise UsageError(f"{where}: received '{received}'{hint}")
    return expression.constant


def literal_of(name: str, value: object) -> Value:
    """Return the value of the language that a Python value means. Raises TypeError where there is none."""
    if isinstance(value, (list, tuple)):
        return tuple(literal_of(name, v) for v in value)
    if isinstance(value, (bool, str)):
        return value
    if not isinstance(value, float) and hasattr(value, "__index__"):
        value = operator.index(value)  # an integer of another library
    if isinstance(value, (int, float)):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise UsageError(f"{name}: received {value}, expected a number of at most 2**53")
        # The language tells whole numbers from others by their exact type.
        return int(value) if isinstance(value, int) else float(value)
    raise TypeError(
        f"{name}: received {type(value).__name__}, expected a number, a word, True, False or a list of these"
    )


def literals_of(hyperparameters: Mapping[str, object]) -> dict[str, Value]:
    """Return the values of the language that Python values mean, by name. Raises TypeError."""
    return {name: literal_of(name, value) for name, value in hyperparameters.items()}


def split_settings(argument: str) -> tuple[str, dict[str, Value]]:
    """Return the text before the last @ and the settings after it; a file whose name has an @ is that file."""
    name, at, text = argument.rpartition("@")
    if not at or os.path.lexists(argument):
        return argument, {}
    from dsconv_cost.sources.near_paths import YAML_ENDINGS

    if "=" not in text and (os.sep in text or text.endswith(YAML_ENDINGS)):
        return argument, {}
    where = shown(argument)
    if not name:
        raise UsageError(f"{where}: expected a network before the @, e.g. mobilenet@alpha=0.5")
    settings: dict[str, Value] = {}
    for part in outside_brackets(text):
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise UsageError(f"{where}: expected NAME=VALUE after the @, e.g. mobilenet@alpha=0.5,resolution=160")
        if key in settings:
            raise UsageError(f"{where}: the hyperparameter {inert(key)} is set twice: set it once")
        settings[key] = parse_literal(value, f"{where}: {inert(key)}")
    return name, settings


def split_and_merge(argument: str, settings: Settings) -> tuple[str, dict[str, Value]]:
    """Return a network's name, and the settings of its @ together with others. Raises UsageError where both set one."""
    name, own = split_settings(argument)
    for key in own:
        if key in settings:
            raise UsageError(f"the hyperparameter {inert(key)} is set twice: set it once")
    return name, {**settings, **own}


def outside_brackets(text: str) -> list[str]:
    """Return the parts of a text between the commas that are outside brackets."""
    parts: list[str] = []
    start = depth = 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


# -- choosing -------------------------------------------------------------------------------------


def choose(spec: Spec, variant: str | None, chosen: Settings) -> dict[str, Value]:
    """Return the value of every hyperparameter: its default, then that of the variant, then the one chosen.

    Raises InputError with the place of a wrong choice in the file, UsageError for a value that does not suit.
    """
    if spec.imported is not None and (variant is not None or chosen):
        what = f"variant '{shown(variant)}'" if variant is not None else f"hyperparameter '{shown(next(iter(chosen)))}'"
        raise UsageError(
            f"{inert(spec.path)} is a model, and has no {what}: `dsconv-cost import {inert(spec.path)}` writes it as YAML, which "
            "may have hyperparameters and variants"
        )
    values: dict[str, Value] = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    if variant is not None:
        if variant not in spec.variants:
            meant = nearest_words(variant, spec.variants)
            hint = f"did you mean '{shown(meant)}'?" if meant else f"it has {listing(spec.variants) or 'none'}"
            message = f"{shown(spec.name)} has no variant '{shown(variant)}': {hint}"
            raise _at_section(spec, "variants", message, "unknown-variant", meant)
        values.update(spec.variants[variant])
    for name, value in chosen.items():
        hyperparameter = spec.hyperparameters.get(name)
        if hyperparameter is None:
            raise _no_hyperparameter(spec, name)
        wrong = unsuitable(value, hyperparameter.default)
        if wrong:
            raise UsageError(f"{name}: {wrong}")
        values[name] = value
    missing = [name for name in spec.hyperparameters if name not in values]
    if missing:
        node = spec.hyperparameters[missing[0]].node
        raise InputError(
            spec.path, [Problem(node.line, node.column, _required(spec, missing), "missing-value")], spec.text
        )
    return values


def _no_hyperparameter(spec: Spec, name: str) -> InputError:
    let = next((let for let in spec.lets if let.name == name), None)
    if let is not None:
        message = f"'{shown(name)}' is computed in let and cannot be set: set what it is computed from"
        problem = Problem(let.node.line, let.node.column, message, "unknown-hyperparameter")
        return InputError(spec.path, [problem], spec.text)
    names = listing([f"{h.name} = {_default(h.default)}" for h in spec.hyperparameters.values()])
    meant = nearest_words(name, spec.hyperparameters)
    hint = f"did you mean '{shown(meant)}'?" if meant else f"it has {names or 'none'}"
    message = f"{shown(spec.name)} has no hyperparameter '{shown(name)}': {hint}"
    return _at_section(spec, "hyperparameters", message, "unknown-hyperparameter", meant)


def _at_section(spec: Spec, section: str, message: str, code: Code, meant: str | None) -> InputError:
    """Return a problem at a section of the file, or at its start where it has no such section."""
    root, _ = read_nodes(spec.text, [])
    pairs = root.pairs if isinstance(root, MappingNode) else []
    line, column = next(((key.line, key.column) for key, _ in pairs if key.text == section), (1, 1))
    return InputError(spec.path, [Problem(line, column, message, code, meant)], spec.text)


def _default(value: Value | None) -> str:
    return "required" if value is None else written(value)


def _required(spec: Spec, missing: list[str]) -> str:
    variants = ""
    if spec.variants:
        example = f"{os.path.basename(spec.path).removesuffix('.yaml')}:{next(iter(spec.variants))}"
        variants = f"name a variant, e.g. {shown(example)} (there are {listing(spec.variants)}), or "
    pronoun = "it" if len(missing) == 1 else "them"
    return f"{shown(spec.name)} needs {listing(missing)}: {variants}set {pronoun}"
