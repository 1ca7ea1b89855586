"""What a job keeps in its folder: ``jobs`` and the command line write these files, everyone else leaves them alone."""
from __future__ import annotations

JOB, EVENTS, ANSWER, STOP, CHATTER, SEEN = "job.json", "events.jsonl", "answer.json", "stop", "chatter.txt", "seen"
JOB_FILES = (JOB, EVENTS, ANSWER, STOP, CHATTER, SEEN)
JOB_VARIABLE = "EDUKIT_JOB"  # in a child's environment: that it is a job, and in which folder
