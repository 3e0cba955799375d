"""What a file is, by its first bytes, and which reader it needs."""

from dsconv_cost.named_tuple import NamedTuple

HEAD = 4096
"""How many bytes of a file are looked at."""

ONNX, TFLITE, HDF5, KERAS_ZIP, KERAS_JSON = "ONNX", "TFLite", "Keras HDF5", "Keras", "Keras JSON"
TORCH = "PyTorch"
TORCH_PREFIX = "torch:"
"""What an argument begins with that names a function of Python: it runs the user's code, so no path is ever read so."""
ENDINGS = (".onnx", ".tflite", ".keras", ".h5", ".hdf5")
"""How files of models usually end: for suggestions only."""

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "received a pointer of Git LFS, not the model itself: fetch it with git lfs pull"),
    (b"\x80\x02", "received a pickle, which runs code when it is read, and is never loaded: export the model to ONNX"),
    (b"\x80\x04", "received a pickle, which runs code when it is read, and is never loaded: export the model to ONNX"),
)


class ModelBytes(NamedTuple):
    """A model's file."""

    format: str
    data: bytes
    """Its bytes, or the file mapped into memory."""


def format_of(head: bytes) -> str | None:
    """Return the format of a model by the first bytes of its file; None where it is none."""
    if head[4:8] == b"TFL3":
        return TFLITE
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return HDF5
    if head.startswith(b"PK\x03\x04"):
        return KERAS_ZIP
    if head.startswith(b"\x08") and len(head) > 1 and head[1] < 128:  # the version of its format, which is one byte
        return ONNX
    if head.lstrip().startswith(b"{") and b'"class_name"' in head:
        return KERAS_JSON
    return None


def refusal_of(head: bytes) -> str:
    """Return why a file that is no model and no text is not read; nothing where there is no special reason."""
    return next((reason for start, reason in _REFUSED if head.startswith(start)), "")
