"""Command lines at random, made of the options that the commands themselves declare, and what has to hold for each."""

import contextlib
import csv
import io
import json
import os
import sys
from pathlib import Path
from random import Random

import click

from dsconv_cost.budget.lock import LOCK_PATH
from dsconv_cost.cli.group import COMMANDS, cli
from dsconv_cost.cli.options import ConventionType
from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.costs.conventions import all_conventions
from dsconv_cost.language.limits import METRICS
from dsconv_cost.reports.page_tables import MOST_ROWS
from tests.command import Result, run
from tests.formats.html.reading import read_page
from tests.fuzz import generate
from tests.fuzz.mutate import mutated
from tests.fuzz.oracles import expect, is_inert, loaded
from tests.fuzz.write import Tree, text_of

OFTEN = ("analyze", "check", "check", "check", "diff", "compare", "explain", "fit", "reconcile", "advise")
RARE = tuple(sorted(COMMANDS))
"""Some of these do the same whatever the files are, or take long."""
NETWORKS = (
    *("net.yaml",) * 12, *("other.yaml",) * 3, "net.yaml:w2", "net.yaml:w3", "net.yaml@p1=4", "net.yaml@p1=", "net.yaml:", "net.yaml:x",
    "gone.yaml", ".", "-", "", "resnet8", "mobilenet@alpha=0.5", "mobilenet:thin", "mobilnet", "*", "net.yaml:*", "\udcff",
    "dsconv-cost.yaml",
)  # fmt: skip


def name_of(option: click.Parameter) -> str:
    """Return the longest name of an option, without its dashes."""
    return max(option.opts, key=len).lstrip("-")


def value_of(option: click.Parameter, random: Random) -> str:
    """Return what may follow an option, by what it declares to be."""
    if random.random() < 0.03:
        return random.choice(("", "-", "0", "x", "é", "\x1b[31m", "1", "[", "::error::", "=", "--"))
    kind, name = option.type, name_of(option)
    if isinstance(kind, click.Choice):
        return str(random.choice(list(kind.choices)))
    if isinstance(kind, click.types.IntParamType):
        return str(random.choice((0, 1, 2, 3, 10, 50, 2000, 2000)))
    metric = METRICS.get(name.partition("-")[2].replace("-", "_"))
    if metric is not None:
        return generate.right_quantity(random, metric.measure) if random.random() < 0.9 else generate.quantity(random)
    if isinstance(kind, ConventionType):
        return random.choice((*all_conventions(), "x"))
    match name:
        case "vary":
            return generate.axis(random)
        case "number":
            return generate.quantity(random)
        case "baseline":
            return random.choice(NETWORKS)
    return random.choice(TEXTS.get(name, ("1", "2", "0.5", "x")))


LAYERS = ("conv1", "conv1", "dwconv1", "dsconv1", "dsconv1/dw", "x", "*", "", "unit5", "t6")
ODDS = {
    "help": 0.005, "base": 0.01, "vary": 0.9, "alpha": 0.01, "resolution": 0.01, "tolerance": 0.02, "convention": 0.2, "from": 0.5,
    "number": 0.4, "update-lock": 0.03, "set": 0.04,
}  # fmt: skip
"""How often an option is given that would mostly be wrong, or is needed."""
TEXTS = {
    "set": ("p1=2", "p1=0.5", "p2=4", "p1=relu", "p1=[1, 2]", "p1", "=1", "x=1"),
    "output": ("out.csv", "json=out.json", "out.md", "markdown=out.txt", "x.xml", "json=", "net.yaml", "none/out.csv"),
    "budget": ("dsconv-cost.yaml", "gone.yaml", "net.yaml", "-"),
    "base": ("HEAD", "-x", "main"),
    "allow-gone": ("other.yaml", "net.yaml:w2", "*", "x"),
    "tolerance": ("0%", "1%", "100%", "1", "-1%"),
    "device": ("edge-tpu", "ethos-u55-128", "ethos-u85-2048", "net.yaml", "gone.yaml", "x"),
}


def command_line(random: Random) -> list[str]:
    """Return the arguments of a call."""
    name = random.choice(OFTEN) if random.random() < 0.97 else random.choice(RARE)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    arguments: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            networks = NETWORKS if random.random() < 0.3 else ("net.yaml",)
            among = networks if "arch" in str(parameter.name) or parameter.nargs < 0 else LAYERS
            count = (
                parameter.nargs
                if parameter.nargs > 0
                else random.choice((0, 1, 1, 2) if name != "diff" else (1, 2, 2, 2))
            )
            arguments += [random.choice(among) for _ in range(count)]
            continue
        odds = ODDS.get(name_of(parameter), 0.0 if getattr(parameter, "hidden", False) else 0.1)
        for _ in range(2 if parameter.multiple and random.random() < 0.2 else 1):
            if random.random() < odds:
                arguments.append(random.choice(parameter.opts))
                if not getattr(parameter, "is_flag", False):
                    arguments.append(value_of(parameter, random))
    if name in ("fit", "check", "advise") and random.random() < 0.5 and "--max-macs" not in arguments:
        arguments += ["--max-macs", generate.right_quantity(random, "count")]
    if random.random() < 0.02:
        arguments.insert(
            random.randint(0, len(arguments)), random.choice(("--", "-x", "net.yaml", "--formt", "\udc80"))
        )
    return [name, *arguments]


