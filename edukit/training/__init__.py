"""From a dataset to a checkpoint. torch is imported only once the arguments and the pictures are known to be good."""
from edukit.training.probe_results import BatchCheck, RateSearch
from edukit.training.probing import find_rate, learn_batch
from edukit.training.result import TrainResult
from edukit.training.trainer import train

__all__ = ["BatchCheck", "RateSearch", "TrainResult", "find_rate", "learn_batch", "train"]
