"""Optimizers, learning-rate schedules, and gradient clipping."""

from ..nn.utils import clip_grad_norm_, clip_grad_value_
from .adam import Adam
from .adamw import AdamW
from .optimizer import Optimizer
from .schedules import CosineAnnealingLR, OneCycleLR, Schedule, StepLR
from .sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "CosineAnnealingLR",
    "OneCycleLR",
    "Optimizer",
    "Schedule",
    "StepLR",
    "clip_grad_norm_",
    "clip_grad_value_",
]
