"""Named tuples that cost little to define: `typing.NamedTuple`, but for a constructor compiled anew for each class.

That constructor takes a third of a start that reads a small network. Type checkers see `typing.NamedTuple` itself, and the classes
made here behave like its classes.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 14):  # where annotations are not in the namespace of a class
    from typing import NamedTuple
else:
    from _collections import _tuplegetter

    class _Definition(type):
        """Turns the annotations of a class into the fields of a tuple."""

        def __new__(mcs, name, bases, namespace):
            if any(getattr(base, "_fields", ()) for base in bases):  # a class of a tuple that has its fields
                return type.__new__(mcs, name, bases, namespace)
            annotated = namespace.get("__annotations__", {})
            fields = tuple(annotated)
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            if list(defaults) != list(fields[len(fields) - len(defaults) :]):
                raise TypeError(f"{name}: a field without a default follows one that has one")
            namespace |= {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
            namespace |= {
                "__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults, "_count": len(fields),
            }  # fmt: skip
            return type.__new__(mcs, name, bases, namespace)

    class NamedTuple(tuple, metaclass=_Definition):
        """The base of the classes; see `typing.NamedTuple`."""

        def __new__(cls, *values, **named):
            if len(values) == cls._count and not named:
                return tuple.__new__(cls, values)
            return tuple.__new__(cls, cls._bound(values, named))

        @classmethod
        def _bound(cls, values, named):
            """Return the value of every field. Raises TypeError as a call with these arguments would."""
            if len(values) > cls._count:
                raise TypeError(f"{cls.__name__} takes {cls._count} values, received {len(values)}")
            bound = list(values)
            defaults = cls._field_defaults
            for field in cls._fields[len(values) :]:
                if field in named:
                    bound.append(named.pop(field))
                elif field in defaults:
                    bound.append(defaults[field])
                else:
                    raise TypeError(f"{cls.__name__} needs {field}")
            if named:
                raise TypeError(f"{cls.__name__} has no field {', '.join(named)}, or has its value already")
            return bound

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **named):
            return tuple.__new__(
                type(self), type(self)._bound((), {**dict(zip(self._fields, self, strict=True)), **named})
            )

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            told = ", ".join([f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True)])
            return f"{type(self).__name__}({told})"

        def __getnewargs__(self):
            return tuple(self)


__all__ = ["NamedTuple"]
