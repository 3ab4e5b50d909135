"""Sums of products over named indices, and the products of vectors and arrays that are written with them."""

from __future__ import annotations

import string

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .arithmetic import multiply
from .composite import composite
from .linear import matmul
from .parameters import shape_of
from .shape import expand_dims, reshape


@primitive(name="einsum")
def _einsum(*xs, equation):
    """y[the indices after the arrow] = sum over all others of the product of each x at its own indices"""
    return active.kernels.einsum(equation, *xs)


@_einsum.backward("xs")
def einsum_dxs(g, y, *xs, equation, position):
    """dL/dx_i[its indices] = sum over all others of g * the product of the other x: an einsum again

    y["ik"] = sum over j of a["ij"] * b["jk"] has for every i, j, k the slope b["jk"] by a["ij"], so
    dL/da["ij"] = sum over k of g["ik"] * b["jk"]: g takes the place of a, and the arrow points to a's indices. An index
    that only x_i has is a factor 1 for each; one that x_i has twice, "ii", is a factor [i = j], the identity matrix.
    """
    inputs, output = equation.split("->")
    terms = inputs.split(",")
    factors = [(output, g), *((t, x) for i, (t, x) in enumerate(zip(terms, xs, strict=True)) if i != position)]
    target, shape = "", xs[position].shape
    for letter, n in zip(terms[position], shape, strict=True):
        name = letter
        if letter in target:
            name = next(a for a in string.ascii_letters if a not in equation and a not in target)
            factors.append((letter + name, np.eye(n, dtype=g.dtype)))
        elif not any(letter in term for term, _ in factors):
            factors.append((letter, np.ones(n, g.dtype)))
        target += name
    return _einsum(*[x for _, x in factors], equation=f"{','.join(term for term, _ in factors)}->{target}")


@composite
def einsum(equation, *operands):
    """Return the sum of products that an equation of indices says: "ij,jk->ik" is the matrix product.

    Before the arrow stand the indices of each operand, one letter for each axis. Elements are multiplied where equal
    letters have equal values; letters that are missing after the arrow are summed over. The same letter twice in one
    operand is its diagonal: "ii->" is the trace. "..." stands for any further axes, which broadcast. Without an arrow
    the result has the axes of "...", then the letters that occur once, in the order of the alphabet.

    Args:
        equation: a string such as "bij,bjk->bik"; spaces do not matter.
        operands: an array or a Tensor for each of its terms. An axis of length 1 broadcasts.

    Raises:
        ValueError: an equation that does not fit the operands, with what does not.

    >>> import tinygrad_edu as tge
    >>> a, b = tge.ones(2, 3), tge.ones(3, 4)
    >>> tge.einsum("ij,jk->ik", a, b).shape, tge.einsum("ij->j", a).data
    ((2, 4), array([2., 2., 2.], dtype=float32))
    """
    if not isinstance(equation, str):
        raise TypeError(f'einsum: the equation comes first, "ij,jk->ik" or the like, not {type(equation).__name__}')
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)) and "," in equation:
        operands = tuple(operands[0])
    operands = tuple(x if hasattr(x, "shape") else np.asarray(x) for x in operands)
    terms, output = _explicit(equation.replace(" ", ""), [x.shape for x in operands])
    lengths = _lengths(equation, terms, operands)
    for letter in output:
        if output.count(letter) > 1 or letter not in lengths:
            known = "stands there twice" if letter in lengths else "is in no operand"
            raise ValueError(f"einsum: after the arrow of {equation!r}, index {letter} {known}")
    for i, (term, x) in enumerate(zip(terms, operands, strict=True)):
        kept = [n == lengths[letter] for letter, n in zip(term, x.shape, strict=True)]
        if not all(kept):  # what is repeated along an index is the same for each: the index can go
            operands = (*operands[:i], reshape(x, tuple(np.array(x.shape)[kept].tolist())), *operands[i + 1 :])
            terms[i] = "".join(letter for letter, keep in zip(term, kept, strict=True) if keep)
    return _einsum(*operands, equation=f"{','.join(terms)}->{output}")


