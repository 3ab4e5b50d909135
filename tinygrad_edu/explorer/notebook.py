"""`tge.explore`: the explorer in a notebook, in the browser, or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..nn.checks import whole as whole_number
from .explorer import Explorer
from .packing import pack
from .page import WEB, page, whole

if TYPE_CHECKING:
    import os

HEIGHT = 900


class Exploration:
    """What `explore` returns: in Jupyter it shows itself, elsewhere it says how it can be seen.

    Attributes:
        explorer: the engine that answers it.
    """

    def __init__(self, explorer: Explorer, height: int):
        self.explorer, self.height = explorer, height
        self._widget: Any = None

    def widget(self) -> Any:
        """Return the widget that a notebook shows.  Raises ImportError, saying what to install, without anywidget."""
        if self._widget is None:
            self._widget = _widget(self.explorer, self.height)
        return self._widget

    def _repr_mimebundle_(self, **options: Any) -> Any:
        try:
            found = self.widget()._repr_mimebundle_(**options)
        except ImportError as error:
            return {"text/plain": f"{self!r}\n{error}"}
        bundle = found[0] if isinstance(found, tuple) else found
        bundle["text/plain"] = repr(self)  # where the notebook knows no widgets
        return found

    def serve(self, port: int = 8000, browser: bool = True) -> None:
        """Serve the page to this machine's browser, until Ctrl-C, as `tinygrad-edu explore` does."""
        from .serving import listen, serve

        serve(self.explorer, listen(port), browser, print)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page as one HTML file, which needs no Python."""
        Path(path).write_text(self.explorer.answer("file")["html"], encoding="utf-8", newline="\n")

    def __repr__(self) -> str:
        scene = self.explorer.answer("scene")["model"]
        return (
            f"<Exploration of {scene['title']}, {scene['parameters']:,} parameters: a notebook shows it; "
            '.serve() opens it in the browser, .save("page.html") writes a file>'
        )


def explore(model: Any = None, image: Any = None, label: Any = None, *, height: int = HEIGHT) -> Exploration:
    """Show one picture going through a network, forward and backward; any number answers why.

    In Jupyter the result shows itself (`pip install "tinygrad-edu[jupyter]"`): the page that `tinygrad-edu explore`
    opens in the browser, answered by the notebook's kernel.

    Args:
        model: an `nn.Module` that turns a picture (1, c, h, w) into logits (1, classes). It is copied, and looked at in
            evaluation mode. If None, a small CNN learns digits now.
        image: the picture: (1, c, h, w), (c, h, w) or (h, w). If None, a packaged digit.
        label: the number of the class that is right. Without it there is neither loss nor gradient.
        height: of the page in a notebook, in pixels.

    Raises:
        UserError: these are no network, no picture or no label, or the network cannot compute the picture.

    >>> import tinygrad_edu as tge
    >>> model = tge.models.MinimalCNN(filters=2)
    >>> _, test = tge.data.load_digits()
    >>> tge.explore(model, test.images[0], test.labels[0])  # doctest: +ELLIPSIS
    <Exploration of MinimalCNN, 13,550 parameters: ...>
    """
    if image is not None and model is None:
        raise UserError("explore: an image is shown to a network; give the model, too")
    if label is not None and image is None:
        raise UserError("explore: a label belongs to an image; the packaged digits have their own")
    found = Exploration(Explorer(model, image, label), whole_number("explore: height", height, at_least=100))
    found.explorer.answer("scene")  # what cannot be shown is said here
    return found


def answered(explorer: Explorer, asked: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Answer a message of the page: {view, id, method, recipe, wanted}; return a message and its buffers.

    >>> said, buffers = answered(Explorer(), {"view": "a", "id": 1, "method": "nothing"})
    >>> said["view"], said["id"], said["error"][:30], buffers
    ('a', 1, "the explorer cannot 'nothing';", [])
    """
    asked = asked if isinstance(asked, dict) else {}
    head = {"view": asked.get("view"), "id": asked.get("id")}
    wanted = asked.get("wanted")
    try:
        if not isinstance(asked.get("method"), str) or not isinstance(wanted or {}, dict):
            raise UserError("a question has a method, and what it wants is an object")
        return head, [pack(explorer.answer(asked["method"], asked.get("recipe"), **(wanted or {})))]
    except (UserError, MemoryError) as error:
        return {**head, "error": str(error) or "there is not enough memory for this"}, []
    except Exception as error:
        return {**head, "error": f"the engine failed: {type(error).__name__}: {error}"}, []


def _widget(explorer: Explorer, height: int) -> Any:
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            'a notebook shows the explorer with anywidget: pip install "tinygrad-edu[jupyter]"'
        ) from error

    class ExplorerWidget(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = (WEB / "js" / "widget" / "widget.js").read_text(encoding="utf-8")
        html = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)

    opening = explorer.moments.opening().to_json()
    widget = ExplorerWidget(html=whole(page("notebook", opening)), height=height)
    widget.on_msg(lambda shown, asked, buffers: shown.send(*answered(explorer, asked)))
    return widget
