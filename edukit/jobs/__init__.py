"""Work in the background: any verb of the command line in a child process, found again by its folder."""
from edukit.jobs.ahead import start_ahead
from edukit.jobs.job import Job, find
from edukit.jobs.slot import machine_slot, stop_all
from edukit.jobs.starting import record_answer, start

__all__ = ["Job", "find", "machine_slot", "record_answer", "start", "start_ahead", "stop_all"]
