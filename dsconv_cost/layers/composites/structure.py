"""sequential and residual: composites whose parts are written out as bodies."""

from dsconv_cost.layers.composites.base import Composite
from dsconv_cost.layers.fields import BODY, DERIVED, Choice, Field, ShortcutKind

ON_CHANGE, ALWAYS = "on_change", "always"


class Sequential(Composite):
    """A group of items, to name, repeat or condition as one item. It has no scope of its own."""

    type = "sequential"
    main = Field("body", BODY, "the items")
    also = ("group", "stage", "seq", "body")
    made_of = "its items, one after another"


class Residual(Composite):
    """Adds its input to its body's output.

    The identity is added where the body keeps channels, height and width and some way through it strides nowhere; elsewhere
    `shortcut` decides. Nothing is projected in silence.
    """

    type = "residual"
    main = Field("body", BODY, "the items whose output the input is added to")
    fields = (
        Field(
            "shortcut", ShortcutKind(),
            "what is added where the body changes the shape: a body, none for nothing (as in MobileNetV2), or identity to insist "
            "on the input itself", DERIVED, ("downsample", "projection"),
        ),
        Field(
            "project", Choice(ON_CHANGE, ALWAYS), "where a shortcut that is a body is taken: on_change, where the body changes the "
            "shape (as in ResNet), or always (as in QuartzNet)", ON_CHANGE,
        ),
    )  # fmt: skip
    also = ("skip", "res", "resblock", "residual_block", "shortcut_add")
    made_of = "its body, its shortcut where the shape changes or always, add"
    source = "He et al. 2015, arXiv:1512.03385, section 3.2"
