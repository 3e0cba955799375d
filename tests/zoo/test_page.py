"""docs/zoo.md: the bundled networks and every published figure, as `list` prints them."""

from pathlib import Path

from tests.command import run

PAGE = Path(__file__).parents[2] / "docs" / "zoo.md"
HEAD = """\
# The zoo

Made by `dsconv-cost list --format markdown` and `dsconv-cost list --published --format markdown`; do not edit.
Each family is a file in [architectures](../architectures) that reads like its paper's table. Where PyTorch has the network, every
layer's params and MACs equal the measured ones.

## Networks

"""


def test_the_page_is_current(update_golden: bool) -> None:
    text = HEAD + run("list", "--format", "markdown").out
    text += "\n## Published figures\n\n" + run("list", "--published", "--format", "markdown").out
    if update_golden:
        PAGE.write_text(text, encoding="utf-8")
    current = PAGE.read_text(encoding="utf-8") == text  # a page as a failure's text would be no help
    assert current, "pytest --update-golden rewrites it"
