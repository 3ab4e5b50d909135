"""Schedules: the learning rate as a function of the number of steps taken, or of what was measured."""

from .courses import CosineAnnealingLR, LinearLR, StepLR
from .one_cycle import OneCycleLR
from .plateau import ReduceLROnPlateau
from .schedule import Schedule
from .sequential import SequentialLR

__all__ = [
    "CosineAnnealingLR",
    "LinearLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "Schedule",
    "SequentialLR",
    "StepLR",
]
