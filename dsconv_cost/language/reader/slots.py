"""What an item can be given: the fields of its type, or the arguments of its block; one reader for both."""

from typing import Literal

from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.problems import Problems
from dsconv_cost.language.reader.values import ValueReader, is_nothing
from dsconv_cost.language.vocabulary import COMMON_KEYS, suggest_key
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import listing, shown

_MAX_WANTS = 8
"""How many missing ones a message names."""


class Slot(NamedTuple):
    """One of them."""

    name: str
    required: bool
    main: bool = False
    """Whether it is written as the value of the item's type."""
    wants: str = ""
    """What it takes, in words."""
    is_body: bool = False
    """Whether it holds items."""
    fixed: bool = False
    """Whether it is the same in every repetition."""
    also: tuple[str, ...] = ()


class Slots:
    """All of them, of one type or block."""

    __slots__ = ("incomplete", "main", "named", "owner", "required", "what")

    def __init__(
        self, owner: str, what: Literal["field", "argument"], slots: list[Slot], incomplete: bool = False
    ) -> None:
        self.owner = owner
        self.what = what
        self.main = next((slot for slot in slots if slot.main), None)
        self.named = {slot.name: slot for slot in slots if not slot.main}
        self.required = [slot for slot in slots if slot.required]
        self.incomplete = incomplete
        """Whether some of a block's arguments could not be read, so that nothing can be said of those that are unknown."""

    def is_main(self, name: str) -> bool:
        """Return whether a key names the main one, which has no key of its own."""
        main = self.main
        if main is None or self.incomplete:
            return False
        return name == main.name or (name in main.also and not any(name in slot.also for slot in self.named.values()))


class SlotReader:
    """Reads which slots the items of one file fill."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values
        self.problems: Problems = values.problems

    def read(
        self, node: MappingNode, type_key: ScalarNode, slots: Slots, excused: bool = False
    ) -> dict[str, tuple[ScalarNode, YamlNode]]:
        """Return the slots that an item fills: name -> key and value.

        Those that lack are reported, unless a problem explains it: one reported here, or `excused` before.
        """
        filled: dict[str, tuple[ScalarNode, YamlNode]] = {}
        has_main = False
        named = slots.named
        previous: YamlNode | None = None
        for key, value in node.pairs:
            name = key.text
            if key is type_key:
                if is_nothing(value):
                    pass
                elif slots.main is None:
                    self._needless(value, slots)
                elif isinstance(value, MappingNode) and not slots.main.is_body:
                    self._fields_as_value(value, slots)
                    excused = True
                else:
                    has_main = True
                    filled[slots.main.name] = (key, value)
            elif name in COMMON_KEYS:
                pass
            elif name in named:
                filled[name] = (key, value)
            elif slots.is_main(name):
                has_main = True
                self._misplaced_main(key, value, slots)
            else:
                excused |= self.unknown(key, value, previous, slots)
            previous = value
        lacking = [slot for slot in slots.required if slot.name not in filled and not (slot.main and has_main)]
        if lacking:
            self._lacking(type_key, slots, lacking, excused)
        return filled

    def first(self, node: YamlNode, slots: Slots) -> dict[str, tuple[ScalarNode, YamlNode]] | None:
        """Return the slots that `first` fills otherwise in the first repetition; None when it is not a mapping."""
        what = slots.what
        mapping = self.values.mapping(node, f"a mapping of {what}s to their values in the first repetition")
        if mapping is None:
            return None
        filled: dict[str, tuple[ScalarNode, YamlNode]] = {}
        for key, value in mapping.pairs:
            slot = slots.named.get(key.text)
            if slot is not None and not slot.fixed:
                filled[key.text] = (key, value)
            elif slot is not None or key.text in COMMON_KEYS or key.text == slots.owner or slots.is_main(key.text):
                message = f"'{shown(key.text)}' cannot differ in the first repetition: first changes other {what}s"
                self.problems.report(key, "misplaced-key", message)
            else:
                self.unknown(key, value, None, slots)
        return filled

    def unknown(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None, slots: Slots) -> bool:
        """Report an unknown key; return whether it explains a slot that is not filled."""
        problems = self.problems
        if problems.refused(key):
            return True
        if self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            problems.lose("tensors")  # it may hold a name
            return True
        if slots.incomplete:
            problems.already_reported()
            return True
        meant = "when" if key.text == "if" else suggest_key(key.text, {s.name: s.also for s in slots.named.values()})
        if slots.named:
            there = f"its {slots.what}s are {listing(slots.named)}"
        else:
            there = f"it has no {'fields' if slots.main is None else f'other {slots.what}s'}"
        code: Literal["unknown-field", "unknown-argument"] = "unknown-field"
        if slots.what == "argument":
            code = "unknown-argument"
        what = f"unknown {slots.what} '{shown(key.text)}' of {shown(slots.owner)}"
        problems.suggest(key, code, what, meant, there)
        if is_nothing(value):
            problems.lose("tensors")
        return meant is not None or is_nothing(value)

    def _needless(self, value: YamlNode, slots: Slots) -> None:
        if slots.incomplete:
            self.problems.already_reported()
            return
        owner, why = shown(slots.owner), ""
        remedy = f"write {{{owner}, {next(iter(slots.named), 'when')}: ...}}"
        if slots.what == "argument":
            why = f" ({'its first argument is not required' if slots.named else 'it has no arguments'})"
        elif not slots.named:
            remedy = f"write {owner} alone, or {{{owner}, when: ...}}"
        self.problems.report(value, "misplaced-value", f"{owner} takes no value after its colon{why}: {remedy}")

    def _fields_as_value(self, value: MappingNode, slots: Slots) -> None:
        assert slots.main is not None
        if any(self.problems.refused(key) for key, _ in value.pairs):
            return
        owner, main = shown(slots.owner), slots.main.name
        example = f"{{{owner}: {main}, {next(iter(slots.named), 'name')}: ...}}"
        message = f"received a mapping after {owner}:, expected its {main} there and the other {slots.what}s beside it"
        self.problems.report(value, "wrong-type", f"{message}: {example}")

    def _misplaced_main(self, key: ScalarNode, value: YamlNode, slots: Slots) -> None:
        assert slots.main is not None
        owner, main = shown(slots.owner), slots.main.name
        given = shown(value.text, 20) if isinstance(value, ScalarNode) and value.text else "..."
        remedy = f"write {main} as {owner}'s value: {{{owner}: {given}, ...}}"
        if key.text != main:
            remedy = f"unknown {slots.what} '{shown(key.text)}' of {owner}: {remedy}"
        self.problems.report(key, "misplaced-key", remedy)

    def _lacking(self, type_key: ScalarNode, slots: Slots, lacking: list[Slot], excused: bool) -> None:
        if excused or self.problems.partial or slots.incomplete:
            self.problems.already_reported()
            return
        wants = []
        for slot in lacking[:_MAX_WANTS]:
            notes = [*(["as its value"] if slot.main else []), *([slot.wants] if slot.wants else [])]
            wants.append(f"{slot.name} ({': '.join(notes)})" if notes else slot.name)
        code: Literal["missing-field", "missing-argument"] = "missing-field"
        if slots.what == "argument":
            code = "missing-argument"
        self.problems.report(type_key, code, f"{shown(slots.owner)} needs {' and '.join(wants)}")
