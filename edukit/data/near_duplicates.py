"""Near duplicates: the same picture resized, encoded anew, a little brighter or cropped; not another one that looks alike, nor a mirror image.

An index of small fingerprints proposes pairs, in time that grows with the number of pictures; each pair is then laid on top of each other
(``cv2.findTransformECC``, Evangelidis and Psarakis 2008) and judged by the block of 6 x 6 pixels that differs most.
"""
from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from edukit.core.errors import EdukitError
from edukit.core.events import Reporter
from edukit.core.images import decode_image, read_image_bytes
from edukit.core.preprocess import UInt8Image

SMALL = 8              # side of the thumbnail that is kept of every picture
DECODED = 4 * SMALL    # what the shorter side of a JPEG may be decoded at for it
SIDE = 64              # side at which two pictures are compared
MOST_MISFIT = 0.3      # of two thumbnails; crops of all emoji have up to 0.19, brighter copies 0.26, other pictures mostly above 0.34
MOST_BLOCK = 26.0      # mean difference of the worst block
GAINS = (0.88, 1.14)   # by which brightness may differ
NEIGHBOURS = 12        # pairs that are looked at for one picture, nearest first
TABLES, WINDOW = 10, 10
_KEPT = 1_000          # pictures at SIDE in memory: 12 MB; pairs come in the order of their first picture
Member = TypeVar("Member", Path, str)


