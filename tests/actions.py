"""A composite action's steps, run as the runner of GitHub Actions runs them.

As in the runner's source (ScriptHandlerHelpers, CompositeActionHandler, FileCommandManager): expressions are filled in before a
step starts, a `bash` step is a file run by `bash --noprofile --norc -e -o pipefail`, each step has an output file and a summary
file of its own, a step that fails ends the action, and outputs are set all the same.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


class Ran(NamedTuple):
    """What became of an action."""

    code: int
    outputs: dict[str, str]
    log: str
    """Standard output and stderr of all steps."""
    summary: str


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its `${{ }}` replaced by values, which stay as they are."""
    return _EXPRESSION.sub(lambda match: values[match[1]], text)


def run_action(
    action: Path, inputs: Mapping[str, str], workspace: Path, temporary: Path, environment: Mapping[str, str]
) -> Ran:
    """Run the action in a folder with `inputs` in a checkout. The temporary folder is the job's."""
    definition: dict[str, Any] = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    assert definition["runs"]["using"] == "composite"
    assert set(inputs) <= set(definition["inputs"]), "an unknown input"
    values = {f"inputs.{name}": inputs.get(name, given["default"]) for name, given in definition["inputs"].items()}
    log, summary, code = "", "", 0
    for number, step in enumerate(definition["runs"]["steps"]):
        assert set(step) <= {"name", "id", "shell", "env", "run", "working-directory"}
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script is filled in before bash reads it: use env"
        script, output, page = (temporary / f"{number}-{name}" for name in ("script.sh", "output", "summary"))
        script.write_text(step["run"], encoding="utf-8")
        output.write_text("", encoding="utf-8")
        page.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=workspace / filled_in(step.get("working-directory", "."), values),
            env={
                **environment, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace),
                "GITHUB_ACTION_PATH": str(action), "RUNNER_TEMP": str(temporary), "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(page),
                **{name: filled_in(str(value), values) for name, value in step.get("env", {}).items()},
            },
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False,
        )  # fmt: skip
        log += done.stdout.decode("utf-8")
        summary += page.read_text(encoding="utf-8")
        for line in output.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            assert equals, line
            assert "<<" not in name, line
            values[f"steps.{step['id']}.outputs.{name}"] = value
        code = done.returncode
        if code:
            break
    names = {name for name in re.findall(_EXPRESSION, str(definition["outputs"])) if name not in values}
    values |= dict.fromkeys(names, "")
    return Ran(
        code, {name: filled_in(out["value"], values) for name, out in definition["outputs"].items()}, log, summary
    )
