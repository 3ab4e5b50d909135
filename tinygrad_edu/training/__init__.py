"""Training a network: the loop, its measurements, its checkpoints, and the folder that keeps a run."""

from .calibration import Calibration, calibrate
from .evaluation import Evaluation, confusion_matrix, evaluate
from .fit import fit, train_step
from .history import Epoch, History
from .interrupt import Interrupted
from .non_finite import first_bad_tensor
from .run_folder import RunFolder
from .weights import load_model, load_weights, save_weights

__all__ = [
    "Calibration",
    "Epoch",
    "Evaluation",
    "History",
    "Interrupted",
    "RunFolder",
    "calibrate",
    "confusion_matrix",
    "evaluate",
    "first_bad_tensor",
    "fit",
    "load_model",
    "load_weights",
    "save_weights",
    "train_step",
]
