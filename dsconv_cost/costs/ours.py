"""Our own conventions beside `macs`: every operation at its own cost, and the network as a runtime has it."""

from dsconv_cost.costs.charges import DEPLOYED, FOLDED, Charge, Convention

_AVERAGES = ("avgpool", "global_avgpool", "adaptive_avgpool", "reduce mean")

_MAXIMA = ("maxpool", "global_maxpool", "reduce max", "reduce sum")
_FUNCTIONS = ("exponential", "log", "sqrt", "square", "abs", "negate", "reciprocal", "sin", "cos", "threshold")


def _gates(*types: str) -> tuple[str, ...]:
    """Return the cases of activations, as layers and as the gates of glu."""
    return (*types, *(f"glu {type_}" for type_ in types))


_MAC = Charge("multiply-accumulates", 1, "macs")

OURS = (
    Convention(
        "complete", "1", "FLOPs are every arithmetic operation of inference, each at its own cost; MACs as in macs",
        "ours; one addition, multiplication, comparison, sign, root, exp, log, erf, tanh, sine or cosine is one FLOP",
        (_MAC,),
        (
            Charge("multiply-accumulates, 2 each", 2, "macs"),
            Charge("bias additions", 1, "bias_adds"),
            Charge("batch norm: factor and summand", 2, "normalised", ("batchnorm",)),
            Charge("layer, group and instance norm: mean 1, difference 1, variance 2, factor 1, scale and shift 2", 7, "normalised",
                   ("layernorm", "groupnorm", "instancenorm")),
            Charge("rmsnorm: square, sum, factor, scale", 4, "normalised", ("rmsnorm",)),
            Charge("grn: square, sum, factor, scale, shift, sum with its input", 6, "normalised", ("grn",)),
            Charge("lrn: square, two sums, factor and summand, power, quotient", 7, "normalised", ("lrn",)),
            Charge("relu: comparison", 1, "activated", _gates("relu")),
            Charge("relu6: two comparisons", 2, "activated", _gates("relu6")),
            Charge("leaky_relu, prelu: comparison, product", 2, "activated", _gates("leaky_relu", "prelu")),
            Charge("elu: comparison, exp, difference", 3, "activated", _gates("elu")),
            Charge("selu, celu: comparison, exp, difference, two products", 5, "activated", _gates("selu", "celu")),
            Charge("softplus, softsign: exp, sum, log; absolute value, sum, quotient", 3, "activated", _gates("softplus", "softsign")),
            Charge("hardtanh, clip: two comparisons", 2, "activated", (*_gates("hardtanh"), "clip")),
            Charge("log_sigmoid: two signs, exp, sum, log", 5, "activated", _gates("log_sigmoid")),
            Charge("functions of elements", 1, "activated", _FUNCTIONS),
            Charge("sigmoid: sign, exp, sum, quotient", 4, "activated", _gates("sigmoid")),
            Charge("hardsigmoid: sum, two comparisons, quotient", 4, "activated", _gates("hardsigmoid")),
            Charge("silu: sigmoid, product", 5, "activated", _gates("silu")),
            Charge("hardswish: hardsigmoid, product", 5, "activated", _gates("hardswish")),
            Charge("gelu: quotient, erf, sum, two products", 5, "activated", _gates("gelu")),
            Charge("mish: exp, sum, log, tanh, product", 5, "activated", _gates("mish")),
            Charge("softmax: maximum, difference, exp, sum, quotient", 5, "activated", _gates("softmax")),
            Charge("log_softmax: maximum, two differences, exp, sum", 5, "activated", _gates("log_softmax")),
            Charge("attention: maximum, difference, exp, sum and quotient of each score", 5, "activated", ("attention",)),
            Charge("tanh", 1, "activated", _gates("tanh")),
            Charge("gru: two sigmoids, tanh", 9, "activated", ("gru",)),
            Charge("lstm: three sigmoids, two tanh", 14, "activated", ("lstm",)),
            Charge("rnn: tanh", 1, "activated", ("rnn",)),
            Charge("average pools: a sum or quotient for each element read", 1, "pooled", _AVERAGES),
            Charge("max pools, sums: elements read", 1, "pooled", _MAXIMA),
            Charge("max pools, sums: less the first of each window", -1, "written", _MAXIMA),
            Charge("sums, differences and comparisons of elements", 1, "added"),
            Charge("products and quotients of elements", 1, "multiplied"),
            Charge("bilinear resizing: four products, three sums", 7, "resampled"),
        ),
    ),
    Convention(
        "folded", "1", "batch norms folded into the convolutions before them, which then have a bias; else as macs",
        "ours; what exporters for inference do to norms; deployed merges branches too",
        (_MAC,),
        graph=FOLDED,
    ),
    Convention(
        "deployed", "1", "the network as a runtime executes it: parallel linear branches merged into one convolution, then "
        "batch norms folded; else as macs",
        "ours; Ding et al. 2021, arXiv:2101.03697, section 3.3 (branches), and Jacob et al. 2017, arXiv:1712.05877, section 3.2 (norms)",
        (_MAC,),
        graph=DEPLOYED,
    ),
)  # fmt: skip
