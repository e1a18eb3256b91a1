"""`make emulator`: an AWS of one's own on this machine, by moto's server, until Ctrl-C; and who asks for it.

The Makefile hands its settings over in the environment: EMULATOR, EMULATOR_PORT.
"""

import logging
import os
import re
import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tools.errors import UserError, run_command

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PORT = 5566
# Canonical's images as its public parameters name them; AWS has them in every region, moto in none.
UBUNTU = {"22.04": "jammy", "24.04": "noble"}
ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
CANONICAL = "099720109477"


def chosen() -> str | None:
    """Return the endpoint that EMULATOR=1 or EMULATOR=http://... asks for; None is AWS itself."""
    asked = os.environ.get("EMULATOR", "")
    if asked in ("", "0"):
        return None
    if asked == "1":
        return f"http://{HOST}:{port()}"
    if not re.fullmatch(r"https?://[\w.:-]+/?", asked):
        raise UserError(
            f"EMULATOR is {asked}, which is no address.", f"EMULATOR=1, or EMULATOR=http://{HOST}:{PORT}"
        )
    return asked.rstrip("/")


def asked_for(endpoint: str) -> str:
    """Return how the Makefile is asked for the emulator at the endpoint."""
    host, _, number = endpoint.rpartition(":")
    if host != f"http://{HOST}":
        return f"EMULATOR={endpoint}"
    return "EMULATOR=1" if number == str(PORT) else f"EMULATOR=1 EMULATOR_PORT={number}"


def port() -> int:
    """Return the port that EMULATOR_PORT names, or the usual one."""
    asked = os.environ.get("EMULATOR_PORT") or str(PORT)
    if not re.fullmatch(r"\d{1,5}", asked) or not 1024 <= int(asked) <= 65535:
        raise UserError(f"EMULATOR_PORT is {asked}.", f"choose 1024-65535: EMULATOR_PORT={PORT}")
    return int(asked)


def state(project: Path, endpoint: str) -> Path:
    """Return where the state of what is deployed on an emulator is kept, apart from what is real."""
    return project / ".pulumi-state" / "emulator" / re.sub(r"\W+", "-", endpoint.split("//")[1])


def forget(project: Path, endpoint: str) -> None:
    """Delete the state of what was deployed on an emulator that is no more: it went with it."""
    if (old := state(project, endpoint)).exists():
        shutil.rmtree(old)
        print("What was deployed on an earlier one went with it, and is forgotten here.")


def require(endpoint: str) -> None:
    """Raise UserError when no emulator answers."""
    try:
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        directly.open(endpoint, timeout=30).close()
    except urllib.error.HTTPError:
        return  # an answer all the same
    except OSError as error:
        setting = asked_for(endpoint).removeprefix("EMULATOR=1")
        raise UserError(
            f"No emulated AWS answers at {endpoint} ({getattr(error, 'reason', error)}).",
            f"start one in another terminal, and leave it running: make emulator{setting}",
        ) from None


def serve() -> None:
    """Answer as AWS does until it is interrupted. Raises UserError when the port is taken."""
    listener = _listener(port())
    endpoint = f"http://{HOST}:{listener.getsockname()[1]}"
    print("Starting an emulated AWS ...", flush=True)
    _seed()
    forget(ROOT, endpoint)

    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        HOST,
        listener.getsockname()[1],
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
        fd=listener.fileno(),
    )
    print(
        f"An emulated AWS answers at {endpoint}. It knows the images of Ubuntu {', '.join(UBUNTU)}.\n"
        f"  deploy on it   make up STACK=monolith {asked_for(endpoint)}   (in another terminal)\n"
        f"  look into it   {endpoint}/moto-api/\n"
        "  end it         Ctrl-C; it forgets everything",
        flush=True,
    )
    server.serve_forever()  # returns when it is interrupted
    print("\nThe emulated AWS has ended, and what was in it with it.")


def _listener(number: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, number))
    except OSError as error:
        listener.close()
        raise UserError(
            f"Port {number} of {HOST} is not to be had ({error.strerror}); perhaps an emulator runs already.",
            f"use that one, or choose another port: make emulator EMULATOR_PORT={number + 1}",
        ) from None
    listener.listen(128)
    return listener


def _seed() -> None:
    """Have every region know Ubuntu's images, by the parameters in which Canonical publishes them.

    AWS lets nobody write parameters under /aws/, and neither does moto: they get their names afterwards.
    """
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.ec2.models import amis
    from moto.ssm.models import ssm_backends

    regions = ssm_backends[DEFAULT_ACCOUNT_ID]
    for version, codename in UBUNTU.items():
        for number, (architecture, machine) in enumerate(ARCHITECTURES.items(), 1):
            image = f"ami-{version.replace('.', '')}{number:013}"
            amis.AMIS.append(
                {
                    "ami_id": image,
                    "architecture": machine,
                    "description": f"Ubuntu {version}, emulated",
                    "hypervisor": "xen",
                    "image_location": "amazon/emulated",
                    "image_type": "machine",
                    "name": f"ubuntu/images/hvm-ssd/ubuntu-{codename}-{version}-{architecture}-server",
                    "owner_id": CANONICAL,
                    "platform": None,
                    "public": True,
                    "root_device_name": "/dev/sda1",
                    "root_device_type": "ebs",
                    "sriov": "simple",
                    "state": "available",
                    "virtualization_type": "hvm",
                }
            )
            for disk in ("ebs-gp2", "ebs-gp3"):
                name = (
                    f"/aws/service/canonical/ubuntu/server/{version}/stable/current"
                    f"/{architecture}/hvm/{disk}/ami-id"
                )
                for region in regions.regions:
                    parameter = regions[region].put_parameter(
                        name="ubuntu",
                        description="",
                        value=image,
                        parameter_type="String",
                        allowed_pattern="",
                        keyid="",
                        overwrite=False,
                        tags=[],
                        data_type="aws:ec2:image",
                        tier=None,
                        policies=None,
                    )
                    parameter.name = name
                    regions[region]._parameters[name] = regions[region]._parameters.pop("ubuntu")


def main() -> int:
    """Serve until the end; return the exit status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when a shell started it in the background
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    serve()
    return 0


if __name__ == "__main__":
    sys.exit(run_command(main))
