"""The page's modules as one script: it runs, does the same, and what is not understood raises."""

import shutil
import subprocess

import pytest

from tinygrad_edu.explorer.bundle import CannotBundle, bundle
from tinygrad_edu.explorer.page import WEB

NODE = shutil.which("node")


def run(script, tmp_path):
    path = tmp_path / "bundle.mjs"
    path.write_text(script, encoding="utf-8")
    return subprocess.run([NODE, str(path)], capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_a_bundle_does_what_its_modules_do(tmp_path):
    files = {
        "main.js": 'import { add as plus, Sum } from "./sums/sum.js";\nimport "./effect.js";\nconst one = 1;\n'
        "console.log(plus(one, 1), new Sum().of(3), await Promise.resolve(5));\n",
        "sums/sum.js": 'import { one } from "../one.js";\n/** import("./types.js") is a comment\nexport nothing\n*/\n'
        "export function add(a, b) {\n  return a + b + later;\n}\nexport class Sum {\n  of(n) {\n    return n + one;\n"
        "  }\n}\nexport const later = 0;\n",
        "one.js": "export const one = 100;\nexport async function unused() {}\n",
        "effect.js": 'import { one } from "./one.js";\nconsole.log("first", one);\n',
    }
    assert run(bundle(files, "main.js"), tmp_path) == "first 100\n2 103 5\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("export default 3;", "not understood: export default"),
        ("export let a = 3;", "not understood: export let"),
        ("export { a };", "not understood: export { a }"),
        ('export * from "./b.js";', "not understood: export *"),
        ('import * as b from "./b.js";', "not understood: import"),
        ('import b from "./b.js";', "not understood: import"),
        ('import { c } from "./b.js";', "does not export"),
        ('import { b } from "./nowhere.js";', "not there"),
        ('import { b } from "elsewhere";', "no file beside it"),
        ('import { x } from "./a.js";', "imports itself"),
        ('const b = await import("./b.js");', "not understood: import("),
        ("const here = import.meta.url;", "not understood: import.meta"),
    ],
)
def test_what_is_not_understood_raises(text, said):
    with pytest.raises(CannotBundle) as raised:
        bundle({"a.js": text, "b.js": "export const b = 1;"}, "a.js")
    assert said in str(raised.value)
    assert "a.js" in str(raised.value)


def test_the_pages_own_modules_are_understood_and_each_is_there_once():
    files = {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in WEB.rglob("*.js")}
    script = bundle(files, "js/main.js")
    assert script.count("= await (async () => {") > 50
    assert "</script" not in script.lower()
    assert "<!--" not in script
