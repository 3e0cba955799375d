"""Completion in bash, which splits words where the names of networks and settings go on."""

import os
from typing import Any

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

_BREAKS = frozenset(":=@")
"""Those of bash's COMP_WORDBREAKS that `resnet:50@resolution=160` has."""


class BashWords(BashComplete):
    """bash's completion with `resnet : 5` put together again, and offers that begin where bash's own word does."""

    _before = ""
    """What bash does not count to the word that it completes."""

    def get_completion_args(self) -> tuple[list[str], str]:
        pieces = split_arg_string(os.environ["COMP_WORDS"])
        at = int(os.environ["COMP_CWORD"])
        words: list[str] = []
        glued = False
        for index, piece in enumerate(pieces[: at + 1]):
            is_break = _BREAKS.issuperset(piece) and bool(piece)
            if words and (is_break or glued):
                if index == at:
                    self._before = words[-1] + (piece if is_break else "")
                words[-1] += piece
            else:
                words.append(piece)
            glued = is_break
        incomplete = words.pop() if at < len(pieces) else ""
        return words[1:], incomplete

    def format_completion(self, item: "CompletionItem[Any]") -> str:
        return f"{item.type},{item.value.removeprefix(self._before)}"


add_completion_class(BashWords)