def files(random: Random) -> dict[str, str]:
    """Return the files of a working directory: two networks, and sometimes a budget file and a lock."""
    net = text_of(generate.network(random), random)
    while random.random() < 0.9 and not isinstance(loaded(net), Analysis):
        net = text_of(generate.network(random), random)
    other = mutated(net, random) if random.random() < 0.5 else text_of(generate.network(random), random)
    found = {"net.yaml": mutated(net, random) if random.random() < 0.15 else net, "other.yaml": other}
    if random.random() < 0.4:
        budget = text_of(generate.budget_file(random), random)
        found["dsconv-cost.yaml"] = mutated(budget, random) if random.random() < 0.2 else budget
    if random.random() < 0.3:
        text = generate.lock(random)
        found[LOCK_PATH] = mutated(text, random) if random.random() < 0.2 else text
    return found


def place(texts: dict[str, str], folder: Path) -> None:
    """Make these the only files of a folder."""
    for path in folder.iterdir():
        if path.is_file() and path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def called(arguments: list[str], folder: Path) -> Result:
    """Run a call in a folder, with nothing on standard input."""
    with Path(os.devnull).open() as nothing, contextlib.ExitStack() as stack:
        before, sys.stdin = sys.stdin, nothing
        stack.callback(setattr, sys, "stdin", before)
        return run(*arguments, cwd=folder)


def check_call(arguments: list[str], folder: Path, again: bool = False) -> Result:
    """Expect of a call what has to hold for all."""
    result = called(arguments, folder)
    expect(result.code in (0, 1, 2), f"exit code {result.code}: {result.err[-300:]}")
    # The other commands that have a limit to exceed: fit, where no point keeps them, and advise, where no change does.
    expect(result.code != 1 or arguments[0] in ("check", "fit", "advise"), "exit code 1, and no limit was given")
    expect(result.code != 2 or bool(result.err or result.out), "exit code 2 without a word")
    for line in [*result.out.split("\n"), *result.err.split("\n")]:
        # Annotations of GitHub begin with the sign of a command, and a change to a file has its tabs and ends of lines.
        if arguments[0] == "advise":
            line = line.replace("\t", " ").removesuffix("\r")
        expect(is_inert(line.removeprefix("::") if "github" in arguments else line), f"not inert: {line!r}")
    if result.code < 2 and result.out and not {"-h", "--help"} & set(arguments):
        _check_format(arguments, result)
    if again and not {"--output", "--update-lock"} & set(arguments):
        expect(called(arguments, folder) == result, "another result the second time")
    return result


def _check_format(arguments: list[str], result: Result) -> None:
    """Expect output that programs can read."""
    form = arguments[arguments.index("--format") + 1] if "--format" in arguments[:-1] else ""
    if form == "json":
        document = json.loads(result.out)
        if arguments[0] == "check":
            failed = [verdict for verdict in document["verdicts"] if verdict["status"] == "fail"]
            expect(bool(failed) == (result.code == 1), f"exit code {result.code} and {len(failed)} limits exceeded")
    elif form == "html":
        read_page(result.out)
    elif form == "csv":
        widths = {len(row) for row in csv.reader(io.StringIO(result.out))}
        expect(len(widths) == 1, f"rows of {widths} columns")


# -- the same figures everywhere ------------------------------------------------------------------


def check_figures(root: dict[str, Tree], folder: Path) -> bool:
    """Expect JSON, CSV and the table of a network to agree, it not to differ from itself, and limits to hold to the unit.

    Return whether it is a network.
    """
    text = text_of({key: value for key, value in root.items() if key not in ("budget", "published")})
    found = loaded(text)
    if not isinstance(found, Analysis):
        return False
    place({"net.yaml": text}, folder)
    total = found.total
    document = json.loads(_output(["analyze", "net.yaml", "--format", "json", "--ops"], folder))
    for name, form in (("as_written", found.as_written), ("standard", found.standard), ("separable", found.separable)):
        expect(document["totals"][name] == form.total._asdict(), f"JSON, {name}: {document['totals'][name]}")
    rows = list(csv.DictReader(io.StringIO(_output(["analyze", "net.yaml", "--format", "csv", "--ops"], folder))))
    expect([row["name"] for row in rows] == [row["name"] for row in document["layers"]], "CSV: other layers than JSON")
    for name in ("params", "macs", "flops"):
        expect(sum(int(row[name]) for row in rows) == getattr(total, name), f"CSV: another sum of {name}")
        expect(sum(row[name] for row in document["layers"]) == getattr(total, name), f"JSON: another sum of {name}")
    page = read_page(_output(["analyze", "net.yaml", "--format", "html"], folder)).layer_rows()
    if len(page) < MOST_ROWS:
        for name, head in (("params", "params"), ("macs", "MACs")):
            expect(sum(int(row[head]) for row in page) == getattr(total, name), f"page: another sum of {name}")
    table = _output(["analyze", "net.yaml"], folder)
    # Forms that cost the same share a row, e.g. `as written = standard`.
    row = next((line for line in table.split("\n") if line.startswith("as written")), "")
    shown = [word for word in row.split() if word.replace(",", "").isdigit()]
    expect(shown[:3] == [f"{figure:,}" for figure in (total.params, total.macs, total.flops)], f"table: {row}")
    expect(
        '"same": true' in _output(["diff", "net.yaml", "net.yaml", "--format", "json"], folder),
        "it differs from itself",
    )
    for name, figure in (("params", total.params), ("macs", total.macs), ("flops", total.flops)):
        for limit, code in ((figure, 0), (figure - 1, 1)):
            if limit >= 0:
                result = called(["check", "net.yaml", f"--max-{name}", str(limit)], folder)
                wrong = f"{figure} {name}, at most {limit}: exit code {result.code}: {result.err}"
                # Its variants are held to the limit too.
                expect(result.code == code or "variants" in root, wrong)
    return True


def _output(arguments: list[str], folder: Path) -> str:
    result = called(arguments, folder)
    expect(result.code == 0, f"{arguments}: exit code {result.code}: {result.err}")
    return result.out
