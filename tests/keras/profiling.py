"""What TensorFlow's own profiler counts in a model: floating-point operations, node by node."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PRODUCTS = frozenset(
    {
        "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum",
        "Conv2D", "Conv3D", "DepthwiseConv2dNative", "Conv2DBackpropInput", "Conv2DBackpropFilter",
        "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2",
        "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter",
    }
)  # fmt: skip
"""Nodes that sum up products: what the compiler counts."""


def operations_of(function: Callable[..., Any], *inputs: tuple[Sequence[int], str]) -> Counter[str]:
    """Floating-point operations by kind of node, as TensorFlow's profiler has them.

    Args:
        function: of tensors.
        inputs: shape (its batch included) and dtype of each.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in inputs]
    traced = tf.function(function)
    # Keras has XLA compile a convolution in groups, and the profiler can't look into what XLA compiles
    with patch.object(tf, "function", _as_it_is):
        concrete = traced.get_concrete_function(*specs)
    frozen = convert_variables_to_constants_v2(concrete)
    found: Counter[str] = Counter()
    for node in frozen.graph.as_graph_def().node:
        found[node.op] += _of_node(frozen.graph, node)
    return found


def _as_it_is(*functions: Any, **_settings: Any) -> Any:
    """In place of `tf.function`: the function itself, also where it decorates with settings."""
    return functions[0] if functions else lambda function: function


def products_of(function: Callable[..., Any], *inputs: tuple[Sequence[int], str]) -> int:
    """Of `operations_of`, those of products that are summed up."""
    found = operations_of(function, *inputs)
    return sum(count for kind, count in found.items() if kind in PRODUCTS)


def _of_node(graph: Any, node: Any) -> int:
    """The profiler's count of a node; of those products that it does not know, ours from their definition."""
    from tensorflow.python.framework import ops

    own = _UNKNOWN_TO_THE_PROFILER.get(node.op)
    if own is not None:
        return own(node, *_shapes(graph, node))
    stats = ops.get_stats_for_node_def(graph, node, "flops")
    return int(stats.value or 0)


def _shapes(graph: Any, node: Any) -> tuple[list[list[int]], list[int]]:
    made = graph.get_operation_by_name(node.name)
    return [one.shape.as_list() for one in made.inputs], made.outputs[0].shape.as_list()


def _einsum(node: Any, inputs: list[list[int]], _output: list[int]) -> int:
    """Twice the sizes of all letters that stand in both operands or come out."""
    words = node.attr["equation"].s.decode()
    sources, _, target = words.partition("->")
    terms = sources.split(",")
    if len(terms) < 2:
        return 0
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, inputs, strict=True):
        front, _, back = term.partition("...")
        sizes.update(zip(front, shape, strict=False))
        middle = shape[len(front) : len(shape) - len(back)]
        if "..." in term:
            sizes["."] = max(sizes.get(".", 1), prod(middle))
        sizes.update(zip(reversed(back), reversed(shape), strict=False))
    kept = [one for one in sizes if all(one in term for term in terms) or one in target]
    return 2 * prod([sizes[one] for one in kept])


def _batches(node: Any, inputs: list[list[int]], output: list[int]) -> int:
    """The profiler overlooks that the first operand may be turned round."""
    return 2 * prod(output) * inputs[0][-2 if node.attr["adj_x"].b else -1]


def _depthwise_filter(_node: Any, inputs: list[list[int]], output: list[int]) -> int:
    *_, gradient = inputs
    return 2 * prod(gradient) * output[0] * output[1]


def _depthwise_input(_node: Any, inputs: list[list[int]], _output: list[int]) -> int:
    _, kernel, gradient = inputs
    return 2 * prod(gradient) * kernel[0] * kernel[1]


def _volume_input(_node: Any, inputs: list[list[int]], _output: list[int]) -> int:
    _, kernel, gradient = inputs
    return 2 * prod(gradient) * prod(kernel[:4])


_UNKNOWN_TO_THE_PROFILER: dict[str, Callable[..., int]] = {
    "Einsum": _einsum,
    "BatchMatMulV2": _batches,
    "BatchMatMulV3": _batches,
    "DepthwiseConv2dNativeBackpropFilter": _depthwise_filter,
    "DepthwiseConv2dNativeBackpropInput": _depthwise_input,
    "Conv3DBackpropInputV2": _volume_input,
}
"""Products of which the profiler has no count, or a wrong one."""
