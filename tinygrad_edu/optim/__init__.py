"""Optimizers, learning-rate schedules, an average of weights, and gradient clipping."""

from ..nn.utils import clip_grad_norm_, clip_grad_value_
from .adagrad import Adagrad
from .adam import Adam
from .adamw import AdamW
from .averaging import AveragedModel
from .groups import ParamGroup
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .schedules import (
    CosineAnnealingLR,
    LinearLR,
    OneCycleLR,
    ReduceLROnPlateau,
    Schedule,
    SequentialLR,
    StepLR,
)
from .sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "AveragedModel",
    "CosineAnnealingLR",
    "LinearLR",
    "OneCycleLR",
    "Optimizer",
    "ParamGroup",
    "RMSprop",
    "ReduceLROnPlateau",
    "Schedule",
    "SequentialLR",
    "StepLR",
    "clip_grad_norm_",
    "clip_grad_value_",
]
