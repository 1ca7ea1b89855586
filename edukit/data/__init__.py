"""Datasets: formats, checks, splits and sample sets. Nothing here imports torch."""
from edukit.data.builder import DatasetBuilder
from edukit.data.builder_state import BuiltPicture
from edukit.data.checking import check_dataset
from edukit.data.dataset import FOLDERS, SPLITS, Dataset, Split
from edukit.data.exporting import Exported, export_dataset
from edukit.data.fetching import Fetched, fetch_dataset
from edukit.data.loading import find_folder, load_dataset
from edukit.data.online import fetched_sets, online_sets
from edukit.data.own import own_sets
from edukit.data.problems import DatasetReport, Problem
from edukit.data.sample import ClassLabel, Sample
from edukit.data.samples import SampleSet, sample_features, sample_model, sample_set, sample_sets
from edukit.data.split_verb import SplitResult, split_dataset
from edukit.data.verifying import verify, verify_splits
from edukit.data.versions import Version, versions
from edukit.data.video import camera_frames, record, video_frames

__all__ = [
    "FOLDERS", "SPLITS", "BuiltPicture", "ClassLabel", "Dataset", "DatasetBuilder", "DatasetReport", "Exported", "Fetched", "Problem", "Sample", "SampleSet",
    "Split", "SplitResult", "Version", "camera_frames", "check_dataset", "export_dataset", "fetch_dataset", "fetched_sets", "find_folder", "load_dataset",
    "online_sets", "own_sets", "record", "sample_features", "sample_model", "sample_set", "sample_sets", "split_dataset", "verify", "verify_splits",
    "versions", "video_frames",
]
