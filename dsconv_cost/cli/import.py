"""`dsconv-cost import`."""  # noqa: N999  # the word that is typed

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import Command


@click.command(cls=Command)
@click.argument("model", metavar="MODEL", shell_complete=offer_files)
@model_options
def command(model: str) -> None:
    """Print a model of another tool as the YAML that a person would have written.

    MODEL is a file of ONNX, TFLite or Keras, or torch:package.module:function. Convolutions with their norms, residuals,
    repetitions and blocks of equal structure become what the language has for them, with the modules of the model as
    comments, and resolution and classes to set where that holds.

    Before it is printed, the text is analysed and compared with the model: every layer with all its counts. A model that the
    language cannot say is an error with the operations that it lacks; analyze and check take the model itself.

    \b
    Example:
      dsconv-cost import x.onnx > x.yaml
    """  # noqa: D301  # click reads the backspace character as "do not rewrap"
    from dsconv_cost.sources.imports import text_of_model

    click.echo(text_of_model(model), nl=False)
