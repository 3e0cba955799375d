"""Draw what commands show on a terminal as SVG: `python docs/pictures/make.py`, from the top of a checkout.

Each picture is the real output of the command in a terminal of so many columns, in a light and a dark theme. Nothing is loaded
from elsewhere: the font is the reader's own.
"""

import io
import os
import pty
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).parent

PICTURES: dict[str, tuple[int, str]] = {
    # name -> columns, arguments
    "analyze-80": (80, "analyze mobilenet"),
    "analyze-120": (120, "analyze mobilenet"),
    "explain-80": (80, "explain mobilenet dsconv2"),
    "reference-80": (80, "reference dsconv"),
    "diff-80": (80, "diff mobilenet_v2 mobilenet_v2@resolution=192 --top 8"),
    "list-published-120": (120, "list ds_cnn resnet8 xception --published"),
    "check-80": (80, "check mobilenet --max-macs 500M --max-params 5M"),
    "compare-120": (120, "compare resnet:18 mobilenet mobilenet_v2 --pareto"),
}

FIGURES: dict[str, str] = {
    # name -> arguments of a picture that a command draws itself, in both themes
    "layers": "analyze mobilenet --format svg",
    "networks": "compare mobilenet* efficientnet:b0 resnet:* --format svg",
}

THEMES = {
    "light": TerminalTheme(
        (255, 255, 255), (36, 41, 47),
        [(36, 41, 47), (164, 14, 38), (17, 99, 41), (125, 78, 0), (5, 80, 174), (102, 57, 186), (3, 102, 120), (110, 119, 129)],
        [(87, 96, 106), (207, 34, 46), (26, 127, 55), (154, 103, 0), (9, 105, 218), (130, 80, 223), (27, 124, 131), (140, 149, 159)],
    ),
    "dark": TerminalTheme(
        (13, 17, 23), (230, 237, 243),
        [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)],
        [(110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221),
         (240, 246, 252)],
    ),
}  # fmt: skip

SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg" xml:space="preserve">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def shown(arguments: str, columns: int) -> str:
    """Return what a command prints on a terminal of so many columns, with its colours."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 200, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")} | {
        "TERM": "xterm-256color"
    }
    with subprocess.Popen(
        [sys.executable, "-m", "dsconv_cost", *arguments.split()], stdin=follower, stdout=follower, stderr=follower, env=environment,
    ):  # fmt: skip
        os.close(follower)
        pieces = []
        while piece := _read(leader):
            pieces.append(piece)
    os.close(leader)
    return b"".join(pieces).decode("utf-8").replace("\r\n", "\n").rstrip("\n")


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # the other end is closed, which Linux calls an error
        return b""


def picture(arguments: str, columns: int, theme: str) -> str:
    """Return the SVG of a command's screen."""
    console = Console(record=True, width=columns, file=io.StringIO(), highlight=False)
    console.print(Text(f"$ dsconv-cost {arguments}", style="bold"))
    console.print(Text.from_ansi(shown(arguments, columns)))
    svg = console.export_svg(title="dsconv-cost", theme=THEMES[theme], code_format=SVG, unique_id="screen")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def figure(arguments: str) -> str:
    """Return the SVG that a command prints."""
    command = [sys.executable, "-m", "dsconv_cost", *arguments.split()]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def main() -> None:
    """Write every picture, those of screens in both themes."""
    for name, arguments in FIGURES.items():
        (FOLDER / f"{name}.svg").write_text(figure(arguments), encoding="utf-8")
    for name, (columns, arguments) in PICTURES.items():
        for theme in THEMES:
            (FOLDER / f"{name}-{theme}.svg").write_text(picture(arguments, columns, theme), encoding="utf-8")


if __name__ == "__main__":
    main()
