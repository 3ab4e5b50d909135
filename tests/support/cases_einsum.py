"""The case of einsum: one to three operands, with diagonals, and indices that one operand alone has."""

from __future__ import annotations

from case import ANYWHERE, case
from hypothesis import strategies as st

from tinygrad_edu.kernels import loops
from tinygrad_edu.testing import strategies as tgst


@st.composite
def sums_of_products(draw):
    length = {letter: draw(st.sampled_from([1, 2, 3, 2, 0])) for letter in "ijk"}
    count = draw(st.integers(1, 3))
    term = st.text(st.sampled_from("ijk"), max_size=3 if count < 3 else 2)
    terms = [draw(term) for _ in range(count)]
    output = "".join(draw(st.permutations(sorted(set("".join(terms))))))[: draw(st.integers(0, 3))]
    operands = tuple(draw(tgst.arrays(shape=tuple(length[a] for a in t), **ANYWHERE)) for t in terms)
    return operands, {"equation": f"{','.join(terms)}->{output}"}


case(
    "einsum",
    sums_of_products(),
    lambda *xs, equation: loops.einsum(equation, *xs),
    lambda torch, *xs, equation: torch.einsum(equation, *xs),
    order=3,
)
