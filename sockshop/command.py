"""The commands of `python -m sockshop`."""

import argparse
import ipaddress
import json
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sockshop import images, mirror
from sockshop.manifests import catalogue_secret, manifests, namespace, new_passwords
from sockshop.options import EfsVolumes, ExternalDatabase, Options
from sockshop.services import SERVICES
from sockshop.text import to_yaml
from tools.errors import UserError

USE = """\
Two steps deploy the shop; after a change, repeat the second only:

    python -m sockshop passwords | kubectl create -f -
    python -m sockshop manifests | kubectl apply -f -
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 0, 1 after a failure, 2 for a wrong argument."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except UserError as error:
        print(f"python -m sockshop: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sockshop",
        description="Sock Shop for Kubernetes.",
        epilog=USE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    printed = commands.add_parser("manifests", help="print the manifests as YAML")
    printed.set_defaults(run=_print_manifests)
    printed.add_argument("--namespace", default="sock-shop", type=_name)
    printed.add_argument(
        "--node-port", default=30001, type=_node_port, metavar="PORT|none",
        help="the port of every node that leads to the shop (default 30001)",
    )  # fmt: skip
    printed.add_argument(
        "--storage-class", metavar="NAME", help="of the datastores' volumes (default: the cluster's)"
    )
    printed.add_argument(
        "--replicas",
        default=1,
        type=_count,
        metavar="N",
        help="minimum number of pods of each stateless service (default 1)",
    )
    printed.add_argument(
        "--catalogue-database",
        metavar="HOST",
        help="a MySQL server outside the cluster, for the catalogue",
    )
    printed.add_argument(
        "--database-network", type=_network, metavar="CIDR", help="the range of this server's addresses"
    )
    printed.add_argument(
        "--database-administrator", default="admin", metavar="NAME",
        help="the account that loads the catalogue; its password is root-password in the Secret catalogue-db",
    )  # fmt: skip
    printed.add_argument(
        "--storage", action="append", default=[], type=_volume, metavar="DATASTORE=HANDLE",
        help="of carts-db, orders-db and user-db: an access point of EFS, as carts-db=fs-01::fsap-01",
    )  # fmt: skip
    printed.add_argument(
        "--image-registry", metavar="REGISTRY", help="the registry to which `mirror` copied the images"
    )
    printed.add_argument(
        "--digests", type=Path, metavar="FILE", help="the file that `mirror` wrote: run exactly these images"
    )
    printed.add_argument(
        "--monitoring", metavar="NAMESPACE", help="the namespace whose pods may read metrics"
    )

    secret = commands.add_parser("passwords", help="print a namespace and a Secret with new passwords")
    secret.set_defaults(run=_print_passwords)
    secret.add_argument("--namespace", default="sock-shop", type=_name)
    secret.add_argument(
        "--file", type=Path, help='JSON with your own passwords: {"root-password": "...", "password": "..."}'
    )

    copied = commands.add_parser("mirror", help="copy the images to a registry, by digest (needs skopeo)")
    copied.set_defaults(run=_mirror)
    copied.add_argument("registry", help="such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/sock-shop")
    copied.add_argument(
        "--digests", type=Path, default=Path("sock-shop-digests.json"), metavar="FILE",
        help="the file to write the digests to (default sock-shop-digests.json)",
    )  # fmt: skip

    drawn = commands.add_parser("picture", help="print a diagram of the workloads and their calls, as SVG")
    drawn.set_defaults(run=_print_picture)
    return parser


def _print_manifests(given: argparse.Namespace) -> None:
    database = None
    if given.catalogue_database is not None:
        if given.database_network is None:
            raise UserError(
                "--catalogue-database needs --database-network", "give the range of the server's addresses"
            )
        database = ExternalDatabase(
            host=given.catalogue_database,
            network=given.database_network,
            administrator=given.database_administrator,
        )
    options = Options(
        namespace=given.namespace,
        node_port=given.node_port,
        storage_class=given.storage_class,
        min_replicas=given.replicas,
        catalogue_database=database,
        efs=_efs(dict(given.storage)),
        images=images.pulled(given.image_registry, {} if given.digests is None else _json(given.digests)),
        monitoring=given.monitoring,
    )
    sys.stdout.write(to_yaml(manifests(options)))


def _efs(volume_handles: dict[str, str]) -> EfsVolumes | None:
    if not volume_handles:
        return None
    supported = {service.name for service in SERVICES if service.supports_efs}
    if missing := supported - volume_handles.keys():
        raise UserError(
            f"--storage is missing for {', '.join(sorted(missing))}", "give it for all three or none"
        )
    if others := volume_handles.keys() - supported:
        raise UserError(
            f"{', '.join(sorted(others))} cannot use EFS",
            f"give --storage for {', '.join(sorted(supported))} only",
        )
    return EfsVolumes(volume_handles=volume_handles)


def _print_passwords(given: argparse.Namespace) -> None:
    options = Options(namespace=given.namespace)
    passwords = new_passwords() if given.file is None else _json(given.file)
    if passwords.keys() != new_passwords().keys() or not all(passwords.values()):
        raise UserError(
            f"{given.file} must have the keys root-password and password, and no others",
            'write it as {"root-password": "...", "password": "..."}',
        )
    sys.stdout.write(to_yaml([namespace(options), catalogue_secret(options, passwords)]))


def _mirror(given: argparse.Namespace) -> None:
    digests = mirror.mirror(given.registry, partial(print, end="", flush=True))
    given.digests.write_text(json.dumps(digests, indent=2) + "\n")
    print(f"\nRun them: --image-registry {given.registry} --digests {given.digests}")


def _print_picture(_given: argparse.Namespace) -> None:
    from sockshop import picture  # the only command that needs a package of the development tools

    sys.stdout.write(picture.draw())


def _json(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read as JSON: {error}", "name a file with a JSON object") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise UserError(f"{file} is not a JSON object of strings", "name a file with one")
    return found


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name for a namespace")
    return text


def _node_port(text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal() or not 30000 <= int(text) <= 32767:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a port from 30000 to 32767 nor none")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 10")
    return int(text)


def _network(text: str) -> str:
    try:
        return str(ipaddress.IPv4Network(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a range of addresses such as 10.20.0.0/16"
        ) from None


def _volume(text: str) -> tuple[str, str]:
    datastore, _, handle = text.partition("=")
    if not re.fullmatch(r"fs-[0-9a-f]+::fsap-[0-9a-f]+", handle):
        raise argparse.ArgumentTypeError(f"{text!r} is not like carts-db=fs-0123::fsap-4567")
    return datastore, handle
