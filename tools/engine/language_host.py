"""Runs programs in Python for the Pulumi engine, as the official release's pulumi-language-python does.

The engine starts it, reads the port that it prints, and calls it as the LanguageRuntime of its gRPC protocol.
It serves an engine that was built from its Go module, which carries no host for Python.
"""

# The names of the methods are the protocol's; gRPC and protobuf come without types.
# ruff: noqa: N802
# mypy: disable-error-code="import-untyped, no-untyped-call"

import os
import runpy
import selectors
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import grpc
import pulumi
from google.protobuf.empty_pb2 import Empty
from pulumi.automation._server import LanguageServer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from tools.engine.orphan import end_with_parent

Chunks = Iterator[language_pb2.RunPluginResponse]


class LanguageHost(LanguageServer):
    """The protocol's calls that a program in Python needs; the virtual environment is made before."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def Handshake(
        self, _request: language_pb2.LanguageHandshakeRequest, _context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Accept the engine; all that it tells here comes again with the program."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Empty, _context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version of the Python SDK."""
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def InstallDependencies(
        self, _request: language_pb2.InstallDependenciesRequest, _context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install nothing: the virtual environment is made before the engine starts."""
        return iter(())

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end."""
        entry = Path(request.info.program_directory, request.info.entry_point)
        self.program = lambda: run_program(entry)
        # The error has been logged where it arose; without `bail` the engine would print it a second time.
        try:
            result = super().Run(request, context)
        except pulumi.RunError:  # raised by a task that was still pending when the program had ended
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(bail=bool(result.error))

    def RunPlugin(self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext) -> Chunks:
        """Run a plugin written in Python, a policy pack above all, for as long as the engine wants it."""
        directory = request.info.program_directory
        command = [sys.executable, "-u", directory, *request.args]
        if request.kind == "analyzer":
            command = [sys.executable, "-u", "-m", "pulumi.policy", *request.args, directory]
        environment = {**os.environ, **dict(item.split("=", 1) for item in request.env)}
        plugin = subprocess.Popen(
            command,
            cwd=request.pwd or directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        context.add_callback(plugin.terminate)  # the engine ends the call when it needs the plugin no more
        yield from _output(plugin)
        yield language_pb2.RunPluginResponse(exitcode=plugin.wait())


def run_program(entry: Path) -> None:
    """Run a directory's __main__.py or a file, its directory on sys.path as long as the process lives.

    Raises pulumi.RunError, which the engine shows as its message only, for what the program refuses on
    purpose: an exception with a `remedy`, or an exit with a message. Anything else comes with its traceback.
    """
    directory = str(entry if entry.is_dir() else entry.parent)
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        runpy.run_path(str(entry), run_name="__main__")
    except pulumi.RunError:
        raise
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise pulumi.RunError(str(stop.code)) from None
    except Exception as error:
        if hasattr(error, "remedy"):
            raise pulumi.RunError(_with_remedy(error)) from None
        raise pulumi.RunError(f"The program failed:\n{_own_traceback(error)}") from None


def _with_remedy(error: Exception) -> str:
    message, remedy = str(error), str(getattr(error, "remedy", ""))
    return message if remedy in message else f"{message}\n{remedy}"


def _own_traceback(error: Exception) -> str:
    """Return the traceback from the program's first line on.

    The frames above it are this file's and runpy's.
    """
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename in (__file__, runpy.__file__, "<frozen runpy>"):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames)).rstrip()


def _output(plugin: "subprocess.Popen[bytes]") -> Chunks:
    """Yield both streams as they come.

    The engine reads the plugin's port on one, what went wrong on the other.
    """
    with selectors.DefaultSelector() as streams:
        if plugin.stdout and plugin.stderr:
            streams.register(plugin.stdout, selectors.EVENT_READ, "stdout")
            streams.register(plugin.stderr, selectors.EVENT_READ, "stderr")
        while streams.get_map():
            for key, _ in streams.select():
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    streams.unregister(key.fileobj)
                elif key.data == "stdout":
                    yield language_pb2.RunPluginResponse(stdout=chunk)
                else:
                    yield language_pb2.RunPluginResponse(stderr=chunk)


def main() -> None:
    """Serve until the engine ends it by SIGINT or SIGTERM, or is gone itself."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = grpc.server(ThreadPoolExecutor(max_workers=16), options=_GRPC_CHANNEL_OPTIONS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    end_with_parent(stop)
    # A program that is still running is abandoned: its engine no longer waits for it.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
