"""Predict, then reveal: questions whose answers are the numbers on the screen.

Each is made from the recorded pass, its right answer is read from an explanation that the page can show, and each wrong
answer has its reason. A network that lacks what a question is about is not asked it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.trace import as_array
from ..explain.asking import ask, find
from ..explain.formula import element
from ..explain.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..explain import Explanation
    from .moment import Moment


@dataclass
class Question:
    """A question, its choices, and what is said about each once it is answered.

    Attributes:
        text: the question, in at most two short sentences.
        choices: the answers to choose from.
        right: the position of the right one.
        reasons: for each choice, the reason why it is right or wrong.
        why: the number whose explanation shows it: what `whys.why` is asked.
        covered: the numbers that would give the answer away: they are hidden until then.
    """

    text: str
    choices: list[str]
    right: int
    reasons: list[str]
    why: dict[str, Any]
    covered: list[dict[str, Any]] = field(default_factory=list)


def questions(moment: Moment) -> dict[str, Any]:
    """Return the questions about this moment, from the loss to the pixels; none where there is no loss."""
    if moment.trace is None:
        return {"questions": []}
    return {"questions": [asdict(_turned(question, place)) for place, question in enumerate(_all(_Look(moment)))]}


class _Look:
    """The moment, as the questions look at it."""

    def __init__(self, moment: Moment):
        self.moment = moment
        self.trace: Any = moment.trace
        self.answer: int = moment.answer  # type: ignore[assignment]
        self.scope = Scope(moment.graph, moment.trace)
        self.results = {y.primitive.name: y for y in moment.graph if getattr(y, "primitive", None) is not None}

    def explained(self, of: str, index: tuple[int, ...], gradient: bool = True) -> Explanation:
        return ask(self.scope, find(self.scope, of), index, gradient=gradient)

    def gradient(self, value: Any) -> np.ndarray:
        step = self.trace.step_of(value)
        return as_array(self.trace.gradients[value] if step is None else step.gradient)

    def name(self, value: Any) -> str:
        return self.moment.graph.label(value)


def _all(look: _Look) -> Iterator[Question]:
    for make in (_products_of_a_logit, _sums, _sign_at_the_answer, _bias, _strongest_rows):
        yield from make(look)
    for make in (_closed_relu, _corner, _which_way, _how_much):
        yield from make(look)


def _address(of: str, index: tuple[int, ...], gradient: bool = True) -> dict[str, Any]:
    return {"of": of, "gradient": gradient, "index": [int(i) for i in index]}


def _products_of_a_logit(look: _Look) -> Iterator[Question]:
    logits = look.moment.logits
    if logits.primitive is None or logits.primitive.name != "linear":
        return
    at = (0, look.answer)
    count = len(look.explained("logits", at, gradient=False).terms) - (logits.inputs[2] is not None)
    classes = logits.shape[1]
    yield _chosen(
        f"Logit {look.answer} is one number. How many products add up to it, besides its bias?",
        [
            (count, "Each number that enters the dense layer is multiplied by a weight of its own."),
            (classes, f"{classes} is the number of logits. Each has all its own weights."),
            (count * classes, f"That is all weights of the layer. One logit has a {_ordinal(classes)} of them."),
            (logits.inputs[1].shape[1] // 8, "Every map counts, and every place in it."),
        ],
        _address("logits", at, False),
    )


def _sums(look: _Look) -> Iterator[Question]:
    if "log_softmax" not in look.results:
        return
    yield Question(
        "What do the class probabilities add up to? And the gradients of the logits?",
        ["1 and 0", "1 and 1", "0 and 0", "It depends on the picture"],
        0,
        [
            "Softmax shares out 1. The gradients are p - 1 at the answer and p elsewhere: they add up to 0.",
            "The gradients are p - 1 at the answer and p elsewhere. The p add up to 1, so the rest is 0.",
            "The probabilities are shares of a whole: they add up to 1.",
            "It holds for every picture: softmax divides by the sum.",
        ],
        _address("logits", (0, look.answer)),
    )


def _sign_at_the_answer(look: _Look) -> Iterator[Question]:
    if "log_softmax" not in look.results:
        return
    g = float(look.gradient(look.moment.logits)[0, look.answer])
    right = 0 if g < 0 else 2
    yield Question(
        f"The answer is {look.answer}. dL/d logit {look.answer} is covered. Which sign does it have?",
        ["negative", "positive", "zero"],
        right,
        [
            f"It is p - 1 = {g:.4g}. p is below 1, so raising this logit lowers the loss.",
            "Positive would mean: raising the answer's logit raises the loss. It raises p, so the loss falls.",
            "Zero only when p rounds to 1: then nothing is left to learn from this picture.",
        ],
        _address("logits", (0, look.answer)),
        [_address("logits", (0, look.answer))],
    )


def _bias(look: _Look) -> Iterator[Question]:
    logits = look.moment.logits
    if logits.primitive is None or logits.primitive.name != "linear" or logits.inputs[2] is None:
        return
    bias = look.name(logits.inputs[2])
    yield Question(
        f"The gradient of {bias} is covered. Which gradient is it equal to?",
        ["dL/d logits", f"dL/d {look.name(logits.inputs[1])}", "dL/d log_softmax", "none"],
        0,
        [
            "A bias is added with the factor 1, so what arrives at the logit arrives at the bias.",
            "A weight's gradient is multiplied by the number it met. A bias met a 1.",
            "The rule of log softmax stands between: it adds p times the sum.",
            "A bias is added with the factor 1: its gradient is the logit's.",
        ],
        _address(bias, (look.answer,)),
        [_address(bias, (k,)) for k in range(logits.shape[1])],
    )


def _strongest_rows(look: _Look) -> Iterator[Question]:
    logits = look.moment.logits
    if logits.primitive is None or logits.primitive.name != "linear" or logits.shape[1] < 4:
        return
    gradients = look.gradient(logits)[0]
    sizes = np.abs(gradients)
    first, second, third, *_, last = (int(k) for k in np.argsort(-sizes, kind="stable"))
    if sizes[second] < 2 * sizes[third] or gradients[first] * gradients[second] >= 0:
        return
    weight = look.name(logits.inputs[1])
    yield Question(
        f"dL/d {weight} has a row for each class. Which two rows are the strongest?",
        [f"{first} and {second}", f"{second} and {third}", f"{third} and {last}", "all alike"],
        0,
        [
            f"A row is its dL/dz times the same inputs. Those of {first} and {second} are largest, one up, one down.",
            f"Row {first} is stronger: its logit has the largest gradient.",
            "These classes have next to no probability, and so next to no gradient.",
            "All rows share the inputs, but each is multiplied by its own dL/dz.",
        ],
        _address(weight, (first, int(np.argmax(as_array(logits.inputs[0])[0])))),
    )


def _closed_relu(look: _Look) -> Iterator[Question]:
    relu = look.results.get("relu")
    if relu is None:
        return
    closed = np.argwhere((as_array(relu.inputs[0]) < 0) & (look.gradient(relu) != 0))
    if not len(closed):
        return
    at = tuple(int(i) for i in closed[len(closed) // 2])
    arrives = float(look.gradient(relu)[at])
    before = look.name(relu.inputs[0])
    yield Question(
        f"At {element(before, at)} the ReLU is closed. {arrives:+.3g} arrives. What reaches its input?",
        ["0", f"{arrives:+.3g}", f"{-arrives:+.3g}", "half of it"],
        0,
        [
            "The output stays 0 when the input moves a little: nothing flows.",
            "That is what an open ReLU would let pass.",
            "ReLU never turns a sign.",
            "A ReLU is open or closed: 1 or 0.",
        ],
        _address(before, at),
        [_address(before, at)],
    )


def _corner(look: _Look) -> Iterator[Question]:
    conv = next((y for y in look.moment.graph if getattr(getattr(y, "primitive", None), "name", "") == "conv2d"), None)
    if conv is None or conv.inputs[0] is not look.moment.image or not look.moment.image.requires_grad:
        return
    rows, columns = look.moment.image.shape[2:]
    corner, inside = (0, 0, 0, 0), (0, 0, rows // 2, columns // 2)
    few, many = (len(look.explained("image", at).terms) for at in (corner, inside))
    if few == many:
        return
    yield _chosen(
        f"The gradient of a pixel inside is a sum of {many} products. How many has the corner's?",
        [
            (few, "Only one window of each filter sees the corner."),
            (many, "A pixel inside is seen by many windows; the corner by one of each filter."),
            (1, "One window sees it, but of each filter."),
            (many // 2, "An edge halves the windows, a corner leaves one."),
        ],
        _address("image", corner),
    )


def _which_way(look: _Look) -> Iterator[Question]:
    name, at, g = _steepest_kernel(look)
    if not name:
        return
    down = g > 0
    yield Question(
        f"dL/d {element(name, at)} = {g:+.4g}. Which way does gradient descent move this weight?",
        ["down", "up", "not at all"],
        0 if down else 1,
        [
            "old - lr * g = new: a positive g moves it down." if down else "g is negative: less a negative is more.",
            "g points uphill; the step goes against it." if down else "old - lr * g = new: a negative g moves it up.",
            "It moves by lr * g, however small.",
        ],
        _address(name, at),
    )


def _how_much(look: _Look) -> Iterator[Question]:
    name, at, g = _steepest_kernel(look)
    if not name:
        return
    yield Question(
        f"That weight grows by 0.01, and g = {g:+.4g}. By about how much does the loss change?",
        [f"{0.01 * g:+.2g}", f"{g:+.2g}", f"{-0.01 * g:+.2g}", "that cannot be said"],
        0,
        [
            "Slope times change, as long as the step is small: g * 0.01.",
            "g is the change for a whole 1, if the slope stayed the same.",
            "The minus belongs to the descent. The loss itself follows g.",
            "Near here it can: the gradient is the slope.",
        ],
        _address(name, at),
    )


def _steepest_kernel(look: _Look) -> tuple[str, tuple[int, ...], float]:
    """Return the kernel weight with the largest gradient: its name, its index, and the gradient."""
    conv = look.results.get("conv2d")
    if conv is None:
        return "", (), 0.0
    g = look.gradient(conv.inputs[1])
    at = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(g)), g.shape))
    return (look.name(conv.inputs[1]), at, float(g[at])) if g[at] else ("", (), 0.0)


def _turned(question: Question, place: int) -> Question:
    """Let the right answer of four stand elsewhere each time; the last, "none of them", stays the last."""
    if len(question.choices) == 4 and question.right == 0 and not question.choices[0].isdigit():
        order = [[1, 0, 2], [2, 1, 0], [0, 2, 1]][place % 3] + [3]
        question.choices = [question.choices[k] for k in order]
        question.reasons = [question.reasons[k] for k in order]
        question.right = order.index(0)
    return question


def _chosen(text: str, options: list[tuple[int, str]], why: dict[str, Any]) -> Question:
    """Make a question of numbers, the first of which is right: in order of size, each once."""
    reasons = dict(reversed(options))
    numbers = sorted(reasons)
    return Question(
        text, [f"{n:,}" for n in numbers], numbers.index(options[0][0]), [reasons[n] for n in numbers], why
    )


def _ordinal(n: int) -> str:
    return {10: "tenth"}.get(n, f"{n}th part")
