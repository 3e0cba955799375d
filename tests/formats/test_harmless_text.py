"""Text from a file or a path does nothing but be read: in no terminal, CI log, Markdown page, spreadsheet."""

import csv
import io
import json
import re
import time
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.sources.load import Source, load_source
from dsconv_cost.text import caret_line, inert, lines_of, listing, nearest_words, shown
from tests.command import Result, run
from tests.formats.html.reading import read_page

EVIL: dict[str, str] = {
    "an escape sequence": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "a new line and a command": "a\n::error::pwned",
    "a command": "::error file=x::pwned",
    "a command behind spaces": "  ::set-output name=a::b",
    "an old command": "##[error]pwned",
    "an old command behind signs": "###[group]pwned",
    "a carriage return": "good\rbad",
    "a backspace": "good\b\b\b\bevil",
    "bidirectional marks": "abc\u202egnp.exe\u2066x\u2069",
    "marks without width": "a\u200bb\ufeffc\u00add",
    "line separators": "a\u2028::error::b\u2029c\x85::error::d",
    "private and unassigned characters": "\ue000\U000e0041\U000f0000",
    "backticks and pipes": "a`b``c` | d | `",
    "HTML": "<script>alert(1)</script><img src=x onerror=y>&amp;<!-- x -->",
    "a mention and links": "@octocat #1 https://example.com [x](https://example.com) ![y](z.png)",
    "a formula": "=cmd|' /C calc'!A0",
    "another formula": "+1+1@SUM(1)",
    "rich markup": "[bold red]x[/bold red] [link=https://example.com]y[/link] :smile:",
    "Markdown": "# a **b** _c_ ~d~ \\ - e",
    "XML": "]]> <![CDATA[ & \"x\" 'y'",
    "percent signs": "%0A::error::x %s {0} {x}",
}
LAYERS = "input: [3, 32, 32]\nlayers:\n  - {conv: 8, kernel: 3}\n  - {conv: 8, kernel: 3, groups: 8}\n"
FORMATS = ("table", "json", "csv", "markdown", "html")


def quoted(text: str) -> str:
    """Return the text between double quotes, as YAML escapes it."""
    return (
        '"'
        + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
        + '"'
    )


def write(path: Path, name: str, rest: str = LAYERS) -> None:
    path.write_text(f"name: {quoted(name)}\nsource: {quoted(name)}\n{rest}", encoding="utf-8")


def assert_inert(text: str) -> None:
    """No character that moves, hides or turns text, and no line that a CI runner obeys."""
    odd = {c for c in text if c != "\n" and (unicodedata.category(c)[0] == "C" or c in "\u2028\u2029")}
    assert not odd
    assert "##[" not in text
    assert not [line for line in text.split("\n") if line.strip().startswith("::")]