def fingerprint(image: UInt8Image) -> bytes:
    """The picture at 8 x 8, RGB."""
    import cv2

    return np.asarray(cv2.resize(image, (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.uint8).tobytes()


def near_pairs(paths: Sequence[Path], prints: Sequence[bytes] | None = None, *, reporter: Reporter | None = None) -> list[tuple[Path, Path]]:
    """Pairs of the same picture in different files, the earlier path first; copies byte for byte are among them.

    Args:
        paths: The pictures.
        prints: Their ``fingerprint``s, where they are known; an empty one leaves a picture out.
        reporter: Is told of progress, in ``"pair"``, and asked whether to stop.

    Raises:
        Stopped
    """
    import cv2

    known = list(prints) if prints is not None else [_fingerprint_of(path) for path in paths]
    places = np.array([place for place, data in enumerate(known) if data], np.int64)
    if len(places) < 2:
        return []
    thumbs = np.frombuffer(b"".join(data for data in known if data), np.uint8).reshape(len(places), -1)
    pairs = places[candidate_pairs(thumbs)]
    cache = _Small(paths)
    found: list[tuple[Path, Path]] = []
    threads, cv_threads = max(1, min(4, os.cpu_count() or 1)), cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with ThreadPoolExecutor(threads) as pool:
            for start in range(0, len(pairs), 64):
                if reporter:
                    reporter.check()
                    reporter.progress(start, len(pairs), "pair")
                part = pairs[start : start + 64].tolist()
                same = pool.map(lambda pair: _same(cache[pair[0]], cache[pair[1]]), part)
                found += [(paths[one], paths[other]) for (one, other), yes in zip(part, same) if yes]
    finally:
        cv2.setNumThreads(cv_threads)
    if reporter and len(pairs):
        reporter.progress(len(pairs), len(pairs), "pair")
    return found


def candidate_pairs(thumbs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Pairs of rows that may be the same picture, shape (pairs, 2), the smaller place first.

    Rows are put into several orders in which neighbours in space mostly stand near each other; every row is compared with the next few, so that time grows as
    n log n, whatever the pictures are.

    Args:
        thumbs: Fingerprints, shape (pictures, 192).
    """
    count = len(thumbs)
    chance = np.random.default_rng(0)
    some = _without_brightness(thumbs[chance.permutation(count)[:2000]])
    middle = some.mean(axis=0)
    _, axes = np.linalg.eigh((some - middle).T @ (some - middle))  # 192 x 192, however many pictures there are
    spread = np.concatenate([(_without_brightness(part) - middle) @ axes[:, :-17:-1] for part in _parts(thumbs)])
    found = np.zeros(0, np.int64)  # smaller place * count + larger place
    for order in chain((np.argsort(spread[:, axis], kind="stable") for axis in range(2)), _hashed_orders(spread, chance)):
        rows, pairs = np.ascontiguousarray(spread[order].T), [found]
        for step in range(1, min(WINDOW, count - 1) + 1):
            near = np.flatnonzero(np.abs(rows[:, :-step] - rows[:, step:]).mean(axis=0) < 0.35)
            one, other = order[near], order[near + step]
            pairs.append(np.minimum(one, other) * count + np.maximum(one, other))
        found = np.unique(np.concatenate(pairs))
    return _nearest(np.stack(np.divmod(found, count), axis=1), thumbs)


def _without_brightness(thumbs: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = thumbs.astype(np.float32)
    return np.asarray(values / np.maximum(values.mean(axis=1, keepdims=True), 8), np.float32)


def _parts(rows: NDArray[Any]) -> list[NDArray[Any]]:
    """A thousand rows at a time: what is computed of a hundred thousand thumbnails at once would take a gigabyte."""
    return np.array_split(rows, len(rows) // 1_000 + 1)


def _hashed_orders(spread: NDArray[np.float32], chance: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Orders in which rows on the same side of several random planes stand together (Charikar 2002), those within one cell by a further direction."""
    bits = max(0, int(np.log2(len(spread) / WINDOW)))
    for _ in range(TABLES):
        planes = chance.normal(size=(spread.shape[1], bits + 1)).astype(np.float32)
        sides = spread @ planes
        yield np.lexsort((sides[:, -1], (sides[:, :-1] > 0).astype(np.float32) @ np.float32(2) ** np.arange(bits, dtype=np.float32)))


def _nearest(pairs: NDArray[np.int64], thumbs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Those whose thumbnails fit each other, at most so many for one picture."""
    misfit = np.concatenate([_misfit(thumbs[part[:, 0]], thumbs[part[:, 1]]) for part in _parts(pairs)])
    order = np.argsort(misfit, kind="stable")
    order = order[misfit[order] < MOST_MISFIT]
    seen = np.zeros(len(thumbs), np.int64)
    kept = []
    for place in order.tolist():
        one, other = pairs[place]
        if seen[one] < NEIGHBOURS or seen[other] < NEIGHBOURS:
            seen[one] += 1
            seen[other] += 1
            kept.append(place)
    return pairs[sorted(kept)]


def _misfit(ones: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What is left of the other thumbnail once the one was made brighter, shifted and stretched to fit it, to first order (Lucas and Kanade 1981).

    The mean difference that is left, over the mean second difference: fine detail leaves more.
    """
    first, second = (thumbs.reshape(-1, SMALL, SMALL, 3).astype(np.float32) for thumbs in (ones, others))
    down, right = np.gradient(first, axis=1), np.gradient(first, axis=2)
    place = np.arange(SMALL, dtype=np.float32) - (SMALL - 1) / 2
    changes = np.stack([first, down, right, down * place[:, None, None], right * place[:, None]], axis=1).reshape(-1, 5, ones.shape[1])
    turned, target = changes.transpose(0, 2, 1), second.reshape(-1, ones.shape[1], 1)
    left = target - turned @ np.linalg.solve(changes @ turned + 50 * np.eye(5, dtype=np.float32), changes @ target)  # 50: flat pictures have no gradients
    texture = sum(np.abs(np.diff(first, 2, axis=axis)).mean(axis=(1, 2, 3)) for axis in (1, 2))
    return np.asarray(np.abs(left).mean(axis=(1, 2)) / (texture + 8), np.float32)  # 8: encoding changes flat pictures too


def same_picture(one: UInt8Image, other: UInt8Image) -> bool:
    """Whether two pictures are the same but for size, encoding, a little brightness and a narrow crop."""
    return _same(_small(one), _small(other))


class _Small:
    """Pictures at the size at which they are compared, those used last kept."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._kept: OrderedDict[int, UInt8Image] = OrderedDict()

    def __getitem__(self, place: int) -> UInt8Image | None:
        found = self._kept.get(place)
        if found is not None:
            return found
        try:
            path = self.paths[place]
            found = _small(decode_image(read_image_bytes(path), name=path, side=SIDE))
        except EdukitError:  # it went away, or changed, since it was checked
            return None
        while len(self._kept) >= _KEPT:
            self._kept.popitem(last=False)
        self._kept[place] = found
        return found


def _small(image: UInt8Image) -> UInt8Image:
    import cv2

    area = cv2.INTER_AREA if min(image.shape[:2]) >= SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.GaussianBlur(cv2.resize(image, (SIDE, SIDE), interpolation=area), (5, 5), 1.0), np.uint8)


def _same(one: UInt8Image | None, other: UInt8Image | None) -> bool:
    if one is None or other is None:
        return False
    if _worst_block(one, other) < MOST_BLOCK:
        return True
    if _worst_block(one, other, step=16) > 4 * MOST_BLOCK:  # parts of a quarter of the side differ as no shift by a few pixels makes them
        return False
    moved = _align(one, other)
    return moved is not None and _worst_block(one, moved) < MOST_BLOCK


def _align(one: UInt8Image, other: UInt8Image) -> UInt8Image | None:
    """``other`` laid on ``one``; None where that takes more than a crop."""
    import cv2

    warp = np.eye(2, 3, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-3)
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (one, other)]
    try:
        _, warp = cv2.findTransformECC(grey[0], grey[1], warp, cv2.MOTION_AFFINE, stop, None, 1)
    except cv2.error:  # it finds no way, as with a picture of one colour
        return None
    scale = np.array([warp[0, 0], warp[1, 1]])
    shift = warp @ np.array([SIDE / 2, SIDE / 2, 1]) - SIDE / 2
    if not ((scale > 0.88) & (scale < 1.14)).all() or max(abs(warp[0, 1]), abs(warp[1, 0])) > 0.05 or np.abs(shift).max() > 6:
        return None
    return np.asarray(cv2.warpAffine(other, warp, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _worst_block(one: UInt8Image, other: UInt8Image, *, step: int = 6) -> float:
    """The mean difference of the block that differs most, brightness made alike; a frame of 4 pixels is left out."""
    import cv2

    first, second = (image[4:-4, 4:-4].astype(np.float32) for image in (one, other))
    clear = (first < 250) & (second < 250) & (first > 5)
    gain = float((first[clear] * second[clear]).sum() / max(1.0, (second[clear] ** 2).sum())) if clear.sum() > 100 else 1.0
    gain = min(GAINS[1], max(GAINS[0], gain))
    difference = np.abs(first - np.minimum(second * gain, 255)).mean(axis=2)
    return float(cv2.blur(difference, (step, step))[step // 2 : -step // 2, step // 2 : -step // 2].max())


def _fingerprint_of(path: Path) -> bytes:
    try:
        return fingerprint(decode_image(read_image_bytes(path), name=path, side=DECODED))
    except EdukitError:
        return b""


def clusters(pairs: Iterable[tuple[Member, Member]]) -> dict[Member, list[Member]]:
    """What belongs together through any chain of pairs: each cluster in sorted order, by the member that leads it."""
    leader: dict[Member, Member] = {}

    def find(one: Member) -> Member:
        while leader.setdefault(one, one) != one:
            leader[one] = leader.setdefault(leader[one], leader[one])
            one = leader[one]
        return one

    for one, other in pairs:
        leader[find(other)] = find(one)
    groups: dict[Member, list[Member]] = {}
    for one in sorted(leader):
        groups.setdefault(find(one), []).append(one)
    return groups
