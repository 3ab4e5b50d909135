"""Draw the pictures of the documentation, all of them, into docs/pictures.

    python docs/make_pictures.py            draws them
    python docs/make_pictures.py --check    draws them elsewhere and compares them with those in docs/pictures

Layout and last digits differ between versions of Graphviz and BLAS, so the comparison is of the words and of which
pictures there are. The network is the minimal CNN after three epochs on the packaged digits.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

import tinygrad_edu as tge

PICTURES = Path(__file__).parent / "pictures"
LARGEST = 300_000  # bytes


def trained_network() -> Any:
    """Train the minimal CNN for three epochs."""
    tge.manual_seed(0)
    train, _ = tge.data.load_digits()
    model = tge.models.MinimalCNN()
    optimizer = tge.optim.SGD(model.parameters(), lr=0.1)
    rng = np.random.default_rng(0)
    for _ in range(3):
        for batch in np.array_split(rng.permutation(len(train.labels)), 45):
            optimizer.zero_grad()
            tge.cross_entropy(model(tge.Tensor(train.images[batch])), train.labels[batch]).backward()
            optimizer.step()
    optimizer.zero_grad()
    return model


def loss_of_a_three(model: Any) -> tuple[tge.Tensor, Any]:
    """Show the network the handwritten 3 it finds hardest; return the loss and which module computed what."""
    _, test = tge.data.load_digits()
    threes = test.images[test.labels == 3]
    hardest = int(model.predict_proba(threes)[:, 3].argmin())
    image = tge.named("image", tge.Tensor(threes[hardest : hardest + 1]))
    with tge.viz.record_modules(model) as modules:
        logits = tge.named("logits", model(image))
    return tge.named("loss", tge.cross_entropy(logits, np.array([3]))), modules


def fan_out() -> tge.Tensor:
    """A small function that uses x twice."""
    x = tge.named("x", tge.tensor([0.5, -1.0, 2.0], requires_grad=True))
    w = tge.named("w", tge.tensor([1.5, 1.0, -0.5], requires_grad=True))
    return tge.named("y", ((x * w).tanh() * x).sum())


def second_derivative() -> list[tge.BackwardTrace]:
    """The passes of d2y/dx2 for y = sum of exp(w x)."""
    x = tge.named("x", tge.tensor([0.5, -1.0], requires_grad=True))
    w = tge.named("w", tge.tensor([1.5, 0.5], requires_grad=True))
    first = tge.trace_backward(tge.named("y", (w * x).exp().sum()), create_graph=True)
    return [first, tge.trace_backward(tge.named("s", first.gradients[x].sum()))]


def not_a_number() -> tge.Tensor:
    """A logarithm of zero, and of a negative number."""
    x = tge.named("x", tge.tensor([1.0, 0.0, -1.0], requires_grad=True))
    with np.errstate(all="ignore"):
        return tge.named("y", (x.log() * 2).exp().sum())


def pictures() -> dict[str, Any]:
    """Return every picture by its file's name."""
    draw = tge.viz.draw_backward
    loss, modules = loss_of_a_three(trained_network())
    lenet_loss, lenet = loss_of_a_three(tge.models.LeNet5(rng=np.random.default_rng(0)))
    made = {f"backward-{style}.svg": draw(loss, style=style) for style in tge.viz.STYLES}
    made["backward-recorded.svg"] = draw(loss, style="shapes", create_graph=True)
    made["forward.svg"] = tge.viz.draw_graph(loss, style="thumbnails")
    made["modules-open.svg"] = draw(loss, modules=modules, style="shapes")
    made["modules-collapsed.svg"] = draw(lenet_loss, modules=lenet, depth=1, style="shapes")
    made["fan-out.svg"] = draw(fan_out(), style="values")
    made["second-derivative.svg"] = draw(second_derivative(), style="values")
    with np.errstate(all="ignore"):
        made["not-a-number.svg"] = draw(not_a_number(), style="values")
    return made


def words(svg: Path) -> Counter[str]:
    """Return the texts of a picture and how often each occurs, numbers left out, and arrays with them."""
    texts = ("".join(e.itertext()) for e in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text"))
    without = (re.sub(r"-?\d[\d.,]*(e[-+]?\d+)?%?", "0", text) for text in texts)
    return Counter(text for text in without if text == "0" or not re.fullmatch(r"[\[\]\s0]+", text))


def check(made: dict[str, Any]) -> list[str]:
    """Return what is wrong with docs/pictures, a line for each."""
    others = [p.name for p in sorted(PICTURES.glob("*.svg")) if not p.name.startswith("architecture")]
    wrong = [f"{name}: not made by this script" for name in others if name not in made]
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in made.items():
            fresh = picture.write(Path(folder) / name)
            if fresh.stat().st_size > LARGEST:
                wrong.append(f"{name}: {fresh.stat().st_size:,} bytes, more than {LARGEST:,}")
            if not (PICTURES / name).exists():
                wrong.append(f"{name}: missing")
            elif difference := (words(fresh) - words(PICTURES / name)) + (words(PICTURES / name) - words(fresh)):
                wrong.append(f"{name}: out of date, it differs in {sorted(difference)[:5]}")
    return wrong


def main() -> int:
    """Draw, or check."""
    made = pictures()
    if "--check" in sys.argv[1:]:
        wrong = check(made)
        print("\n".join(wrong) or f"{len(made)} pictures are up to date")
        return 1 if wrong else 0
    PICTURES.mkdir(exist_ok=True)
    for name, picture in made.items():
        path = picture.write(PICTURES / name)
        print(f"{path.relative_to(PICTURES.parent)}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
