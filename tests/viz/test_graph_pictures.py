"""The pictures of graphs: their DOT, what they show, and what the real `dot` makes of them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

import tinygrad_edu as tge
from tinygrad_edu.autograd.primitive import _registry as registry
from tinygrad_edu.viz import (
    STYLES,
    GraphTooLarge,
    GraphvizFailed,
    GraphvizMissing,
    draw_backward,
    draw_graph,
    record_modules,
)
from tinygrad_edu.viz.render import install_command

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).parent / "golden"
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's `dot` is not installed")


def leaf(name, *values):
    return tge.named(name, tge.tensor(values, requires_grad=True))


def fan_out():
    x, w = leaf("x", 0.5, -1.0, 2.0), leaf("w", 1.5, 1.0, -0.5)
    return tge.named("y", ((x * w).relu() * x * 2.0).sum())


def minimal(requires_grad=False, digit=3):
    tge.manual_seed(0)
    model = tge.models.MinimalCNN()
    image = tge.Tensor(np.random.default_rng(0).random((1, 1, 28, 28), np.float32), requires_grad)
    with record_modules(model) as modules:
        logits = tge.named("logits", model(tge.named("image", image)))
    return tge.cross_entropy(logits, np.array([digit])), modules


def without_lines(dot):
    """DOT without the line numbers of rules, which change whenever a rule's file does."""
    return re.sub(r"(\.py):\d+", r"\1:0", dot)


def edges(picture):
    """The drawn edges as (tail, head, attributes), as they are declared."""
    found = re.findall(r"^\t(\S+) -> (\S+)(?: \[(.*?)\])?$", picture.source, re.M | re.S)
    return [(t, h, a) for t, h, a in found if "invis" not in a]


def label(picture, name):
    return re.search(rf"^\t+{name} \[label=<(.*?)> ?(?:tooltip|style|\])", picture.source, re.M | re.S)[1]


# -- DOT -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["backward", "recorded", "forward"])
def test_the_dot_is_the_golden_one(kind):
    draw = {
        "backward": lambda: draw_backward(fan_out(), style="full", thumbnails=False),
        "recorded": lambda: draw_backward(fan_out(), style="shapes", thumbnails=False, create_graph=True),
        "forward": lambda: draw_graph(fan_out(), style="values"),
    }[kind]
    dot = without_lines(draw().source)
    file = GOLDEN / f"{kind}.dot"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(dot)
    assert dot == file.read_text(), "run with UPDATE_GOLDEN=1 if the change is meant, and look at the pictures"


def test_two_renderings_are_the_same_text():
    first = draw_backward(minimal()[0], style="full")
    tge.ones(5).exp()  # stamps go on; ids must not
    second = draw_backward(minimal()[0], style="full")
    assert first.source == second.source
    assert first.images == second.images


def test_a_drawing_is_the_same_after_backward_and_on_a_graph_used_twice():
    loss = fan_out()
    before = draw_backward(loss).source
    loss.backward()
    loss.backward()
    assert draw_backward(loss).source == before
    assert draw_backward(tge.trace_backward(loss)).source == before


def test_double_edges_and_the_order_of_operands():
    x, w = leaf("x", 1.0), leaf("w", 2.0)
    drawn = [(t, h) for t, h, _ in edges(draw_graph((x * x) - w))]
    assert drawn == [("v0", "v1:i0"), ("v0", "v1:i1"), ("v1", "v3:i0"), ("v2", "v3:i1")]


def test_contributions_meet_in_a_plus():
    picture = draw_backward(fan_out())
    rising = [(h, t) for t, h, a in edges(picture) if 'dir="back"' in a]
    into_plus = [h for h, t in rising if t == "p0"]
    assert len(into_plus) == 2
    assert ("p0", "g0:s") in rising
    assert "+</B>" in label(picture, "p0")
    assert "p1" not in picture.source  # w is used once


def test_every_step_stands_beside_its_operation_and_reads_what_its_rules_read():
    loss = fan_out()
    trace = tge.trace_backward(loss)
    picture = draw_backward(trace)
    dashed = {(t, h) for t, h, a in edges(picture) if "dashed" in a}
    expected = set()
    for step in trace.steps:
        home, box = trace.graph.id(step.node), f"s{step.number}"
        assert re.search(rf"rank=same\n\t\t{home}\n\t\t{box}\n", picture.source)
        assert any((t, h) == (f"{home}:t:e", f"{box}:t:w") for t, h, _ in edges(picture))
        assert f"<B>{step.number}</B>" in label(picture, home)
        assert f"<B>{step.number}</B>" in label(picture, box)
        expected |= {(f"{home}:k_{name}:e", f"{box}:r_{name}:w") for name in step.reads}
    assert dashed == expected
    assert expected


