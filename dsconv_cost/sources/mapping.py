"""The YAML text of an architecture that a program holds as a dict."""

import json
import operator
from collections.abc import Mapping

from dsconv_cost.errors import UsageError

_MAX_DEPTH = 100
"""Beyond what the language allows; a list in itself would go on for ever."""


def text_of_mapping(data: Mapping[str, object]) -> str:
    """Return a dict as YAML, a layer a line, so that a problem's line shows little else. Raises TypeError."""
    if not isinstance(data, Mapping):
        raise TypeError(f"received {type(data).__name__}, expected a dict with the keys of a file: input, layers, ...")
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, (list, tuple)) and any(isinstance(one, Mapping) for one in value):
            lines.append(f"{_key(key, '')}:")
            lines += [f"  - {_flow(one, f'{key}[{index}]', 1)}" for index, one in enumerate(value)]
        elif isinstance(value, Mapping) and value:
            lines.append(f"{_key(key, '')}:")
            lines += [f"  {_key(name, str(key))}: {_flow(one, f'{key}.{name}', 1)}" for name, one in value.items()]
        else:
            lines.append(f"{_key(key, '')}: {_flow(value, str(key), 1)}")
    return "\n".join([*lines, ""])


def _flow(value: object, where: str, depth: int) -> str:
    """Return a value on one line."""
    if depth > _MAX_DEPTH:
        raise UsageError(f"{where[:60]}: nested more than {_MAX_DEPTH} levels deep")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, Mapping):
        pairs = [f"{_key(key, where)}: {_flow(one, f'{where}.{key}', depth + 1)}" for key, one in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_flow(one, f'{where}[{index}]', depth + 1) for index, one in enumerate(value))}]"
    try:
        return str(operator.index(value))  # type: ignore[arg-type]  # what is no index raises
    except TypeError:
        raise TypeError(
            f"{where}: received {type(value).__name__}, expected a number, a text, True, False, a list or a dict"
        ) from None


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{f'{where}: ' if where else ''}received the key {key!r}, expected a text")
    return json.dumps(key, ensure_ascii=False) if not key.isidentifier() else key
