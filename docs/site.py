"""What the documentation site changes of a page, so that the same page reads well in the repository.

A fence that names its file becomes a code block with that title, and a link to a file outside the documents becomes its text.
"""

import re
from typing import Any

_NAMED_FENCE = re.compile(r"^```(\w+) (\S+)$", re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the text of a page as the site shows it; MkDocs calls this for each page."""
    return _OUTSIDE.sub(r"\1", _NAMED_FENCE.sub(r'```\1 title="\2"', markdown))
