"""Random programs, built one operation at a time, against derivatives that are carried forward (see jets.py)."""

import jets
import numpy as np
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

TOO_LARGE = 1e4  # results that grow beyond are not built upon: only rounding would be compared


class Value:
    """A Tensor, what it and its derivatives should be, and which states of which leaves it was computed from."""

    def __init__(self, tensor, jet, states):
        self.tensor, self.jet, self.states = tensor, jet, frozenset(states)


class Leaf:
    """A leaf as it is at the moment, which may have changed since it was last used."""

    def __init__(self, machine, i):
        self.machine, self.i, self.tensor = machine, i, machine.leaves[i]

    @property
    def jet(self):
        return jets.coordinates(self.tensor.data, self.machine.starts[self.i], self.machine.k)

    @property
    def states(self):
        return frozenset({(self.i, self.machine.versions[self.i])})


class Programs(RuleBasedStateMachine):
    """Fan-out, views, indexing, reductions, no_grad, repeated backward, in-place changes, create_graph."""

    values = Bundle("values")

    # -- leaves ------------------------------------------------------------------------------------------------

    @initialize(
        target=values, data=st.data(), shapes=st.sampled_from([[(2, 3), (3,)], [(2, 2), ()], [(1, 3), (2, 1)], [(4,)]])
    )
    def start(self, data, shapes):
        self.leaves, self.starts, self.expected, self.versions = [], [], [], []
        self.k = sum(int(np.prod(s)) for s in shapes)
        begin, values = 0, []
        for i, shape in enumerate(shapes):
            array = data.draw(tgst.arrays(shape=shape))
            self.leaves.append(tge.Tensor(array, requires_grad=True))
            self.starts.append(begin)
            self.expected.append(None)
            self.versions.append(0)
            values.append(Leaf(self, i))
            begin += array.size
        return multiple(*values)

    @rule(target=values, i=st.integers(0, 9))
    def take_a_leaf(self, i):
        return Leaf(self, i % len(self.leaves))

    @rule(target=values, data=st.data(), value=values)
    def take_a_constant(self, data, value):
        array = data.draw(tgst.arrays(shape=value.jet.shape, layouts=("transposed", "spread", "contiguous")))
        return Value(tge.Tensor(array), jets.constant(array, self.k), ())

    def result(self, tensor, jet, *values, detached=False):
        """Check a result's value, and keep it if it has not grown too large."""
        np.testing.assert_allclose(tensor.data, jet.value, rtol=1e-9, atol=1e-9)
        assert tensor.shape == jet.shape
        if jet.largest() > TOO_LARGE or jet.value.size > 24:
            return multiple()
        states = () if detached else frozenset().union(*(v.states for v in values))
        return Value(tensor, jet, states)

    # -- operations --------------------------------------------------------------------------------------------

    @rule(
        target=values, value=values,
        op=st.sampled_from([
            (lambda x: x.tanh(), jets.tanh), (lambda x: x.sigmoid(), jets.sigmoid), (tge.relu, jets.relu),
            (lambda x: -x, lambda x: jets.linear(np.negative, x)), (lambda x: x**2, jets.square),
            (lambda x: x * x, jets.square), (lambda x: x + x, lambda x: jets.add(x, x)),
            (lambda x: (x * 0.1).exp(), lambda x: jets.exp(jets.linear(lambda v: v * 0.1, x))),
            (lambda x: 1 / (2 + x * x), lambda x: jets.reciprocal(jets.add(
                jets.square(x), jets.constant(np.full(x.shape, 2.0), len(x.tangent))
            ) if x.tangent is not None else jets.Jet(x.value**2 + 2, None, None))),
        ]),
    )  # fmt: skip
    def apply_elementwise(self, value, op):
        return self.result(op[0](value.tensor), op[1](value.jet), value)

    @rule(
        target=values, a=values, b=values,
        op=st.sampled_from([
            (lambda a, b: a + b, jets.add), (lambda a, b: a - b, jets.subtract), (lambda a, b: a * b, jets.multiply),
        ]),
    )  # fmt: skip
    def combine(self, a, b, op):
        try:
            shape = np.broadcast_shapes(a.jet.shape, b.jet.shape)
        except ValueError:
            return multiple()
        if not (np.prod(shape) <= 24):
            return multiple()
        return self.result(op[0](a.tensor, b.tensor), op[1](a.jet, b.jet), a, b)

    @rule(target=values, a=values, b=values)
    def multiply_matrices(self, a, b):
        if not (len(a.jet.shape) in (1, 2) and len(b.jet.shape) in (1, 2) and a.jet.shape[-1] == b.jet.shape[0]):
            return multiple()
        return self.result(a.tensor @ b.tensor, jets.bilinear(np.matmul, a.jet, b.jet), a, b)

    @rule(target=values, data=st.data(), value=values)
    def index(self, data, value):
        index = data.draw(tgst.indices(value.jet.shape))
        return self.result(value.tensor[index], jets.linear(lambda v: v[index], value.jet), value)

    @rule(target=values, data=st.data(), value=values)
    def reshape_or_transpose(self, data, value):
        n = value.jet.value.size
        f = data.draw(
            st.sampled_from(
                [lambda v: v.reshape(-1), lambda v: v.reshape(n, 1), lambda v: v.T, lambda v: v.reshape(1, n)]
            )
        )
        return self.result(f(value.tensor), jets.linear(f, value.jet), value)

    @rule(target=values, data=st.data(), value=values, keepdims=st.booleans())
    def reduce(self, data, value, keepdims):
        axis = data.draw(tgst.axes(len(value.jet.shape)))
        if not (value.jet.value.size):
            return multiple()
        which = data.draw(st.sampled_from(["sum", "mean"]))
        tensor = getattr(value.tensor, which)(axis=axis, keepdims=keepdims)
        jet = jets.linear(lambda v: getattr(np, which)(v, axis=axis, keepdims=keepdims), value.jet)
        return self.result(tensor, jet, value)

    @rule(target=values, value=values)
    def take_the_largest(self, value):
        if not (value.jet.value.size and len(value.jet.shape)):
            return multiple()
        return self.result(value.tensor.max(axis=-1), jets.largest_along(value.jet, -1), value)

    @rule(target=values, a=values, b=values, axis=st.sampled_from([0, -1]))
    def put_side_by_side(self, a, b, axis):
        if a.jet.shape != b.jet.shape:
            return multiple()
        return self.result(
            tge.stack([a.tensor, b.tensor, a.tensor], axis),
            jets.linear(lambda p, q: np.stack([p, q, p], axis), a.jet, b.jet),
            a,
            b,
        )

    @rule(target=values, value=values)
    def pad_and_flip(self, value):
        if not (len(value.jet.shape)):
            return multiple()
        return self.result(
            value.tensor.pad(1).flip(0), jets.linear(lambda v: np.flip(np.pad(v, 1), 0), value.jet), value
        )

    @rule(target=values, a=values, b=values)
    def choose(self, a, b):
        if a.jet.shape != b.jet.shape:
            return multiple()
        mask = a.jet.value > b.jet.value
        return self.result(tge.where(a.tensor > b.tensor, a.tensor, b.tensor), jets.selected(a.jet, mask, b.jet), a, b)

    @rule(target=values, value=values, detach=st.booleans())
    def leave_the_graph(self, value, detach):
        if detach:
            tensor, jet = value.tensor.detach(), jets.constant(value.jet.value, self.k)
        else:
            with tge.no_grad():
                tensor, jet = value.tensor * 2, jets.constant(value.jet.value * 2, self.k)
        assert not tensor.requires_grad
        return self.result(tensor, jet, detached=True)

    @rule(value=consumes(values))
    def forget(self, value):
        del value

    # -- changing leaves ---------------------------------------------------------------------------------------

    @rule(data=st.data(), i=st.integers(0, 9), by_index=st.booleans())
    def change_a_leaf(self, data, i, by_index):
        i %= len(self.leaves)
        leaf = self.leaves[i]
        new = data.draw(tgst.arrays(shape=leaf.shape))
        if by_index:
            with tge.no_grad():
                leaf[...] = new
        else:
            leaf.data = new
        new = new.copy()
        self.versions[i] += 1
        np.testing.assert_array_equal(leaf.data, new)

    # -- going backward ----------------------------------------------------------------------------------------

    def was_justified(self, error, value):
        note(str(error))
        if "changed afterwards" not in str(error):
            raise error
        assert any(self.versions[i] != version for i, version in value.states), "nothing was changed"

    def upstream(self, data, value):
        return data.draw(tgst.arrays(shape=value.jet.shape, away_from=()))

    def close(self, given, expected):
        scale = 1 + np.abs(expected).max(initial=0)
        np.testing.assert_allclose(given, expected, rtol=1e-7, atol=1e-9 * scale)

    @rule(data=st.data(), value=values, times=st.integers(1, 2))
    def go_backward(self, data, value, times):
        if not (value.tensor.requires_grad and value.jet.tangent is not None):
            return
        u = self.upstream(data, value)
        for _ in range(times):
            before = [leaf.grad for leaf in self.leaves]
            try:
                value.tensor.backward(u)
            except RuntimeError as error:
                self.was_justified(error, value)
                assert all(leaf.grad is b for leaf, b in zip(self.leaves, before, strict=True))
                return
            for i, leaf in enumerate(self.leaves):
                if leaf.grad is before[i]:
                    given = np.zeros(leaf.shape)
                else:
                    given = leaf.grad.data - (0 if before[i] is None else before[i].data)
                    self.expected[i] = leaf.grad.data.copy()
                self.close(given, jets.gradient(value.jet, u, self.starts[i], leaf.shape).value)

    @rule(target=values, data=st.data(), value=values, create_graph=st.booleans())
    def differentiate(self, data, value, create_graph):
        if not (value.tensor.requires_grad and value.jet.tangent is not None):
            return multiple()
        u = self.upstream(data, value)
        try:
            gradients = tge.grad(value.tensor, self.leaves, u, create_graph=create_graph)
        except RuntimeError as error:
            self.was_justified(error, value)
            return multiple()
        found = []
        for i, (leaf, g) in enumerate(zip(self.leaves, gradients, strict=True)):
            jet = jets.gradient(value.jet, u, self.starts[i], leaf.shape)
            self.close(g.data, jet.value)
            if not create_graph:
                assert not g.requires_grad
            elif jet.largest() < TOO_LARGE and jet.tangent is not None:
                if not g.requires_grad:  # then it must really be constant
                    self.close(np.zeros(jet.tangent.shape), jet.tangent)
                found.append(Value(g, jet, value.states))
        return multiple(*found)

    # -- what always holds -------------------------------------------------------------------------------------

    @invariant()
    def gradients_change_by_going_backward_only(self):
        for leaf, expected in zip(getattr(self, "leaves", []), getattr(self, "expected", []), strict=True):
            if expected is None:
                assert leaf.grad is None
            else:
                np.testing.assert_array_equal(leaf.grad.data, expected)

    @invariant()
    def recording_is_on(self):
        assert tge.is_grad_enabled()


TestPrograms = Programs.TestCase
