"""Networks: modules that hold parameters, layers, initialisation, and losses."""

from . import functional, init, utils
from .activation import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from .container import Sequential
from .convolution import Conv1d, Conv2d
from .dropout import Dropout
from .folding import Fold, Unfold
from .layer_table import summary
from .linear import Linear
from .loss import CrossEntropyLoss, NLLLoss
from .module import Module
from .normalization import BatchNorm2d
from .parameter import Buffer, Parameter
from .pooling import AvgPool2d, MaxPool2d
from .recording import Call, record_calls
from .shape import Flatten
from .training_mode import evaluating
from .transposed import ConvTranspose2d

__all__ = [
    "AvgPool2d",
    "BatchNorm2d",
    "Buffer",
    "Call",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Fold",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "Module",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unfold",
    "evaluating",
    "functional",
    "init",
    "record_calls",
    "summary",
    "utils",
]
