"""Several processes that train one network together (torch's DistributedDataParallel), on one machine or on several.

The process that was asked is the first of its machine and starts the others, with torchrun's variables; under torchrun itself all of them are there already.
Only the first of all writes files; those that a user started report. Needs no torch until they meet.
"""
from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from edukit.core.command_line import words_of
from edukit.core.errors import BadArgument, EdukitError, PeerLost
from edukit.core.events import Reporter, Stopped
from edukit.core.i18n import language, t
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import current

if TYPE_CHECKING:
    from torch import nn

Item = TypeVar("Item")
_LAUNCHED = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # what every launcher of torch sets
_TIMEOUT = timedelta(minutes=30)
_LOOK_SECONDS, _END_SECONDS = 0.05, 10.0
_BROKEN = ("onnection", "gloo", "nccl", "timed out", "store")  # what torch says when another process has gone


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """This process among those that train together.

    Args:
        rank: Its number among all.
        world: How many there are.
        local: Its number on this machine.
        nproc: How many there are on this machine.
        launched: Whether something else started all of them.
    """

    rank: int = 0
    world: int = 1
    local: int = 0
    nproc: int = 1
    launched: bool = False

    @classmethod
    def of(cls, nproc: int = 1, nnodes: int = 1) -> Ranks:
        """What the arguments ask for, or what the launcher of this process says.

        Raises:
            BadArgument: Several machines, and the variables that say where the first one is are missing.
        """
        try:
            if all(name in os.environ for name in _LAUNCHED):
                given = {name: int(os.environ.get(name, usual)) for name, usual in (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0), ("LOCAL_WORLD_SIZE", 1))}
                return cls(rank=given["RANK"], world=given["WORLD_SIZE"], local=given["LOCAL_RANK"], nproc=given["LOCAL_WORLD_SIZE"], launched=True)
            node = int(os.environ["NODE_RANK"]) if nnodes > 1 else 0
            if nnodes == 1 or (0 <= node < nnodes and os.environ["MASTER_ADDR"] and int(os.environ["MASTER_PORT"])):
                return cls(rank=node * nproc, world=nproc * nnodes, nproc=nproc)
        except (KeyError, ValueError):
            pass
        raise BadArgument(name="nnodes", value=nnodes, wanted=t("training.wanted.nodes"))

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and reports."""
        return self.rank == 0

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return self.world == 1

    @property
    def called(self) -> bool:
        """Whether a user started this process, and wants to see and to stop it: the first of each machine, under a launcher the first of all."""
        return self.first or not self.launched

    @property
    def here(self) -> bool:
        """Whether all processes are this one's: it starts them on this machine."""
        return self.world == self.nproc and not self.launched

    @contextmanager
    def joined(self, arguments: Mapping[str, Any], reporter: Reporter) -> Iterator[None]:
        """Starts the others of this machine, and lets all of them meet, for the time of the block.

        Args:
            arguments: Of ``train``, for the others.
            reporter: Asked for a Stop while some are still missing.

        Raises:
            PeerLost: One of them ended too early.
        """
        if self.alone:
            yield
            return
        import torch
        import torch.distributed as dist

        others: list[subprocess.Popen[bytes]] = []
        threads = torch.get_num_threads()
        torch.set_num_threads(max(1, threads // self.nproc))
        try:
            self._meet(others, arguments, reporter)
            yield
            for other in others:
                with suppress(subprocess.TimeoutExpired):
                    other.wait(_END_SECONDS)
        except RuntimeError as error:
            if "EADDRINUSE" in str(error):
                raise BadArgument(name="MASTER_PORT", value=os.environ["MASTER_PORT"], wanted=t("training.wanted.free_port")) from error
            if isinstance(error, EdukitError) or not any(sign in str(error) for sign in _BROKEN):
                raise
            raise PeerLost(count=self.world, reason=_last_word(others) or str(error).split("\n")[0][:200]) from error
        finally:
            if dist.is_initialized():
                dist.destroy_process_group()
                gc.collect()  # DDP keeps the group's threads: they come to rest before Python may end, which they could not survive
            for other in others:
                other.kill()
                with suppress(ValueError):  # its last word was read already
                    other.communicate()
            torch.set_num_threads(threads)

    def _meet(self, others: list[subprocess.Popen[bytes]], arguments: Mapping[str, Any], reporter: Reporter) -> None:
        import torch
        import torch.distributed as dist

        gpus, store = torch.cuda.device_count(), None
        if gpus:
            torch.cuda.set_device(self.local % gpus)
        if "TORCHELASTIC_RUN_ID" not in os.environ:  # torchrun keeps a store
            address, port = ("127.0.0.1", 0) if self.here else (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
            if not (self.here or self.launched):
                self._reach(address, port, reporter)
            store = dist.TCPStore(  # type: ignore[attr-defined]
                address, port, self.world, self.first, _TIMEOUT, wait_for_workers=False,
            )  # fmt: skip
            others += [] if self.launched else [self._start(local, address, store.port, arguments) for local in range(1, self.nproc)]
            self._await(store, others, reporter)
        backend = "cpu:gloo,cuda:nccl" if self.nproc <= gpus else "gloo"  # two of them cannot share a GPU with nccl
        dist.init_process_group(backend, store=store, rank=self.rank, world_size=self.world, timeout=_TIMEOUT)

    def share(self, items: Any) -> Any:
        """This process's part of a sequence."""
        return items[self.rank :: self.world]

    def gathered(self, items: Iterable[Item]) -> Iterator[Item]:
        """What all processes have, in the same order everywhere."""
        if self.alone:
            return iter(items)
        import torch.distributed as dist

        found: list[Any] = [None] * self.world
        dist.all_gather_object(found, list(items))
        return chain.from_iterable(found)

    def from_first(self, make: Callable[[], Item]) -> Item:
        """What ``make`` gives in the first process; its error ends the others too."""
        if self.alone:
            return make()
        import torch.distributed as dist

        box: list[Any] = [None, ""]
        if self.first:
            try:
                box[0] = make()
            except BaseException as error:
                dist.broadcast_object_list([None, "stopped" if isinstance(error, Stopped) else str(error)], 0)
                raise
        dist.broadcast_object_list(box, 0)
        if box[1] == "stopped":
            raise Stopped
        if box[1]:
            raise PeerLost(count=self.world, reason=box[1])
        return box[0]  # type: ignore[no-any-return]

    @contextmanager
    def first_before_others(self) -> Iterator[None]:
        """The first of each machine runs the block before the others: they find what it kept."""
        if not self.alone and self.local:
            list(self.gathered([]))
        yield
        if not self.alone and not self.local:
            list(self.gathered([]))

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network as it is called in a training step: gradients become the mean over all processes."""
        if self.alone:
            return network
        from torch.nn.parallel import DistributedDataParallel

        return DistributedDataParallel(network)

    def level(self, network: nn.Module) -> None:
        """Gives all processes the first one's statistics of batch normalisation."""
        if not self.alone:
            import torch.distributed as dist

            for buffer in network.buffers():
                dist.broadcast(buffer, 0)

    def _start(self, local: int, address: str, port: int, arguments: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        names: dict[str, Any] = {"RANK": self.rank + local, "LOCAL_RANK": local, "WORLD_SIZE": self.world, "LOCAL_WORLD_SIZE": self.nproc}
        names |= {"MASTER_ADDR": address, "MASTER_PORT": port}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "edukit", "--json", "--lang", language(), *words_of("train", arguments)],
            env=subprocess_env() | current().to_environment() | {name: str(value) for name, value in names.items()},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,  # a Ctrl-C is the first one's to answer
        )  # fmt: skip

    def _reach(self, address: str, port: int, reporter: Reporter) -> None:
        """Waits for the first machine, which may be started later, and names the network that leads there.

        Gloo by itself takes the network of this machine's own name, which on many systems is the loopback: no other machine reaches that.
        """
        import psutil

        reporter.message(t("training.waiting", address=address, port=port))
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
                way.connect((address, port))  # sends nothing
                mine = way.getsockname()[0]
        except OSError as error:
            raise BadArgument(name="MASTER_ADDR", value=address, wanted=t("training.wanted.nodes")) from error
        names = [name for name, addresses in psutil.net_if_addrs().items() if any(one.address == mine for one in addresses)]
        if names:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", names[0])
        while not self.first:
            reporter.check()
            with suppress(OSError), socket.create_connection((address, port), 1):
                return
            time.sleep(_LOOK_SECONDS)

    def _await(self, store: Any, others: list[subprocess.Popen[bytes]], reporter: Reporter) -> None:
        """Waits until all have come this far: one whose data cannot be read never does."""
        store.add("here", 1)
        while store.add("here", 0) < self.world:
            reporter.check()
            if any(other.poll() is not None for other in others):
                raise PeerLost(count=self.world, reason=_last_word(others))
            time.sleep(_LOOK_SECONDS)


def _last_word(others: list[subprocess.Popen[bytes]]) -> str:
    """What those that ended say why."""
    deadline = time.monotonic() + _END_SECONDS
    while others and all(other.poll() is None for other in others) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    said = []
    for other in others:
        if other.poll() not in (None, 0):
            with suppress(ValueError, KeyError, TypeError):
                said.append(str(json.loads(other.communicate()[0])["error"]["message"]))
            said = said or [t("training.exit_code", code=other.returncode)]
    return said[0] if said else ""
