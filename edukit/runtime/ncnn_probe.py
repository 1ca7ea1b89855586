"""Run by its path in a process of its own: loads an ncnn model and answers once.

ncnn believes what a file says of its sizes; a file that lies ends this process instead of the caller's. Imports nothing of edukit.
Words: the .param file, the .bin file, input, channels, height, width, outputs separated by blanks, seconds, bytes. Exit code 0: it answered.
"""
import signal
import sys
from contextlib import suppress


def main(param: str, weights: str, source: str, channels: str, height: str, width: str, results: str, seconds: str, memory: str) -> int:
    """Loads and answers; returns the exit code."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import ncnn
    import numpy as np

    if hasattr(signal, "alarm"):  # the system ends this process then, whatever ncnn does; imports, slow on a busy machine, do not count
        signal.alarm(int(seconds))
    net = ncnn.Net()
    net.opt.num_threads = 1
    if net.load_param(param) or net.load_model(weights):
        return 3
    picture = np.zeros((int(channels), int(height), int(width)), np.float32)
    extractor = net.create_extractor()
    extractor.input(source, ncnn.Mat(picture))
    return 4 if any(extractor.extract(name)[0] for name in results.split()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