def test_the_image_gradient_is_said_not_to_be_computed_unless_asked_for():
    for style in STYLES:
        picture = draw_backward(minimal()[0], style=style)
        assert "not computed:<BR/>not asked for" in label(picture, "s6")
        assert "not computed: not asked for" in label(picture, "n0")
        dot = picture.source
        assert "dL/d <B>image</B>" in dot
        asked = draw_backward(minimal(requires_grad=True)[0], style=style).source
        assert "not asked for" not in asked


def test_the_closed_relu_is_counted_and_drawn_in_every_style():
    loss, _ = minimal()
    trace = tge.trace_backward(loss)
    relu = next(s for s in trace.steps if s.primitive.name == "relu")
    closed = int((relu.node.inputs[0].data <= 0).sum())
    for style in STYLES:
        picture = draw_backward(trace, style=style)
        assert picture.source.count(f"closed: {closed:,} of 5,408") == 2
        assert "closed.png" in picture.images
    assert draw_backward(trace, thumbnails=False).images == {}


@pytest.mark.parametrize("gate", [None, lambda x, *, at: x > at])
def test_what_is_closed_is_said_by_the_primitive_and_not_by_its_name(gate, monkeypatch):
    monkeypatch.delitem(registry, "relu")  # restored afterwards: the library's is still wanted

    @tge.primitive(gate=gate)
    def relu(x, *, at):
        """y = x where x > at, else 0"""
        return x * (x > at)

    @relu.backward("x")
    def relu_dx(g, y, x, *, at):
        """dL/dx = g * [x > at]"""
        return g * (x > at)

    picture = draw_backward(relu(leaf("x", 1.0, 2.0, 3.0), at=2.5).sum())
    assert picture.source.count("closed: 2 of 3") == (0 if gate is None else 2)
    assert len(picture.images) == (0 if gate is None else 2)  # the mask, and its colour in the legend


def test_a_loss_without_parameters_is_refused():
    with pytest.raises(ValueError, match="depends on nothing that requires a gradient"):
        draw_backward(tge.ones(2).sum())


def test_the_first_bad_value_and_gradient_stand_out():
    x = leaf("x", 1.0, 0.0, -1.0)
    with np.errstate(all="ignore"):
        picture = draw_backward((x.log() * 2.0).exp().sum(), style="thumbnails")
    assert picture.source.count("the first value that is not finite") == 1
    assert "the first value that is not finite" in label(picture, "v1")
    assert picture.source.count("the first gradient that is not finite") == 1
    assert "the first gradient that is not finite" in label(picture, "s3")
    assert "nan.png" in picture.images


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('a<b> & "c" \\N', 'a<b> & "c" \\N'),
        ("&lt;", "&lt;"),
        ("\\", "\\"),
        ("<<TABLE", "<<TABLE"),
        (
            "zero\0, escape\x1b, end\r\n, half\ud800, nothing\ufffe",
            "zero\\x00, escape\\x1b, end\\r\\n, half\\ud800, nothing\\ufffe",
        ),
        ("w" * 20_000, "w" * 30 + "..." + "w" * 27),
        ("café 日本", "café 日本"),
    ],
)
def test_any_name_is_shown_as_it_is_or_printable_and_short(name, shown):
    x = leaf(name, 1.0, 2.0)
    model = tge.nn.Sequential(tge.nn.Sigmoid())
    with record_modules(model) as modules, modules.scope(name):
        loss = model(x * x).sum()
    assert f" {shown} " in str(tge.trace_backward(loss))
    json.loads(tge.trace_backward(loss).to_json().encode())
    if shutil.which("dot"):
        svg = ElementTree.fromstring(draw_backward(loss, modules=modules).pipe("svg"))
        lines = ["".join(e.itertext()) for e in svg.iter(f"{SVG}text")]
        assert f"dL/d {shown}" in lines
        assert any(line.startswith(shown[:20]) and line.endswith(": scope") for line in lines)
        tips = [e.text.split("\n")[0] for e in svg.iter(f"{SVG}title")]
        assert f"dL/d {shown}" in tips
        ElementTree.fromstring(draw_backward(loss, modules=modules, depth=0).pipe("svg"))