def _explicit(equation, shapes):
    """Return the letters of each operand and of the result, with letters for "..." and a result where none is given."""
    inputs, arrow, output = equation.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"einsum: {equation!r} has {len(terms)} terms, but there are {len(shapes)} operands")
    names = [term.replace("...", "", 1) for term in (*terms, output)]
    if any(not name.isascii() or not (name.isalpha() or not name) for name in names):
        raise ValueError(f'einsum: {equation!r} holds more than letters, commas, one "->" and one "..." in each term')
    free = [a for a in string.ascii_letters if a not in equation]
    further = []
    for term, name, shape in zip(terms, names, shapes, strict=False):
        further.append(len(shape) - len(name) if "..." in term else 0)
        if len(name) + further[-1] != len(shape) or further[-1] < 0:
            raise ValueError(f"einsum: the term {term!r} of {equation!r} names {len(name)} axes of an operand {shape}")
    most = max(further, default=0)
    dots = "".join(free[:most])
    terms = [term.replace("...", dots[most - n :]) for term, n in zip(terms, further, strict=True)]
    if not arrow:
        together = "".join(names)
        output = "..." + "".join(sorted(a for a in set(together) if together.count(a) == 1))
    return terms, output.replace("...", dots)


def _lengths(equation, terms, operands):
    """Return how long each index is, or raise where operands disagree."""
    lengths: dict[str, int] = {}
    for term, x in zip(terms, operands, strict=True):
        own: dict[str, int] = {}
        for letter, n in zip(term, x.shape, strict=True):
            known = own.setdefault(letter, n)
            other = lengths.get(letter, 1)
            if known != n or (n != other and 1 not in (n, other)):
                raise ValueError(
                    f"einsum: index {letter} of {equation!r} is {n} long in an operand of shape {x.shape}, but "
                    f"{known if known != n else other} elsewhere"
                )
            lengths[letter] = n if other == 1 else other
    return lengths


@composite
def tensordot(a, b, axes=2):
    """Return the sum of products over pairs of axes: the last `axes` of a with the first of b, or the pairs given.

    Args:
        a, b: any shapes.
        axes: how many; or two lists of equal length, of a's axes and of b's.

    Shapes: y has the axes of a that are not summed over, then those of b.

    Raises:
        ValueError: axes that do not fit.

    >>> import tinygrad_edu as tge
    >>> tge.tensordot(tge.ones(2, 3, 4), tge.ones(4, 3, 5), axes=([1, 2], [1, 0])).shape
    (2, 5)
    """
    a_ndim, b_ndim = len(shape_of(a)), len(shape_of(b))
    if len(shape_of(axes)) == 0:
        count = int(axes)
        if not 0 <= count <= min(a_ndim, b_ndim):
            raise ValueError(f"tensordot: axes={axes}, but shapes are {shape_of(a)} and {shape_of(b)}")
        of_a, of_b = list(range(a_ndim - count, a_ndim)), list(range(count))
    else:
        of_a, of_b = (np.atleast_1d(of).tolist() for of in axes)
        if len(of_a) != len(of_b):
            raise ValueError(f"tensordot: axes={axes} pairs {len(of_a)} axes of a with {len(of_b)} of b")
    letters = string.ascii_letters
    a_term, b_term = list(letters[:a_ndim]), list(letters[a_ndim : a_ndim + b_ndim])
    for i, j in zip(of_a, of_b, strict=True):
        if shape_of(a)[i] != shape_of(b)[j]:
            raise ValueError(
                f"tensordot: axis {i} of a, of shape {shape_of(a)}, and axis {j} of b, of shape {shape_of(b)}, differ"
            )
        b_term[j] = a_term[i]
    output = [x for x in a_term if x not in b_term] + [x for x in b_term if x not in a_term]
    return einsum(f"{''.join(a_term)},{''.join(b_term)}->{''.join(output)}", a, b)


@composite
def outer(a, b):
    """Return y[i,j] = a[i] * b[j], of two vectors.

    >>> import tinygrad_edu as tge
    >>> tge.outer(tge.tensor([1.0, 2.0]), tge.tensor([3.0, 4.0])).data
    array([[3., 4.],
           [6., 8.]], dtype=float32)
    """
    _vectors("outer", a, b)
    return multiply(expand_dims(a, 1), b)


@composite
def dot(a, b):
    """Return the sum of a[i] * b[i], of two vectors of one length; of matrices it is `matmul`.

    >>> import tinygrad_edu as tge
    >>> tge.dot(tge.tensor([1.0, 2.0]), tge.tensor([3.0, 4.0])).item()
    11.0
    """
    _vectors("dot", a, b)
    return matmul(a, b)


def _vectors(op, a, b):
    if len(shape_of(a)) != 1 or len(shape_of(b)) != 1:
        raise ValueError(f"{op} is of two vectors, not of shapes {shape_of(a)} and {shape_of(b)}; of matrices: matmul")
