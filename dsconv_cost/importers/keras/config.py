"""A Keras model's configuration: from the three kinds of file that hold it, and its layers with the calls of each."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dsconv_cost.importers.formats import HDF5, KERAS_ZIP
from dsconv_cost.importers.keras.hdf5 import MOST_BYTES, Hdf5File
from dsconv_cost.importers.problems import BrokenModel
from dsconv_cost.named_tuple import NamedTuple

Config = Mapping[str, Any]
KERAS_MODELS = frozenset({"Functional", "Model", "Sequential"})


class KerasTensor(NamedTuple):
    """A tensor that a call of a layer gives."""

    layer: str
    call: int
    output: int


class LayerCall(NamedTuple):
    """One call of a layer."""

    inputs: list[KerasTensor]
    named: Mapping[str, Any]
    """Arguments that are no tensors, and tensors by name as references."""


class KerasLayer(NamedTuple):
    """One layer of a configuration."""

    kind: str
    """The name of its class."""
    name: str
    config: Config
    calls: list[LayerCall]
    built: Config
    """What Keras 3 says of how it was built."""


def read_config(format_: str, data: Sequence[int]) -> Config:
    """Return the configuration of a file. Raises BrokenModel where there is none."""
    if format_ == HDF5:
        text = Hdf5File(data).attribute("model_config")
        if text is None:
            raise BrokenModel(
                "no model_config is in it, so it holds weights alone: save the whole model, or give the JSON of model.to_json()"
            )
    elif format_ == KERAS_ZIP:
        text = _zipped(data)
    else:
        if len(data) > MOST_BYTES:
            raise BrokenModel(f"a configuration of {len(data):,} bytes")
        text = bytes(data[:])
    try:
        config, _ = json.JSONDecoder().raw_decode(text.decode("utf-8", "replace").strip())
    except (ValueError, RecursionError) as error:
        raise BrokenModel(f"its configuration is not JSON ({type(error).__name__})") from None
    if not isinstance(config, dict) or config.get("class_name") not in KERAS_MODELS or "config" not in config:
        kind = config.get("class_name") if isinstance(config, dict) else None
        own = f"of the class {kind}, which is written in Python" if kind else "without a class_name"
        raise BrokenModel(
            f"its configuration is {own}: a Functional or Sequential model is expected; export others to ONNX"
        )
    return config


class _Stream(io.RawIOBase):
    """Bytes, or a mapped file, as a stream that reads no more than it is asked for."""

    def __init__(self, data: Sequence[int]) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, len(self._data))[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        part = bytes(self._data[self._at : self._at + len(buffer)])
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def _zipped(data: Sequence[int]) -> bytes:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BufferedReader(_Stream(data))) as archive:
            entry = archive.getinfo("config.json")
            if entry.file_size > MOST_BYTES:
                raise BrokenModel(f"a config.json of {entry.file_size:,} bytes")
            with archive.open(entry) as stream:
                text = stream.read(MOST_BYTES + 1)
    except KeyError:
        raise BrokenModel("a zip file without a config.json is not a Keras model") from None
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
    ) as error:
        raise BrokenModel(f"a zip file that cannot be read ({type(error).__name__})") from None
    if len(text) > MOST_BYTES:
        raise BrokenModel(f"a config.json of more than {MOST_BYTES:,} bytes")
    return text


def layers_of(model: Config) -> list[KerasLayer]:
    """Return the layers of a model's configuration."""
    config = model["config"]
    entries = config["layers"] if isinstance(config, dict) else config
    layers: list[KerasLayer] = []
    for entry in entries:
        own = entry["config"]
        own = {"layers": own} if isinstance(own, list) else own  # a Sequential model of Keras 1 inside another
        name = entry.get("name") or own.get("name") or entry["class_name"].lower()
        calls = [_call(node) for node in entry.get("inbound_nodes") or []]
        layers.append(KerasLayer(entry["class_name"], name, own, calls, entry.get("build_config") or {}))
    return layers


def _call(node: Any) -> LayerCall:
    """Return one call: of Keras 3 its arguments by position and name, of Keras 2 a list of [layer, call, output, arguments]."""
    if isinstance(node, dict):
        named = {key: _named(value) for key, value in (node.get("kwargs") or {}).items()}
        return LayerCall(list(_references(node.get("args") or [])), named)
    references: list[KerasTensor] = []
    arguments: dict[str, Any] = {}
    for one in node if node and isinstance(node[0], list) else [node]:
        references.append(KerasTensor(one[0], one[1], one[2]))
        if len(one) > 3 and isinstance(one[3], dict):
            arguments |= {key: _named(value) for key, value in one[3].items()}
    return LayerCall(references, arguments)


def _named(value: Any) -> Any:
    found = list(_references([value]))
    return found if found else value


def _references(values: Any) -> Iterator[KerasTensor]:
    for value in values:
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            layer, call, output = value["config"]["keras_history"][:3]
            yield KerasTensor(layer, call, output)
        elif isinstance(value, (list, tuple)):
            if len(value) >= 3 and isinstance(value[0], str) and type(value[1]) is int and type(value[2]) is int:
                yield KerasTensor(value[0], value[1], value[2])
            else:
                yield from _references(value)


def ends_of(config: Config, key: str) -> list[KerasTensor]:
    """Return the references of `input_layers` or `output_layers`: one, a list of them, or a dictionary."""
    value = config.get(key)
    if isinstance(value, dict):
        value = list(value.values())
    return list(_references([value])) if value else []