def outside_code(markdown: str) -> str:
    """Return Markdown without its code spans: what a page would interpret."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", markdown, flags=re.DOTALL)


def assert_plain_markdown(text: str) -> None:
    left = outside_code(text)
    assert not re.search(r"[<>@`]|https?:|\]\(|octocat", left), left
    rows = [line for line in text.split("\n") if line.startswith("|")]
    widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert 1 <= len(widths) <= 4  # a table, or a few, of rows as wide as their head


def assert_plain_csv(text: str) -> None:
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r") or re.match(r"-[^0-9]", cell)], row


def assert_plain_page(text: str) -> None:
    """One script that runs and one style, both ours, and no element or attribute that a name brought in."""
    read = read_page(text)
    special = [one for one in read.elements if one.name in ("script", "style")]
    assert [one.name for one in special if one.attributes.get("type") != "application/json"] == ["style", "script"]
    assert not {one.name for one in read.elements} & {"img", "iframe", "object", "link"}
    assert not [name for one in read.elements for name in one.attributes if name.startswith("on") or name == "style"]
    assert [
        one.attributes["href"] for one in read.elements if not one.attributes.get("href", "#").startswith("#")
    ] == []


def check_format(result: Result, format_: str) -> None:
    assert result.code == 0, result.err
    assert_inert(result.out)
    assert_inert(result.err)
    if format_ == "markdown":
        assert_plain_markdown(result.out)
    elif format_ == "csv":
        assert_plain_csv(result.out)
    elif format_ == "html":
        assert_plain_page(result.out)
    elif format_ == "json":
        json.loads(result.out)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("case", EVIL)
def test_a_name(case: str, format_: str, tmp_path: Path) -> None:
    write(tmp_path / "net.yaml", EVIL[case])
    check_format(run("analyze", "net.yaml", "--format", format_, cwd=tmp_path), format_)


PATHS = {case: text for case, text in EVIL.items() if "/" not in text}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("case", PATHS)
def test_a_path(case: str, format_: str, tmp_path: Path) -> None:
    (tmp_path / f"{PATHS[case]}.yaml").write_text(LAYERS)
    check_format(run("analyze", f"{PATHS[case]}.yaml", "--format", format_, cwd=tmp_path), format_)


@pytest.mark.parametrize("command", [("compare",), ("fit",), ("reconcile",), ("diff",), ("explain",)], ids=" ".join)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_command(command: tuple[str, ...], format_: str, tmp_path: Path) -> None:
    """All of it at once, as the name and in the path, wherever a command shows them."""
    text = " ".join(text.strip() for text in EVIL.values())
    folder = tmp_path / "::error::`a`|<b> @c =d ##[e]\x1b[31m"
    folder.mkdir()
    files = [f"{folder.name}/{name}.yaml" for name in ("one", "two")]
    resolution = "hyperparameters: {alpha: 1, resolution: 32}\ninput: [3, resolution, resolution]\n"
    for file, channels in zip(files, ("8", "16"), strict=True):
        body = f"layers:\n  - {{conv: {channels} * alpha, kernel: 3}}\n"
        write(tmp_path / file, text[:290].rsplit(" ", 1)[0], resolution + body)
    if command == ("explain",):
        result = run("explain", files[0], cwd=tmp_path)
        assert result.code == 0, result.err
        assert_inert(result.out)
        return
    taken = files if command in (("compare",), ("diff",)) else files[:1]
    given: dict[tuple[str, ...], tuple[str, ...]] = {
        ("fit",): ("--max-macs", "100M", "--vary", "alpha=1,2"),
        ("reconcile",): ("--number", "1000"),
    }
    options = given.get(command, ())
    check_format(run(*command, *taken, *options, "--format", format_, cwd=tmp_path), format_)


def test_json_holds_the_text_itself(tmp_path: Path) -> None:
    for text in EVIL.values():
        write(tmp_path / "net.yaml", text)
        out = run("analyze", "net.yaml", "--format", "json", cwd=tmp_path).out
        assert out.isascii()
        assert json.loads(out)["architecture"]["name"] == " ".join(text.split())


def test_rich_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "net.yaml", EVIL["rich markup"])
    assert run("analyze", "net.yaml", cwd=tmp_path).out.startswith(EVIL["rich markup"])


# -- wrong files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("space", ["\t", "\n", "\r", "\x0b", "\u2028", "\u00a0"], ids=repr)
def test_the_space_in_a_published_figure(space: str, tmp_path: Path) -> None:
    figure = quoted(f"3{space}K")
    (tmp_path / "net.yaml").write_text(f"published: [{{params: {figure}, source: x}}]\n{LAYERS}", encoding="utf-8")
    results = [run("analyze", "net.yaml", cwd=tmp_path), run("reconcile", "mobilenet", "--number", f"3{space}K")]
    for result in results:
        assert result.code == (0 if space == "\t" else 2)
        assert_inert(result.out + result.err)


WRONG: dict[str, str] = {
    "a type": "layers: [{text}]",
    "a field": "layers: [{{conv: 8, kernel: 3, {text}: 1}}]",
    "a value": "layers: [{{conv: {text}, kernel: 3}}]",
    "a name": "layers: [{{relu, name: {text}}}]",
    "a tensor": "layers: [{{relu, from: {text}}}]",
    "a branch": "layers: [{{add: [previous, {text}]}}]",
    "an output": "layers: [relu]\noutputs: [{text}]",
    "a key of the file": "layers: [relu]\n? {text}\n: 1",
    "a block": "layers: [relu]\nblocks: {{ ? {text} : {{layers: relu}}}}",
    "a key of a block": "layers: [relu]\nblocks: {{b: {{layers: relu, ? {text} : 1}}}}",
    "an argument": "layers: [relu]\nblocks: {{b: {{arguments: {{ ? {text} : 1}}, layers: relu}}}}",
    "a hyperparameter": "layers: [relu]\nhyperparameters: {{ ? {text} : 1}}",
    "its value": "layers: [relu]\nhyperparameters: {{a: {text}}}",
    "a let": "layers: [relu]\nlet: {{ ? {text} : 1}}",
    "a default": "layers: [relu]\ndefaults: {{ ? {text} : {{a: 1}}}}",
    "a variant": "layers: [relu]\nvariants: {{ ? {text} : {{}}}}",
    "a setting": "layers: [relu]\nvariants: {{a: {{ ? {text} : 1}}}}",
    "a figure": "layers: [relu]\npublished: [{{source: x, params: {text}}}]",
    "a key of a row": "layers: [relu]\npublished: [{{source: x, params: 1, ? {text} : 1}}]",
    "a form": "layers: [relu]\npublished: [{{source: x, params: 1, form: {text}}}]",
    "a key twice": "layers: [relu]\n? {text}\n: 1\n? {text}\n: 1",
    "a budget": "layers: [relu]\nbudget: {{ ? {text} : 1}}",
}


@pytest.mark.parametrize("place", WRONG)
def test_a_message_that_quotes_it(place: str, tmp_path: Path) -> None:
    for text in EVIL.values():
        body = WRONG[place].format(text=quoted(text))
        (tmp_path / "net.yaml").write_text(f"input: [3, 32, 32]\n{body}\n", encoding="utf-8")
        result = run("analyze", "net.yaml", cwd=tmp_path)
        assert (result.code, result.out) == (2, ""), text
        assert result.err.startswith("net.yaml:")
        assert_inert(result.err)


@pytest.mark.parametrize("case", EVIL)
def test_the_source_line_that_is_shown(case: str, tmp_path: Path) -> None:
    """As it stands in the file, where YAML lets it stand."""
    text = EVIL[case].replace("\n", "\\n")
    (tmp_path / "net.yaml").write_text(f"layers: [rleu]\n{text} # \nrleu: {text}\n", encoding="utf-8")
    result = run("analyze", "net.yaml", cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert_inert(result.err)


@pytest.mark.parametrize("case", EVIL)
@pytest.mark.parametrize("command", ["analyze", "explain", "show", "reference", "check", "nothing"])
def test_an_argument(command: str, case: str, tmp_path: Path) -> None:
    result = run(command, EVIL[case], cwd=tmp_path)
    assert result.code == 2
    assert_inert(result.out)
    assert_inert(result.err)
    assert result.err


@pytest.mark.parametrize("case", EVIL)
def test_an_option(case: str, tmp_path: Path) -> None:
    text = EVIL[case]
    for options in (("--set", f"{text}=1"), ("--set", f"alpha={text}"), ("--alpha", text), ("--output", text)):
        result = run("analyze", "mobilenet", *options, cwd=tmp_path)
        assert (result.code, result.out) == (2, ""), options
        assert_inert(result.err)
    result = run("analyze", f"mobilenet:{text}", cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert_inert(result.err)


@pytest.mark.parametrize("format_", [*FORMATS, "github", "junit"])
def test_check(format_: str, tmp_path: Path) -> None:
    text = " ".join(text.strip() for text in EVIL.values())[:290].rsplit(" ", 1)[0]
    budget = f"budget:\n  - {{metric: macs, max: 1, message: {quoted(text)}}}\n"
    folder = tmp_path / "::error::`a`|<b> @c =d ##[e]\x1b[31m"
    folder.mkdir()
    write(folder / "net.yaml", text, LAYERS + budget)
    result = run("check", f"{folder.name}/net.yaml", "--format", format_, cwd=tmp_path)
    assert result.code == 1, result.err
    if format_ == "github":
        # Its lines are commands, made here; what they hold has no line breaks and no colons of its own.
        for line in result.out.splitlines():
            if line.startswith("::"):
                assert re.fullmatch(r"::(error|warning|notice)[^\n]*", line)
                assert not {c for c in line if unicodedata.category(c)[0] == "C"}
            else:
                assert_inert(line)
    else:
        assert_inert(result.out)
    if format_ == "junit":
        assert ET.fromstring(result.out).tag in ("testsuite", "testsuites")
    elif format_ == "markdown":
        assert_plain_markdown(result.out)
    elif format_ == "csv":
        assert_plain_csv(result.out)


# -- the functions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text: a | b", "plain text: a | b"),
        ("é 网 ß", "é 网 ß"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\u202e", "\\u202e"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("::error::", "\\x3a:error::"),
        ("  ::error::", "  \\x3a:error::"),
        ("a::b", "a::b"),
        ("##[error]", "#\\x23[error]"),
        ("###[error]", "##\\x23[error]"),
        ("", ""),
    ],
)
def test_inert(text: str, expected: str) -> None:
    assert inert(text) == expected
    assert inert(expected) == expected


def test_shown_is_short() -> None:
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 57 + "..."


def test_listing_is_short() -> None:
    assert listing([]) == ""
    assert listing(["a", "b"]) == "a, b"
    assert listing([str(n) for n in range(1000)], 3) == "0, 1, 2 and 997 more"


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("strid", ["stride", "kernel"], "stride"),
        ("STRIDE", ["stride"], "stride"),
        ("global-avgpool", ["global_avgpool"], "global_avgpool"),
        ("globalavgpool", ["global_avgpool"], "global_avgpool"),
        ("colour", ["stride", "kernel"], None),
        ("", ["stride"], None),
        ("name1", [f"name{n}" for n in range(1000)], None),
        ("x" * 1_000_000, ["x"], None),
    ],
)
def test_nearest(word: str, known: list[str], expected: str | None) -> None:
    assert nearest_words(word, known) == expected


@pytest.mark.parametrize(
    ("column", "source", "expected"),
    [
        (1, "abc", "     7 | abc\n       | ^"),
        (3, "abc", "     7 | abc\n       |   ^"),
        (4, "abc", "     7 | abc\n       |    ^"),
        (3, "\tbc", "     7 |  bc\n       |   ^"),
        (2, "网c", "     7 | 网c\n       |   ^"),
        (3, "e\u0301c", "     7 | e\u0301c\n       |  ^"),
        (2, "\x1bc", "     7 | \\x1bc\n       |     ^"),
    ],
)
def test_caret_line(column: int, source: str, expected: str) -> None:
    assert caret_line(7, column, source) == expected


INVISIBLE = {
    "hangul filler": "\u3164",
    "hangul choseong filler": "\u115f",
    "halfwidth hangul filler": "\uffa0",
    "khmer inherent vowel": "\u17b4",
    "braille blank": "\u2800",
    "variation selector": "\ufe0f",
    "variation selector of the supplement": "\U000e0100",
    "grapheme joiner": "\u034f",
    "mongolian variation selector": "\u180b",
    "mongolian vowel separator": "\u180e",
    "zero width space": "\u200b",
    "soft hyphen": "\u00ad",
    "tag": "\U000e0061",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "thin space": "\u2009",
    "musical beam": "\U0001d173",
}


@pytest.mark.parametrize("name", INVISIBLE)
def test_what_nobody_sees_is_escaped(name: str, tmp_path: Path) -> None:
    character = INVISIBLE[name]
    assert character not in inert(f"a{character}b")
    assert inert(inert(f"a{character}b")) == inert(f"a{character}b")
    (tmp_path / "net.yaml").write_text(f"name: x\ninput: [3, 8, 8]\nlayers: [con{character}v]\n", encoding="utf-8")
    result = run("analyze", "net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert character not in result.err


@pytest.mark.parametrize("text", ["é", "e\u0301", "网", "Сеть", "ไทย", "हिन्दी", "\U0001f600", "✓ ≤"])
def test_what_is_seen_stays(text: str) -> None:
    assert inert(text) == text


BEYOND = {
    "a value over two lines": "layers: [{conv: 8>\n*k, kernel: 3}]\ninput: [3, 8, 8]\n",
    "a folded value": "hyperparameters:\n  a: 1\nlet:\n  b: >\n   a\n   +\n   +++ *\ninput: [3, 8, 8]\nlayers: [relu]\n",
    "a key at the end": "input: [3, 8, 8]\nlayers: [relu]\nblocks:\n  ?",
    "a quoted value": 'input: [3, 8, 8]\nlayers:\n- conv: "8\n   \n  @"\n  kernel: 3\n',
    "an open list": "input: [3, 8, 8]\nlayers: [relu",
    "nothing": "",
}


@pytest.mark.parametrize("case", BEYOND)
def test_a_column_is_inside_its_line(case: str) -> None:
    text = BEYOND[case]
    with pytest.raises(InputError) as caught:
        load_source(Source(text, "net.yaml", False, None), {})
    lines = lines_of(text)
    for problem in caught.value.problems:
        for line, column in ((problem.line, problem.column), (problem.end_line, problem.end_column)):
            assert line <= len(lines)
            assert column <= len(lines[line - 1]) + 1
    assert str(caught.value)


def test_suggestions_are_bounded_and_the_first_are_there() -> None:
    """480 unknown names beside 480 known ones, all alike: each comparison of two takes a twentieth of a millisecond."""
    names = [f"{n:03d}" for n in range(480)]
    letters = "abcdefghij"
    spelled = ["".join(letters[int(d)] * 20 for d in name) for name in names]
    known = ", ".join(f"{word}x: 1" for word in spelled)
    unknown = "".join(f"- {{conv: {word}y, kernel: 1}}\n" for word in spelled)
    text = f"hyperparameters: {{{known}}}\ninput: [3, 8, 8]\nlayers:\n{unknown}"
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        load_source(Source(text, "net.yaml", False, None), {})
    assert time.process_time() - start < 10  # it was over 80 seconds
    suggestions = [problem.suggestion for problem in caught.value.problems]
    assert len(suggestions) >= 400
    assert suggestions[0] == f"{spelled[0]}x"
    assert 0 < sum(s is not None for s in suggestions) <= 20


def test_suggestions_without_a_file_are_not_bounded() -> None:
    assert all(nearest_words(f"strid{n}", ["stride"]) == "stride" for n in range(30))
