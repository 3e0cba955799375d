"""`dsconv-cost schema`."""

import click

from dsconv_cost.cli.once import Command


@click.command(cls=Command, short_help="JSON Schema of the language, for editors.")
@click.option("--budget", is_flag=True, help="Of budget files instead.")
def schema(budget: bool) -> None:
    """Print the JSON Schema of architecture files, or of budget files.

    Save it and name it in an editor's YAML settings, or in a file's first line:
    # yaml-language-server: $schema=dsconv-cost.schema.json
    """
    import json

    if budget:
        from dsconv_cost.language.schema import budget_schema as made
    else:
        from dsconv_cost.language.schema import schema as made

    click.echo(json.dumps(made(), indent=2))
