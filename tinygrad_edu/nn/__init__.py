"""Networks: modules that hold parameters, layers, initialisation, and losses."""

from . import functional, init, utils
from .activation import Hardtanh, LeakyReLU, LogSoftmax, ReLU, ReLU6, Sigmoid, Softmax, Tanh
from .adaptive_pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from .container import Sequential
from .convolution import Conv1d, Conv2d
from .dropout import Dropout, Dropout2d
from .embedding import Embedding
from .example_norm import GroupNorm, InstanceNorm2d, LayerNorm
from .folding import Fold, Unfold
from .layer_table import summary
from .linear import Linear
from .loss import CrossEntropyLoss, NLLLoss
from .module import Module
from .module_dict import ModuleDict
from .module_list import ModuleList
from .normalization import BatchNorm1d, BatchNorm2d
from .parameter import Buffer, Parameter
from .pooling import AvgPool2d, MaxPool2d
from .probability_loss import BCELoss, BCEWithLogitsLoss, KLDivLoss
from .recording import Call, record_calls
from .regression_loss import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from .resampling import Upsample
from .shape import Flatten, Identity, ZeroPad2d
from .smooth_activation import ELU, GELU, SELU, LogSigmoid, Mish, SiLU, Softplus
from .training_mode import evaluating
from .transposed import ConvTranspose2d

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Buffer",
    "Call",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "CrossEntropyLoss",
    "Dropout",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "Fold",
    "GroupNorm",
    "Hardtanh",
    "HuberLoss",
    "Identity",
    "InstanceNorm2d",
    "KLDivLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "ReLU6",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Tanh",
    "Unfold",
    "Upsample",
    "ZeroPad2d",
    "evaluating",
    "functional",
    "init",
    "record_calls",
    "summary",
    "utils",
]
