"""Training a network: the loop, its measurements, its checkpoints, and the folder that keeps a run."""

from .diagnosis import first_bad_tensor
from .evaluate import Evaluation, confusion_matrix, evaluate
from .fit import fit, train_step
from .history import Epoch, History
from .interrupt import Interrupted
from .run_folder import RunFolder
from .weights import load_model, load_weights, save_weights

__all__ = [
    "Epoch",
    "Evaluation",
    "History",
    "Interrupted",
    "RunFolder",
    "confusion_matrix",
    "evaluate",
    "first_bad_tensor",
    "fit",
    "load_model",
    "load_weights",
    "save_weights",
    "train_step",
]
