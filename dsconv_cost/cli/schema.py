"""`dsconv-cost schema`."""

import click

from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.option("--budget", is_flag=True, help="Print the schema of budget files instead.")
def command(budget: bool) -> None:
    """Print the JSON Schema of architecture files, or of budget files.

    Save it and name it in an editor's YAML settings, or in a file's first line:
    # yaml-language-server: $schema=dsconv-cost.schema.json
    """
    import json

    from dsconv_cost.language.schema import budget_schema, schema

    click.echo(json.dumps(budget_schema() if budget else schema(), indent=2))
