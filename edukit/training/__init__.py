"""From a dataset to a checkpoint. torch is imported only once the arguments and the pictures are known to be good."""
from edukit.training.result import TrainResult
from edukit.training.trainer import train

__all__ = ["TrainResult", "train"]
