"""edukit: from pictures to a model that runs anywhere."""
from edukit.core.quiet import silence

silence()
