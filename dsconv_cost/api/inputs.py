"""The networks and settings that the functions take: loaded, or named as on the command line."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Union

from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.errors import UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.layers.values import Value
from dsconv_cost.sources.arguments import NamedNetwork, label_of, named_network, named_networks
from dsconv_cost.sources.load import from_dict, load
from dsconv_cost.sources.settings import literals_of

if TYPE_CHECKING:
    from dsconv_cost.devices.device import Device

GivenDevice = Union[str, os.PathLike[str], "Device"]
"""The name of a device, the path of its file, or a Device."""
GivenNetwork = Architecture | str | os.PathLike[str] | Mapping[str, object]
"""An architecture, a path, the name of a bundled network, or a dict with the keys of a file."""
GivenSettings = Mapping[str, object]
"""Hyperparameters by name: numbers, words, True, False, and lists of these."""


def settings_given(settings: GivenSettings | None) -> dict[str, Value]:
    """Return hyperparameters as values of the language. Raises TypeError."""
    if settings is None:
        return {}
    if not isinstance(settings, Mapping):
        raise TypeError(f'settings: received {type(settings).__name__}, expected a dict, e.g. {{"alpha": 0.5}}')
    return literals_of(settings)


def architecture_given(network: GivenNetwork, settings: GivenSettings | None) -> Architecture:
    """Return the architecture that is meant. Raises TypeError for what can be none."""
    chosen = settings_given(settings)
    if isinstance(network, Architecture):
        _refuse_settings(chosen)
        return network
    if isinstance(network, Mapping):
        return from_dict(network, **chosen)
    if isinstance(network, (str, os.PathLike)):
        return load(network, **chosen)
    raise _wrong_type(network)


def convention_given(name: str) -> Convention:
    """Return the convention of a name. Raises UsageError for one there is none of."""
    if not isinstance(name, str):
        raise TypeError(f'convention: received {type(name).__name__}, expected a name, e.g. "macs"')
    return convention_named(name)


def device_given(device: GivenDevice) -> "Device":
    """Return the device that is meant. Raises UsageError for one that there is none of, InputError for a wrong file."""
    from dsconv_cost.devices.device import Device
    from dsconv_cost.devices.read import device_named

    if isinstance(device, Device):
        return device
    if isinstance(device, (str, os.PathLike)):
        return device_named(os.fspath(device))
    raise TypeError(f'device: received {type(device).__name__}, expected a name or a path, e.g. "ethos-u55-128"')


def memory_given(name: str | None) -> str | None:
    """Return the name of a convention of memory. Raises UsageError for one that does not exist."""
    if name is None:
        return None
    if not isinstance(name, str):
        raise TypeError(f'memory: received {type(name).__name__}, expected a name, e.g. "liveness"')
    from dsconv_cost.memory.conventions import memory_convention_named

    return memory_convention_named(name).name


def bound_given(layer_bound: int) -> int:
    """Return the maximum number of primitive layers of a network."""
    if not isinstance(layer_bound, int) or isinstance(layer_bound, bool):
        raise TypeError(f"layer_bound: received {type(layer_bound).__name__}, expected a whole number")
    if layer_bound < 1:
        raise UsageError(f"layer_bound: received {layer_bound}, expected a whole number of at least 1")
    return layer_bound


def named_given(network: GivenNetwork, settings: GivenSettings | None) -> NamedNetwork:
    """Return a network with its label: as it is named, or what a loaded one is."""
    if isinstance(network, (str, os.PathLike)):
        return named_network(os.fspath(network), settings_given(settings))
    architecture = architecture_given(network, settings)
    return NamedNetwork(label_of(architecture), architecture)


def all_named(networks: Iterable[GivenNetwork], settings: GivenSettings | None) -> list[NamedNetwork]:
    """Return all networks with their labels, patterns matched. Raises UsageError where two have the same."""
    arguments = [
        os.fspath(network) if isinstance(network, (str, os.PathLike)) else named_given(network, settings)
        for network in networks
    ]
    return named_networks(arguments, settings_given(settings))


def _refuse_settings(settings: Mapping[str, Value]) -> None:
    if settings:
        raise UsageError("settings are for networks that are loaded here: give them to load instead")


def _wrong_type(network: object) -> TypeError:
    return TypeError(
        f"received {type(network).__name__}, expected an Architecture, a path, the name of a bundled network or a dict"
    )
