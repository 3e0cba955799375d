"""Networks that an earlier state has and the files of now do not: an error, unless the call or the budget file allows it by name."""

import os
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from dsconv_cost.budget.networks import CheckedFile
from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Spec
from dsconv_cost.layers.values import Value
from dsconv_cost.text import inert


class GoneNetwork(NamedTuple):
    """A network that was there: a file, or one of its variants."""

    name: str
    """As an argument would name it."""
    why: str

    def error(self, option: str) -> UsageError:
        """Return what is wrong, and the option that allows it."""
        return UsageError(
            f"{inert(self.name)} {self.why}; if that is intended, allow it with {option} {inert(self.name)}"
        )


def gone_variants(
    file: CheckedFile, then: Spec, here: Collection[str | None], has: str, settings: Mapping[str, Value]
) -> Iterator[GoneNetwork]:
    """Yield the networks that a file had and does not have; a call for one variant is not about the others."""
    if not file.is_whole:
        return
    if None not in here and all(h.default is not None or h.name in settings for h in then.hyperparameters.values()):
        yield GoneNetwork(file.path, f"has no network of its defaults any more, since one of them is required: {has}")
    for variant in then.variants:
        if variant not in file.spec.variants:
            yield GoneNetwork(f"{file.path}:{variant}", f"is a variant that is gone: {has}")


def is_allowed(gone: GoneNetwork, names: Collection[str]) -> bool:
    """Return whether a network is among those that may be gone."""
    return os.path.normpath(gone.name) in {os.path.normpath(name) for name in names}
