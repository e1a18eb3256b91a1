"""AWS as the machines see it: moto for the services, and the instance metadata service (IMDSv2).

Runs as a process of its own in the test's network. Reads what to create from standard input as one line of
JSON (`Wanted`), prints one line of JSON (`Given`) when it serves, and ends with its network.
"""

import json
import secrets
import sys
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
BUCKET = "bookstore-backups"
METADATA = "169.254.169.254"
ADDRESS = "198.51.100.1"
PORT = 5000
FILES_PORT = 8080
ROLE = "machine"


@dataclass(frozen=True)
class Wanted:
    """What to create: secrets and parameters by name, private addresses, a directory of files to serve."""

    secrets: dict[str, str]
    parameters: dict[str, str]
    machines: dict[str, str]
    public_address: str
    files: str


@dataclass(frozen=True)
class Given:
    """The names that AWS assigned: each secret's ARN and each machine's id."""

    secrets: dict[str, str]
    machines: dict[str, str]


def make(wanted: Wanted) -> Given:
    """Create what is wanted in the emulated account."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=f"http://{ADDRESS}:{PORT}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    store, parameters, machines = client("secretsmanager"), client("ssm"), client("ec2")
    client("s3").create_bucket(Bucket=BUCKET)
    arns = {
        name: store.create_secret(Name=name, SecretString=text)["ARN"]
        for name, text in wanted.secrets.items()
    }
    for name, value in wanted.parameters.items():
        parameters.put_parameter(Name=name, Value=value, Type="String")
    image = machines.describe_images()["Images"][0]["ImageId"]
    ids = {
        name: machines.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
        for name in wanted.machines
    }
    return Given(arns, ids)


def metadata(wanted: Wanted, given: Given) -> type[BaseHTTPRequestHandler]:
    """Answer each machine, known by its address, with its own metadata, and only with a session token."""
    tokens: set[str] = set()
    names = {address: name for name, address in wanted.machines.items()}
    credentials = {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": "ASIATESTTESTTESTTEST",
        "SecretAccessKey": "test",
        "Token": "test",
        "LastUpdated": "2020-01-01T00:00:00Z",
        "Expiration": "2099-01-01T00:00:00Z",
    }

    class Metadata(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            if self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]:
                tokens.add(secrets.token_urlsafe(32))
                self._answer(200, next(iter(tokens)))
            else:
                self._answer(400)

        def do_GET(self) -> None:
            if self.headers["X-aws-ec2-metadata-token"] not in tokens:
                self._answer(401)
                return
            answers = {
                "instance-id": given.machines[names[self.client_address[0]]],
                "public-ipv4": wanted.public_address,
                "placement/availability-zone/": f"{REGION}a",
                "iam/security-credentials/": ROLE,
                f"iam/security-credentials/{ROLE}": json.dumps(credentials),
            }
            text = answers.get(self.path.removeprefix("/latest/meta-data/"))
            self._answer(404) if text is None else self._answer(200, text)

        def _answer(self, status: int, text: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Metadata


def files(folder: Path) -> type[BaseHTTPRequestHandler]:
    """Serve the files of one directory."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = (folder / Path(self.path).name).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Files


def main() -> None:
    """Serve until killed."""
    wanted = Wanted(**json.loads(sys.stdin.readline()))
    ThreadedMotoServer(ADDRESS, PORT).start()
    given = make(wanted)
    instances = ThreadingHTTPServer((METADATA, 80), metadata(wanted, given))
    downloads = ThreadingHTTPServer((ADDRESS, FILES_PORT), files(Path(wanted.files)))
    print(json.dumps(asdict(given)), flush=True)
    import threading

    threading.Thread(target=instances.serve_forever, daemon=True).start()
    downloads.serve_forever()


if __name__ == "__main__":
    main()
