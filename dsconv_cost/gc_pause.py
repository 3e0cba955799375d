"""Building without the collector of reference cycles.

What a network is made of holds no cycles and stays alive, yet the collector would walk through all of it again and
again while it grows: at 100,000 layers that takes longer than the work itself.
"""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def without_gc(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return the function with the collector off while it runs; it is on again afterwards if it was on before."""

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return run
