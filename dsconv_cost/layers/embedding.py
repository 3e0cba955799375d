"""Tables that are looked up: embedding."""

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, Field
from dsconv_cost.layers.shapes import Shape


class Embedding(Layer):
    """A learned vector for each entry of a vocabulary. Its input holds one index at each position: 1 channel.

    weights = v C_out; 0 MACs, because a vector is looked up and multiplied by nothing.
    """

    __slots__ = ("features", "vocabulary")
    features: int
    vocabulary: int

    type = "embedding"
    family = "Tables"
    kinds = (OperationKind("embedding"),)
    main = Field(
        "features",
        COUNT,
        "values of each vector: the channels of the output",
        also=("embedding_dim", "output_dim", "dim"),
    )
    fields = (
        Field(
            "vocabulary",
            COUNT,
            "vectors, one for each index",
            also=("num_embeddings", "input_dim", "vocab_size", "vocab"),
        ),
    )
    also = ("embed", "lookup", "lookup_table", "token_embedding")
    formulas = {"output": "C_out at each position of the input", "weights": "v * C_out"}
    letters = {"v": "vectors of the vocabulary"}
    counted = "0 MACs, free on purpose: it looks a vector up and multiplies nothing"
    source = "Bengio et al. 2003, A neural probabilistic language model, section 2"

    def channels_after(self, arriving: int) -> int:
        if arriving != 1:
            raise LayerError(
                f"received {arriving} channels, expected 1: one index at each position, e.g. input: [1, length]",
                code="shape-mismatch",
            )
        return self.features

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        return Counts(weights=self.vocabulary * self.features, read=inputs[0].elements, written=output.elements)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "v": self.vocabulary}
