"""What `check_primitive` and `check_file` found, as plain data: to be printed, or sent as JSON between processes."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...autograd import Primitive
    from ..checks.fault import Fault
    from ..diagnosis import Diagnosis


@dataclass
class Example:
    """A call at which a rule fails, its numbers written out as nested lists.

    Attributes:
        inputs: the arrays by argument.
        params: the parameters, as Python would write them.
        y, g: the result and the upstream gradient.
        given, expected: the gradient by the rule, and by finite differences; None where there is none.
    """

    inputs: dict[str, Any]
    params: dict[str, str]
    y: Any
    g: Any
    given: Any
    expected: Any

    @classmethod
    def of(cls, fault: Fault) -> Example:
        """Write out the call of a fault."""
        call = fault.call
        names = [call.primitive.argument_at(i) for i in range(len(call.inputs))]
        if call.primitive.variadic:
            names = [f"{n}[{i}]" for i, n in enumerate(names)]
        return cls(
            inputs={n: _numbers(x) for n, x in zip(names, call.inputs, strict=True)},
            params={n: repr(v) for n, v in call.params.items()},
            y=_numbers(call.output()),
            g=_numbers(fault.trial.g),
            given=_numbers(fault.given),
            expected=_numbers(fault.expected),
        )


@dataclass
class Finding:
    """One thing that is wrong: with whose rule, where that is written, what is wrong with it, and the smallest example.

    Where it is the forward computation that is wrong, `argument` is "", and `rule` names the primitive.
    """

    argument: str
    rule: str
    formula: str
    file: str
    line: int
    kind: str
    diagnosis: str
    order: int
    example: Example

    @classmethod
    def of(cls, primitive: Primitive, diagnosis: Diagnosis, fault: Fault) -> Finding:
        """Describe a fault of a primitive."""
        whose = primitive if fault.of_forward else primitive.rules.get(fault.argument)
        source = (whose or primitive).source
        return cls(
            argument=fault.argument,
            rule=whose.name if whose else "",
            formula=whose.formula if whose else "",
            file=source.file,
            line=source.line,
            kind=diagnosis.kind,
            diagnosis=diagnosis.text,
            order=fault.order,
            example=Example.of(fault),
        )


@dataclass
class PrimitiveReport:
    """What was found about one primitive.

    Attributes:
        name, formula, arguments: the primitive.
        calls: at how many random calls it was checked.
        guessed: whether shapes and parameters were guessed, because nobody has said how it is called.
        problem: why it could not be checked, or "".
        findings: its wrong rules.
    """

    name: str
    formula: str
    arguments: list[str]
    calls: int = 0
    guessed: bool = False
    problem: str = ""
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, primitive: Primitive) -> PrimitiveReport:
        """Begin the report of a primitive."""
        return cls(primitive.name, primitive.formula, list(primitive.arguments))

    @property
    def ok(self) -> bool:
        """Whether it was checked and every rule is right."""
        return not self.problem and not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Return it as dicts, lists, strings and numbers; nan and infinities as the strings "nan", "inf" and "-inf"."""
        return _plain({"ok": self.ok, **asdict(self)})

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PrimitiveReport:
        """Make it again from what `to_dict` returned."""
        data = {k: v for k, v in data.items() if k != "ok"}
        findings = [Finding(**{**f, "example": Example(**f["example"])}) for f in data.pop("findings")]
        return cls(**data, findings=findings)


def _numbers(array: Any) -> Any:
    """Write an array as nested lists, rounded to 6 significant digits: differences know no more."""
    if array is None:
        return None
    array = np.asarray(array)
    if array.dtype.kind != "f":
        return array.tolist()
    # adding 0.0 turns -0.0 into 0.0
    return np.vectorize(lambda v: float(f"{v:.6g}") + 0.0, otypes=[float])(array).tolist() if array.size else []


def _plain(value: Any) -> Any:
    """Make a value that JSON can hold."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
