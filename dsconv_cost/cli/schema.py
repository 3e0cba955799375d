"""`dsconv-cost schema`."""

import click


@click.command(short_help="JSON Schema of the language, for editors.")
def schema() -> None:
    """Print the JSON Schema of architecture files.

    Save it and name it in an editor's YAML settings, or in a file's first line:
    # yaml-language-server: $schema=dsconv-cost.schema.json
    """
    import json

    from dsconv_cost.schema import schema as made

    click.echo(json.dumps(made(), indent=2))
