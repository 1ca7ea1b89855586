"""Datasets: formats, checks, splits and sample sets. Nothing here imports torch."""
from edukit.data.builder import BuiltPicture, DatasetBuilder
from edukit.data.checking import check_dataset
from edukit.data.dataset import FOLDERS, SPLITS, Dataset, Split
from edukit.data.loading import find_folder, load_dataset
from edukit.data.own import own_sets
from edukit.data.problems import DatasetReport, Problem
from edukit.data.sample import ClassLabel, Sample
from edukit.data.samples import SampleSet, sample_model, sample_set, sample_sets
from edukit.data.verifying import verify, verify_splits

__all__ = [
    "FOLDERS", "SPLITS", "BuiltPicture", "ClassLabel", "Dataset", "DatasetBuilder", "DatasetReport", "Problem", "Sample", "SampleSet", "Split", "check_dataset",
    "find_folder", "load_dataset", "own_sets", "sample_model", "sample_set", "sample_sets", "verify", "verify_splits",
]
