"""One double, started as the engine starts a provider's plugin: `python -m tests.engine.doubles aws`."""

# mypy: disable-error-code="import-untyped, no-untyped-call"

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import grpc
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc

from tests.engine.doubles.provider import Provider
from tools.engine.orphan import end_with_parent


def main(package: str) -> None:
    """Serve until the engine ends this process, or is gone."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    behaviour = import_module(f"tests.engine.doubles.{package}_double").Double()
    server = grpc.server(ThreadPoolExecutor(max_workers=16), options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(behaviour), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    end_with_parent(stop)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "eks":
        from tests.engine.doubles.eks_double import serve

        serve(sys.argv[2])
    else:
        main(sys.argv[1])
