"""Types by the word the language has for them, loaded when they are asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=type[Any])


class TypeTable(Mapping[str, T], Generic[T]):
    """Word -> type. The words are known from the start; a module is loaded with the first of its types."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        """Take the module of each word; its type is the class of that module that has the word as its `type`."""
        self.modules = modules
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, word: str) -> T:
        loaded: T | None = self._loaded.get(word)
        if loaded is None:
            module = self.modules[word]
            classes = [each for each in vars(import_module(module)).values() if isinstance(each, type)]
            own = [each for each in classes if each.__module__ == module and "type" in vars(each)]
            self._loaded.update({vars(each)["type"]: each for each in own})
            loaded = self._loaded[word]
        return loaded

    def __contains__(self, word: object) -> bool:
        return word in self.modules

    def __iter__(self) -> Iterator[str]:
        return iter(self.modules)

    def __len__(self) -> int:
        return len(self.modules)


def modules_of(package: str, types: Mapping[str, str]) -> dict[str, str]:
    """Return the module of each word, given the words of each module of a package."""
    return {word: f"{package}.{module}" for module, words in types.items() for word in words.split()}
