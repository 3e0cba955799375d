"""Patterns: what they mean, and that no pattern takes long."""

import itertools
import time
from pathlib import Path

import pytest

from dsconv_cost import patterns
from tests.command import run

SEGMENTS = ["a", "ab", "b"]
NAMES = ["/".join(steps) for count in (1, 2, 3) for steps in itertools.product(SEGMENTS, repeat=count)]


def means(pattern: list[str], name: list[str]) -> bool:
    """Return whether a pattern means a name, by trying every number of segments for each `**`: slow, and sure."""
    if not pattern:
        return not name
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(name)
        return any(means(pattern[1:], name[count:]) for count in range(len(name) + 1))
    return bool(name) and fits(pattern[0], name[0]) and means(pattern[1:], name[1:])


def fits(segment: str, text: str) -> bool:
    if not segment:
        return not text
    if segment[0] == "*":
        return any(fits(segment[1:], text[count:]) for count in range(len(text) + 1))
    return bool(text) and segment[0] in ("?", text[0]) and fits(segment[1:], text[1:])


PATTERNS = [
    "/".join(steps)
    for count in (1, 2, 3)
    for steps in itertools.product(["a", "a*", "*b", "?", "**", "*"], repeat=count)
]


def test_patterns_mean_what_every_way_to_match_says() -> None:
    assert len(PATTERNS) == 6 + 36 + 216
    for pattern in PATTERNS:
        expected = [name for name in NAMES if means(pattern.split("/"), name.split("/"))]
        assert [name for name in NAMES if patterns.matches(pattern, name)] == expected, pattern
        assert list(filter(patterns.matcher(pattern), NAMES)) == expected, pattern


@pytest.mark.parametrize(
    "pattern", ["**/**/**/x", "**/a*/**/a*/**/x", "**/*a*a*a*/**/*a*a*a*x", "*a" * 100, "?*" * 100]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    name = "/".join(["a" * 30] * 8)
    start = time.process_time()
    is_meant = patterns.matcher(pattern)
    assert not any(is_meant(name + "/y") for _ in range(100))
    assert not patterns.matches(pattern, name + "/yx" * 5 + "y")
    assert time.process_time() - start < 2


MANY = "input: [3, 8, 8]\nlayers:\n- {sequential: [{sequential: [{conv: 8, kernel: 1}], repeat: 200}], repeat: 100}\n"


def budget(entries: int, layer: str) -> str:
    lines = (
        f'- {{architecture: net.yaml, metric: macs, max: {n + 1}G, layer: "{layer}{n}"}}\n' for n in range(entries)
    )
    return "budget:\n" + "".join(lines)


def test_many_patterns_on_many_layers(tmp_path: Path) -> None:
    """100 patterns on 20,000 layers: 9 s when every way to share segments out was tried anew."""
    (tmp_path / "net.yaml").write_text(MANY)
    (tmp_path / "dsconv-cost.yaml").write_text(budget(100, "**/**/**/x"))
    start = time.process_time()
    result = run("check", cwd=tmp_path)
    assert result.code == 2
    assert result.err.count("matches no layer") == 100
    assert time.process_time() - start < 6


def test_comparing_is_part_of_the_work_of_a_call(tmp_path: Path) -> None:
    """20,000 names an entry: 36 entries are 720,000 names, the allowance of 20,000 layers; one more is too many."""
    (tmp_path / "net.yaml").write_text(MANY)
    for entries, code in ((36, "matches no layer"), (37, "compare patterns with more than 720,000 names of layers")):
        (tmp_path / "dsconv-cost.yaml").write_text(budget(entries, "x"))
        result = run("check", "--layer-bound", "20000", cwd=tmp_path)
        assert result.code == 2
        assert code in result.err
    (tmp_path / "dsconv-cost.yaml").write_text(budget(37, "x"))
    assert "matches no layer" in run("check", "--layer-bound", "21000", cwd=tmp_path).err
