"""Sums of products of tables: how they are added up, multiplied and divided without working them out."""

from typing import Any, Protocol

from dsconv_cost.spaces.varying import NumberTable, Operand, Polynomial, Varying, varies

Products = dict[tuple[Varying, ...], int]
"""The factors of each product -> how many times it is taken."""

_MOST_TERMS = 64
"""How many products a product of sums is written out as."""


class _Tables(Protocol):
    def product(self, a: Operand, b: Operand) -> Operand: ...

    def table(self, axes: tuple[int, ...], cells: Any) -> Operand: ...

    def table_of_sum(self, axes: tuple[int, ...], members: "list[tuple[NumberTable, int]]") -> Operand: ...


def terms_of(value: Operand) -> tuple[int, Products]:
    """Return a number as a constant and products."""
    if type(value) is Polynomial:
        return value.constant, value.terms
    return (0, {(value,): 1}) if varies(value) else (int(value), {})


def simplified(space: _Tables, constant: int, terms: Products) -> tuple[int, Products]:
    """Return a sum with its tables added up, those over fewer axes to one over more, if there is one."""
    by_axes: dict[tuple[int, ...], list[tuple[NumberTable, int]]] = {}
    result: Products = {}
    for factors, times in terms.items():
        first = factors[0]
        if len(factors) > 1 or type(first) is not NumberTable:
            result[factors] = times
        else:
            by_axes.setdefault(first.axes, []).append((first, times))
    if len(result) > _MOST_TERMS // 2:
        result = with_common_factors(space, result)
    for axes in sorted(by_axes, key=len):
        around = next((other for other in by_axes if len(other) > len(axes) and set(axes) <= set(other)), None)
        if around is not None:
            by_axes[around] += by_axes.pop(axes)
    for axes, members in by_axes.items():
        value = members[0][0] if len(members) == 1 and members[0][1] == 1 else space.table_of_sum(axes, members)
        if varies(value):
            add_to(result, (value,), 1)
        else:
            constant += value
    return constant, result


def with_common_factors(space: _Tables, products: Products) -> Products:
    """Return a sum of products in which a p + b p is (a + b) p, where a and b are over the same axes."""
    for position in (0, -1):
        groups: dict[tuple[Any, ...], list[tuple[Varying, int]]] = {}
        for factors, times in products.items():
            others = factors[1:] if position == 0 else factors[:-1]
            one = factors[position]
            groups.setdefault((others, one.axes if type(one) is NumberTable else id(one)), []).append((one, times))
        products = {}
        for (others, _), members in groups.items():
            if len(members) == 1:
                add_to(products, _in_order((*others, members[0][0])), members[0][1])
                continue
            whole = space.table_of_sum(members[0][0].axes, members)  # type: ignore[arg-type]  # all are tables
            if varies(whole):
                add_to(products, _in_order((*others, whole)), 1)
            elif whole:
                add_to(products, others, whole)
    return products


def multiplied(space: _Tables, a: Operand, b: Operand) -> tuple[int, Products] | None:
    """Return the product of two sums written out, or None where that is long."""
    (constant, terms), (other, others) = terms_of(a), terms_of(b)
    if (len(terms) + bool(constant)) * (len(others) + bool(other)) > _MOST_TERMS:
        return None
    result: Products = {}
    no_factors: tuple[Varying, ...] = ()
    for factors, times in [*terms.items(), *([(no_factors, constant)] if constant else [])]:
        for more, by in [*others.items(), *([(no_factors, other)] if other else [])]:
            add_to(result, _merged(space, (*factors, *more)), times * by)
    return result.pop(no_factors, 0), result


def divided(space: _Tables, a: Polynomial, by: int) -> tuple[int, Products] | None:
    """Return a sum divided by a number, where each of its products is divisible; else None."""
    if a.constant % by:
        return None
    result: Products = {}
    for factors, times in a.terms.items():
        if times % by == 0:
            add_to(result, factors, times // by)
            continue
        index = next(
            (i for i, one in enumerate(factors) if type(one) is NumberTable and not (one.cells * times % by).any()),
            None,
        )
        if index is None or len(factors) == 1:
            return None
        smaller = space.table(factors[index].axes, factors[index].cells * times // by)  # type: ignore[attr-defined]  # a table, as looked for above
        rest = (*factors[:index], *factors[index + 1 :])
        if varies(smaller):
            add_to(result, _in_order((*rest, smaller)), 1)
        else:
            add_to(result, rest, smaller)
    return a.constant // by, result


def _merged(space: _Tables, factors: tuple[Varying, ...]) -> tuple[Varying, ...]:
    """Return the factors of a product, those over the same axes as one table."""
    by_axes: dict[tuple[int, ...], Varying] = {}
    rest: list[Varying] = []
    for factor in factors:
        if type(factor) is not NumberTable:
            rest.append(factor)
            continue
        before = by_axes.get(factor.axes)
        both = factor if before is None else space.product(before, factor)
        if type(both) is NumberTable and both.axes == factor.axes:
            by_axes[factor.axes] = both
        else:
            rest.append(factor)
    return _in_order((*by_axes.values(), *rest))


def _in_order(factors: tuple[Varying, ...]) -> tuple[Varying, ...]:
    return tuple(sorted(factors, key=lambda factor: (factor.axes, id(factor))))


def add_to(products: Products, factors: tuple[Varying, ...], times: int) -> None:
    """Add a product to a sum."""
    left = products.pop(factors, 0) + times
    if left:
        products[factors] = left
