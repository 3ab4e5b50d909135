"""docs/photograph_explorer.py as a module: the tests start the same server and the same browser as the pictures do."""

import importlib.util
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location(
    "photograph_explorer", Path(__file__).parents[2] / "docs" / "photograph_explorer.py"
)
module = importlib.util.module_from_spec(spec)
sys.modules["photograph_explorer"] = module
spec.loader.exec_module(module)
