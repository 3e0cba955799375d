"""Modules of recurrence as one layer each, not as the operators of all their steps."""

from typing import TYPE_CHECKING, Any

from dsconv_cost.importers.tensors import Tensor

if TYPE_CHECKING:
    from dsconv_cost.importers.torch.trace import Recorder

_CELLS = {"LSTM": "lstm", "GRU": "gru"}


def watch_recurrent(recorder: "Recorder", module: Any, path: str) -> None:
    """Let the calls of an LSTM, a GRU or an RNN on a batch of sequences be layers of recurrence."""

    def enter(_: Any, given: tuple[Any, ...]) -> None:
        recorder.paused += _is_simple(recorder, given)

    def leave(_: Any, given: tuple[Any, ...], result: Any) -> None:
        if _is_simple(recorder, given):
            recorder.paused -= 1
            if result is not None:
                _record(recorder, module, path, given[0], result)

    module.register_forward_pre_hook(enter)
    module.register_forward_hook(leave, always_call=True)


def _is_simple(recorder: "Recorder", given: tuple[Any, ...]) -> bool:
    """Return whether the input is a batch of sequences, neither packed nor without a batch."""
    return bool(given) and isinstance(given[0], recorder.torch.Tensor) and given[0].dim() == 3


def _record(recorder: "Recorder", module: Any, path: str, x: Any, result: Any) -> None:
    directions = 1 + bool(module.bidirectional)
    time_axis = 1 if module.batch_first else 0
    made, states, cells = recorder.of(x), [], []
    for layer in range(module.num_layers):
        weights = [recorder.of(weight) for weight in module.all_weights[layer * directions] if weight is not None]
        if directions == 2:
            weights += [recorder.of(weight) for weight in module.all_weights[layer * 2 + 1] if weight is not None]
        attributes: dict[str, Any] = {
            "cell": _CELLS.get(module.mode, "rnn"), "hidden": module.hidden_size, "directions": directions, "time_axis": time_axis,
            "layout": "joined",
        }  # fmt: skip
        if module.proj_size:
            attributes["projection"] = module.proj_size
        name = path if module.num_layers == 1 else f"{path}.{layer}"
        made, state, cell = recorder.graph.add("rnn", [made, *weights], attributes, name, type(module).__name__)
        states.append(state)
        cells.append(cell)
    output, last = result
    recorder.know(output, made)
    given = last if isinstance(last, tuple) else (last,)
    for value, parts in zip(given, (states, cells), strict=False):
        recorder.know(value, _together(recorder, parts, path))


def _together(recorder: "Recorder", parts: list[Tensor], path: str) -> Tensor:
    return parts[0] if len(parts) == 1 else recorder.graph.add("concat", parts, {"axis": 0}, path, "RNN")[0]
