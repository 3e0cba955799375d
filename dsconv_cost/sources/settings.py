"""Hyperparameters: the values written on a command line or in a call, and those that a network gets."""

import os
from collections.abc import Mapping

from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.reader.published import unsuitable
from dsconv_cost.language.vocabulary import WORDS
from dsconv_cost.layers.values import MAX_NUMBER, Value, ValueProblem, written
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.text import inert, listing, near, shown

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
    """Return the value of the language that a Python value means. Raises UsageError where there is none."""
    if isinstance(value, (list, tuple)):
        return tuple(literal_of(name, v) for v in value)
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise UsageError(f"{name}: received {value}, expected a number of at most 2**53")
        # The language tells whole numbers from others by their exact type.
        return int(value) if isinstance(value, int) else float(value)
    raise UsageError(
        f"{name}: received {type(value).__name__}, expected a number, a word, True, False or a list of these"
    )


def split_settings(argument: str) -> tuple[str, dict[str, Value]]:
    """Return the text before the last @ and the settings after it; a file whose name has an @ is that file."""
    name, at, text = argument.rpartition("@")
    if not at or os.path.lexists(argument) or ("=" not in text and (os.sep in text or text.endswith(YAML_ENDINGS))):
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
    """Return the value of every hyperparameter: its default, then that of the variant, then the one chosen."""
    values: dict[str, Value] = {h.name: h.default for h in spec.hyperparameters.values() if h.default is not None}
    if variant is not None:
        if variant not in spec.variants:
            hint = near(variant, spec.variants) or f": it has {listing(spec.variants) or 'none'}"
            raise UsageError(f"{shown(spec.name)} has no variant '{shown(variant)}'{hint}")
        values.update(spec.variants[variant])
    for name, value in chosen.items():
        hyperparameter = spec.hyperparameters.get(name)
        if hyperparameter is None:
            raise UsageError(_no_hyperparameter(spec, name))
        wrong = unsuitable(value, hyperparameter.default)
        if wrong:
            raise UsageError(f"{name}: {wrong}")
        values[name] = value
    missing = [name for name in spec.hyperparameters if name not in values]
    if missing:
        raise UsageError(_required(spec, missing))
    return values


def _no_hyperparameter(spec: Spec, name: str) -> str:
    if any(let.name == name for let in spec.lets):
        return f"'{shown(name)}' is computed in let and cannot be set: set what it is computed from"
    names = listing([f"{h.name} = {_default(h.default)}" for h in spec.hyperparameters.values()])
    hint = near(name, spec.hyperparameters) or f": it has {names or 'none'}"
    return f"{shown(spec.name)} has no hyperparameter '{shown(name)}'{hint}"


def _default(value: Value | None) -> str:
    return "required" if value is None else written(value)


def _required(spec: Spec, missing: list[str]) -> str:
    variants = ""
    if spec.variants:
        example = f"{os.path.basename(spec.path).removesuffix('.yaml')}:{next(iter(spec.variants))}"
        variants = f"name a variant, e.g. {shown(example)} (there are {listing(spec.variants)}), or "
    pronoun = "it" if len(missing) == 1 else "them"
    return f"{shown(spec.name)} needs {listing(missing)}: {variants}set {pronoun}"
