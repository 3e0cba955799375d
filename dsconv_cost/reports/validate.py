"""Which files can be read, and everything that is wrong with the others."""

from dsconv_cost.budget.validation import ValidatedFile, Validation
from dsconv_cost.errors import EXIT_WRONG_INPUT
from dsconv_cost.reports.check import PROBLEM_KEYS, problem_records
from dsconv_cost.reports.table import PLAIN, TEXT, Column, Report, Table
from dsconv_cost.text import inert

_FILE_COLUMNS = (
    Column("file", "file", TEXT),
    Column("kind", "what", TEXT, 1),
    Column("valid", "valid", TEXT, colors={"no": "red", "yes": "green"}),
    Column("networks", "networks", PLAIN, 0),
    Column("problem_count", "problems", PLAIN),
)
_PROBLEM_COLUMNS = tuple(
    Column(key, key.replace("_", " "), PLAIN if key.endswith(("line", "column")) else TEXT, quoted=key == "message")
    for key in PROBLEM_KEYS
)


def validation_report(validation: Validation, with_problems: bool) -> Report:
    """Return the files as a table; with each problem in a row where nothing else shows it."""
    files = Table("files", _FILE_COLUMNS, [_file_cells(file) for file in validation.files])
    records = problem_records(validation.faults)
    problems = [
        tuple(inert(v) if isinstance(v, str) else v for v in map(record.get, PROBLEM_KEYS)) for record in records
    ]
    tables = [Table("problems", _PROBLEM_COLUMNS, problems), files] if with_problems else [files]
    code = EXIT_WRONG_INPUT if validation.faults else 0
    notes = [("left out", f"{inert(path)}: {why}") for path, why in validation.skipped]
    return Report(_headline(validation), tables, notes, {"exit_code": code})


def _headline(validation: Validation) -> str:
    count = len(validation.files)
    files = f"{count:,} file{'s' if count > 1 else ''}"
    if not validation.faults:
        return f"{files}, all valid" if count > 1 else f"{files}, valid"
    valid = sum(not file.faults for file in validation.files)
    problems = sum(file.problems for file in validation.files)
    return f"{valid:,} of {files} valid, {problems:,} problem{'s' if problems > 1 else ''}"


def _file_cells(file: ValidatedFile) -> tuple[str | int | None, ...]:
    return inert(file.path), file.kind, "no" if file.faults else "yes", file.networks, file.problems