@needs_dot
def test_a_primitive_of_many_inputs_is_drawn():
    x = leaf("x", 1.0)
    svg = draw_backward(tge.stack([x] * 300).sum()).pipe("svg", encoding="utf-8")
    assert "2kn: dL/d" in svg


def test_small_values_are_not_written_as_zero():
    picture = draw_graph(leaf("x", 2e-6, -3e-7), style="values")
    assert "[" in label(picture, "v0")
    assert "2e-06&#160;&#160;-3e-07" in label(picture, "v0")


def test_a_primitive_without_docstring_or_parameters_to_show(monkeypatch):
    monkeypatch.setitem(registry, "bare", None)  # taken out again afterwards

    @tge.primitive(name="bare")
    def bare(*xs, options=None):
        return xs[0] + xs[1]

    @bare.backward("xs")
    def bare_dxs(g, y, *xs, options, position):
        return g

    x = leaf("x", 1.0, 2.0)
    picture = draw_backward(bare(x, x, options=np.arange(20)).sum())
    assert "xs[1]" in label(picture, "v1")
    assert "options=array(20,)" in label(picture, "v1")
    if shutil.which("dot"):
        assert picture.pipe("svg").startswith(b"<?xml")


@pytest.mark.parametrize(
    ("draw", "error", "said"),
    [
        (lambda trace: draw_graph([]), TypeError, "a Tensor can be drawn, or several, but not none"),
        (lambda trace: draw_graph(np.ones(3)), TypeError, "not ndarray|not float"),
        (lambda trace: draw_graph([trace.loss, 2.0]), TypeError, "but not float"),
        (
            lambda trace: draw_backward("loss"),
            TypeError,
            "a Tensor or a BackwardTrace can be drawn, or several, but not str",
        ),
        (lambda trace: draw_backward([]), TypeError, "but not none"),
        (lambda trace: draw_backward(trace, create_graph=True), ValueError, "belong to trace_backward"),
        (lambda trace: draw_backward(trace, gradient=2.0), ValueError, "belong to trace_backward"),
        (lambda trace: draw_backward([trace, tge.trace_backward(fan_out())]), ValueError, "trace 2 is of nothing"),
        (lambda trace: draw_graph(trace.loss, modules=minimal()[1], depth=-1), ValueError, "from 0, .* not -1"),
        (lambda trace: draw_graph(trace.loss, modules=minimal()[1], depth=1.5), ValueError, "whole number"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(draw, error, said):
    with pytest.raises(error, match=said):
        draw(tge.trace_backward(fan_out(), create_graph=True))


def test_an_unknown_style_is_named():
    with pytest.raises(ValueError, match="no style 'pretty'; the styles are shapes"):
        draw_graph(leaf("x", 1.0), style="pretty")


# -- modules ---------------------------------------------------------------------------------------------------


def test_modules_frame_or_collapse():
    loss, modules = minimal()
    framed = draw_backward(loss, modules=modules)
    assert framed.source.count('label="conv: Conv2d"') == 2  # forward and backward
    assert "<B>image</B>" in framed.source
    layers = draw_backward(loss, modules=modules, depth=1)
    assert "<B>conv: Conv2d</B>" in label(layers, "m_c1")
    assert "conv.weight (8, 1, 3, 3)" in label(layers, "m_c1")
    assert "dL/d conv.weight (8, 1, 3, 3), norm" in label(layers, "b_c1")
    assert ("v0", "m_c1") in [(t, h) for t, h, _ in edges(layers)]  # the image stays outside
    whole = draw_backward(loss, modules=modules, depth=0)
    assert "MinimalCNN" in label(whole, "m_c0")
    assert whole.boxes < layers.boxes < framed.boxes
    one = draw_backward(loss, modules=modules, collapse="conv")
    assert "<B>relu</B>" in one.source
    assert "m_c1" in one.source


def test_recording_modules_leaves_the_model_as_it_was():
    model = tge.models.MinimalCNN()
    before = [dict(vars(m)) for _, m in model.named_modules()]
    with pytest.raises(ZeroDivisionError), record_modules(model):
        raise ZeroDivisionError
    assert [dict(vars(m)) for _, m in model.named_modules()] == before


def test_scopes_frame_what_no_module_computes():
    model = tge.nn.Sequential(tge.nn.Linear(2, 2))
    with record_modules(model) as modules, modules.scope("time step 1"):
        y = model(tge.ones(1, 2)).sum()
    assert [c.label for c in modules.around(y)] == ["time step 1: scope"]
    assert 'label="time step 1: scope"' in draw_graph(y, modules=modules).source


def test_collapsing_needs_to_know_the_modules():
    loss, modules = minimal()
    with pytest.raises(ValueError, match="record_modules"):
        draw_graph(loss, depth=1)
    with pytest.raises(ValueError, match=r"no module 'fc' was called; these were: .*conv"):
        draw_graph(loss, modules=modules, collapse=["fc"])


# -- derivatives of higher order -------------------------------------------------------------------------------


def test_a_recorded_pass_shows_its_primitives_and_the_next_derivative():
    x, w = leaf("x", 0.5, -1.0), leaf("w", 1.5, 0.5)
    first = tge.trace_backward((w * x).exp().sum(), create_graph=True)
    picture = draw_backward(first)
    recorded = [t for step in first.steps for t in step.primitives]
    drawn = re.findall(r"^\t+(d\d+) \[", picture.source, re.M)
    assert len(drawn) == len(recorded) + 1  # and sum's contribution, which consists of constants
    second = tge.trace_backward((first.gradients[x] * 3.0).sum())
    both = draw_backward([first, second], style="shapes")
    assert "derivative of order 2" in both.source
    assert "computed from the gradients" in both.source
    assert len(set(re.findall(r"^\t+(o2s\d+) \[", both.source, re.M))) == len(second.steps)
    if shutil.which("dot"):
        ElementTree.fromstring(both.pipe("svg"))


def test_sums_in_a_recorded_pass_are_drawn_as_a_plus():
    picture = draw_backward(fan_out(), create_graph=True)
    assert "+</B>" in label(picture, "p0")
    assert "<B>add</B>" not in picture.source


@pytest.mark.parametrize("depth", [0, 1])
def test_collapsed_modules_stand_for_recorded_steps_and_for_those_of_the_next_derivative_too(depth):
    model = tge.nn.Sequential(tge.nn.Linear(2, 3), tge.nn.Sigmoid(), tge.nn.Linear(3, 1))
    x = leaf("x", 0.5, -1.0)
    with record_modules(model) as modules:
        y = model(x.reshape(1, 2) * 1.0).sum()
    first = tge.trace_backward(y, create_graph=True)
    second = tge.trace_backward((first.gradients[x] ** 2).sum())
    picture = draw_backward([first, second], modules=modules, depth=depth, style="shapes")
    assert set(re.findall(r"^\t+(m_c\d|b_\w*c\d) \[", picture.source, re.M)) == {
        f"{kind}_{order}c{i}"
        for kind, order in (("m", ""), ("b", ""), ("b", "o2"))
        for i in ([0] if depth == 0 else [1, 2, 3])
    }
    for trace, order in ((first, ""), (second, "o2")):
        boxes = re.findall(rf"^\t+(?:b_{order}c\d|{order}g\d+) \[label=<(.*)> tooltip", picture.source, re.M)
        for t in trace.gradients:
            name = re.escape(trace.graph.label(t))
            assert sum(bool(re.search(rf"dL/d (<B>)?{name}\b", box)) for box in boxes) == 1, name
    # Of the recorded steps those of sum, multiply and reshape remain, and what was computed from the gradients.
    frames = re.findall(r"subgraph cluster_backward_step(\d+) ", picture.source)
    assert [s.primitive.name for s in first.steps if str(s.number) in frames] == ["sum", "multiply", "reshape"]
    if shutil.which("dot"):
        ElementTree.fromstring(picture.pipe("svg"))


def test_a_collapsed_module_names_the_steps_it_stands_for():
    second = tge.nn.Sigmoid()
    model = tge.nn.Sequential(tge.nn.Linear(2, 2), second)
    x = leaf("x", 0.5, -1.0)
    with record_modules(model) as modules:
        y = model(x.reshape(1, 2)).sum()
    first = tge.trace_backward(y, create_graph=True)
    trace = tge.trace_backward((first.gradients[x] ** 2).sum())
    picture = draw_backward([first, trace], modules=modules, depth=1, style="shapes")
    said = re.search(r"<B>steps (.*?)</B>", label(picture, "b_o2c1"))[1]
    numbers = [
        n for part in said.split(", ") for a, _, b in [part.partition(" to ")] for n in range(int(a), int(b or a) + 1)
    ]
    inside = modules.calls[1]
    recorded = {id(t) for s in first.steps if inside in modules.around(s.node) for t in s.primitives}
    assert numbers == [s.number for s in trace.steps if inside in modules.around(s.node) or id(s.node) in recorded]


def test_several_traces_need_a_recorded_first():
    trace = tge.trace_backward(fan_out())
    with pytest.raises(ValueError, match="create_graph=True"):
        draw_backward([trace, trace])


# -- size ------------------------------------------------------------------------------------------------------


def chain(length):
    """Each link uses the one before twice: 2^length paths."""
    x = leaf("x", 1.0)
    for _ in range(length // 2):
        x = x * 0.0 + x
    return x.sum()


def calls_to_draw(loss):
    """How many function calls it takes: work that can be counted, on any machine."""
    count = 0

    def profile(frame, event, _):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        draw_backward(loss, style="shapes")
    finally:
        sys.setprofile(None)
    return count


def test_the_work_grows_in_proportion_to_the_graph():
    draw_backward(chain(10))
    small, large = calls_to_draw(chain(300)), calls_to_draw(chain(1_500))
    assert large < 5.5 * small
    assert large / 1_500 < 1_500  # calls for each node, forward and backward together


def test_a_graph_too_large_for_dot_says_how_to_collapse_it(tmp_path):
    picture = draw_backward(chain(10_000))
    with pytest.raises(GraphTooLarge, match=r"boxes.*record_modules.*depth=1"):
        picture.write(tmp_path / "large.svg")
    assert picture.write(tmp_path / "large.dot").stat().st_size > 1_000_000


# -- files -----------------------------------------------------------------------------------------------------


@needs_dot
def test_an_svg_is_self_contained_and_explains_itself(tmp_path):
    loss, _ = minimal()
    path = draw_backward(loss, style="full").write(tmp_path / "backward.svg")
    tree = ElementTree.parse(path)
    links = [v for e in tree.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert len(links) > 10
    assert all(link.startswith("data:image/png;base64,") for link in links)
    titles = [e.text or "" for e in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert any("dL/dx = g * [x > 0]" in t and "activation.py:" in t for t in titles)
    assert str(Path.cwd()) not in path.read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["backward.svg"]


def lines_in(elements):
    """Lines of an SVG: the text, and where it begins and ends when it is set in DejaVu Sans, which is wide."""
    for element in elements:
        width = 0.0
        for run in element.findall(f"{SVG}tspan") or [element]:
            family = "DejaVuSansMono" if "Mono" in run.get("font-family", "") else "DejaVuSans"
            weight = "-Bold" if run.get("font-weight") == "bold" else ""
            font = ImageFont.truetype(Path(matplotlib.get_data_path()) / f"fonts/ttf/{family}{weight}.ttf", 100)
            width += float(run.get("font-size")) / 100 * font.getlength(run.text)
        left = float(element.get("x"))
        yield "".join(element.itertext()), left, left + width


def has_wide_font():
    try:
        return b"DejaVu" in subprocess.run(["fc-match", "DejaVu Sans"], capture_output=True).stdout
    except OSError:
        return False


@needs_dot
@pytest.mark.skipif(not has_wide_font(), reason="DejaVu Sans, for which boxes are made, is not installed")
@pytest.mark.parametrize("create_graph", [False, True])
def test_every_line_reads_as_it_was_written_and_stays_within_its_box(create_graph):
    svg = ElementTree.fromstring(draw_backward(minimal()[0], style="full", create_graph=create_graph).pipe("svg"))
    graph = svg.find(f"{SVG}g")
    groups = [(g.iter(f"{SVG}text"), g.iter(f"{SVG}polygon")) for g in graph.iter() if g.get("class") == "node"]
    assert len(groups) > 10
    groups.append((graph.findall(f"{SVG}text"), graph.findall(f"{SVG}polygon")[1:]))  # the legend
    read = []
    for texts, polygons in groups:
        frame = [float(x) for p in polygons for x in re.findall(r"([-\d.]+),", p.get("points"))]
        for line, left, right in lines_in(texts):
            assert min(frame) <= left < right <= max(frame), line
            read.append(line.replace("\xa0", " "))
    assert "6  conv2d backward" in read
    assert "g = dL/d logits  (1, 10) float32" in read


@needs_dot
@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_png_and_pdf(tmp_path, suffix, magic):
    loss, _ = minimal()
    path = draw_backward(loss, style="thumbnails").write(tmp_path / f"backward.{suffix}")
    assert path.read_bytes().startswith(magic)


@needs_dot
def test_a_dot_file_finds_its_thumbnails(tmp_path):
    picture = draw_backward(minimal()[0], style="thumbnails")
    picture.write(tmp_path / "b.dot")
    assert {p.name for p in (tmp_path / "b_thumbnails").iterdir()} == set(picture.images)
    done = subprocess.run(["dot", "-Tpng", "b.dot"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0
    assert done.stderr == b""


@needs_dot
@pytest.mark.parametrize("style", STYLES)
def test_dot_accepts_every_style_without_a_warning(tmp_path, style):
    for create_graph in (False, True):
        draw_backward(minimal()[0], style=style, create_graph=create_graph).write(tmp_path / "b.dot")
        done = subprocess.run(["dot", "-Tsvg", "b.dot"], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_without_dot_the_dot_file_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraphvizMissing, match=r"Install it with: .*\n.*backward\.dot"):
        draw_backward(fan_out()).write(tmp_path / "backward.svg")
    assert (tmp_path / "backward.dot").read_text().startswith("digraph")
    assert not (tmp_path / "backward.svg").exists()


def test_the_install_command_fits_the_platform():
    assert install_command("darwin") == "brew install graphviz"
    assert install_command("win32").startswith("winget")
    assert install_command("linux", {"ID": "ubuntu", "ID_LIKE": "debian"}) == "sudo apt-get install graphviz"
    assert install_command("linux", {"ID": "rocky", "ID_LIKE": "rhel centos fedora"}) == "sudo dnf install graphviz"
    assert "graphviz.org" in install_command("linux", {})


@needs_dot
def test_when_dot_gives_up_it_is_said_in_a_sentence():
    picture = draw_graph(fan_out())
    picture.body.append("\t-> ->\n")
    with pytest.raises(GraphvizFailed, match=r"`dot` could not draw this graph: Error: .*syntax error"):
        picture.pipe("svg")


@pytest.mark.parametrize("name", ["b.gif", "b"])
def test_other_formats_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf or \.dot"):
        draw_graph(fan_out()).write(tmp_path / name)


# -- notebooks -------------------------------------------------------------------------------------------------


def test_tensors_show_themselves_in_jupyter():
    x = tge.named("<x>", tge.tensor(np.float32(np.arange(16).reshape(4, 4) / 10), requires_grad=True))
    (x * x).sum().backward()
    shown = x._repr_html_()
    ElementTree.fromstring(shown.replace("<img ", "<img/><i ").replace('"></td>', '"></i></td>'))
    for text in ("&lt;x&gt;", "(4, 4) float32", "norm", "±1.5<br/><img", "data:image/png;base64,", ".grad"):
        assert text in shown
    assert "computed by" in (x * 2)._repr_html_()


@needs_dot
def test_traces_and_graphs_show_themselves_in_jupyter():
    assert "<svg" in tge.trace_backward(fan_out())._repr_html_()
    assert "<svg" in draw_graph(fan_out())._repr_mimebundle_()["image/svg+xml"]


def test_without_dot_a_trace_shows_its_table(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tge.trace_backward(fan_out())._repr_html_().startswith("<pre>backward pass from y")


def test_words_of_the_dot_language_are_only_words():
    class Graph(tge.nn.Module):
        def forward(self, x):
            return x.exp()

    with record_modules(Graph()) as modules, modules.scope("a\\N"):
        y = modules.model(leaf("node", 1.0)).sum()
    picture = draw_backward(y, modules=modules)
    assert 'label="Graph"' in picture.source
    if shutil.which("dot"):
        ElementTree.fromstring(picture.pipe("svg"))


def test_a_parameter_that_two_modules_share_stands_in_the_frame_around_both():
    first, second = tge.nn.Linear(2, 2), tge.nn.Linear(2, 2)
    second.weight = first.weight
    model = tge.nn.Sequential(first, second)
    with record_modules(model) as modules:
        loss = model(tge.named("input", tge.ones(1, 2))).sum()
    picture = draw_backward(loss, modules=modules)
    forward = picture.source.split("subgraph cluster_backward")[0]
    frame = next(part for part in forward.split("subgraph ") if part.startswith("cluster_forward_c0 {"))
    assert "<B>0.weight</B>" in frame
    assert "<B>0.bias</B>" not in frame  # in the frame of its own module
    collapsed = draw_backward(loss, modules=modules, depth=1)
    assert "<B>0.weight</B>" in collapsed.source  # read by both boxes, so a box of its own
    assert collapsed.source.count("dL/d <B>0.weight</B>") == 1
