"""The shop's 14 workloads: the image of each, what it needs, and which others it calls.

The facts are from the services' source code, in the versions of `sockshop.images`.
"""

from infra.components.kubernetes.container import ContainerResources
from sockshop import images
from sockshop.model import (
    Command,
    Container,
    Http,
    Metrics,
    Probes,
    SecretKey,
    Tcp,
    Volume,
    Workload,
)

APPLICATION_USER = 10001
STORE_USER = 999
JAVA_OPTIONS = (
    "-Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom -Dspring.zipkin.enabled=false"
)
SCRATCH = "/tmp"  # noqa: S108 # nosec B108
EVERYWHERE = "0.0.0.0"  # noqa: S104 # nosec B104
CATALOGUE_SECRET = "catalogue-db"  # noqa: S105 # nosec B105
CATALOGUE_DATABASE = "socksdb"
CATALOGUE_USER = "catalogue_user"
CATALOGUE_PASSWORD = SecretKey(secret=CATALOGUE_SECRET, key="password")

# /health answers 200 even when a dependency of the service is down, so the check reads the answer itself.
HEALTHY = Command(
    (
        "sh",
        "-c",
        "answer=$(wget -q -T 4 -O - http://127.0.0.1/health) || exit 1\n"
        'case $answer in *\'"err"\'*) echo "$answer"; exit 1 ;; esac',
    )
)
# A JVM needs far more processor time to start than to serve: with a low limit it takes minutes.
JAVA = ContainerResources(cpu_request=100, memory_request=300, cpu_limit=1000, memory_limit=500)
GO = ContainerResources(cpu_request=100, memory_request=100, cpu_limit=300, memory_limit=200)
MONGO = ContainerResources(cpu_request=100, memory_request=256, cpu_limit=500, memory_limit=512)


def java(name: str, image: str, calls: tuple[str, ...], metrics: str = "/metrics") -> Workload:
    """Return a service that runs on the JVM."""
    return Workload(
        name=name,
        container=Container(
            name=name,
            image=image,
            resources=JAVA,
            port=80,
            probes=Probes(alive=Tcp(), ready=HEALTHY, startup_seconds=300),
            environment={"JAVA_OPTS": JAVA_OPTIONS},
            scratch=(SCRATCH,),
        ),
        service_port=80,
        user=APPLICATION_USER,
        calls=calls,
        metrics=Metrics(port=80, path=metrics),
    )


def mongo(name: str) -> Workload:
    """Return a database of MongoDB 4.4, with a cache that fits in its memory limit."""
    return Workload(
        name=name,
        container=Container(
            name=name,
            image=images.MONGO,
            resources=MONGO,
            port=27017,
            probes=Probes(alive=Tcp(), ready=Tcp(), startup_seconds=300),
            args=("mongod", "--bind_ip", EVERYWHERE, "--wiredTigerCacheSizeGB", "0.25"),
            scratch=(SCRATCH, "/data/configdb"),
        ),
        service_port=27017,
        user=STORE_USER,
        volume=Volume(path="/data/db", size="5Gi"),
        supports_efs=True,
    )


def bounded(program: str, files: int) -> tuple[str, ...]:
    """Return a command with a limit of open files: MySQL and RabbitMQ size their tables by this limit."""
    return ("sh", "-c", f'ulimit -n {files} && exec docker-entrypoint.sh {program} "$@"', "sh")


FRONT_END = Workload(
    name="front-end",
    container=Container(
        name="front-end",
        image=images.FRONT_END,
        resources=ContainerResources(cpu_request=100, memory_request=300, cpu_limit=500, memory_limit=512),
        port=8079,
        probes=Probes(alive=Http("/"), ready=Http("/"), startup_seconds=120),
        environment={"SESSION_REDIS": "true"},
        scratch=(SCRATCH,),
    ),
    service_port=80,
    user=APPLICATION_USER,
    calls=("session-db", "catalogue", "carts", "orders", "user"),
    metrics=Metrics(port=8079),
)

CATALOGUE = Workload(
    name="catalogue",
    container=Container(
        name="catalogue",
        image=images.CATALOGUE,
        resources=GO,
        port=80,
        # The number of socks is read from the database.
        probes=Probes(alive=Tcp(), ready=Http("/catalogue/size"), startup_seconds=60),
        command=("/app",),
        args=(
            "-port=80",
            f"-DSN={CATALOGUE_USER}:$(CATALOGUE_PASSWORD)@tcp(catalogue-db:3306)/{CATALOGUE_DATABASE}",
        ),
        secrets={"CATALOGUE_PASSWORD": CATALOGUE_PASSWORD},
        scratch=(SCRATCH,),
    ),
    service_port=80,
    user=APPLICATION_USER,
    calls=("catalogue-db",),
    metrics=Metrics(port=80),
)

CATALOGUE_DB = Workload(
    name="catalogue-db",
    container=Container(
        name="catalogue-db",
        image=images.CATALOGUE_DB,
        resources=ContainerResources(cpu_request=100, memory_request=256, cpu_limit=500, memory_limit=512),
        port=3306,
        probes=Probes(
            alive=Tcp(),
            # By TCP: while the entry point fills the database, the server listens on its socket only.
            ready=Command(("mysqladmin", "--host=127.0.0.1", "--connect-timeout=4", "ping")),
            startup_seconds=300,
        ),
        command=bounded("mysqld", 8192),
        args=(
            "--innodb-buffer-pool-size=64M",
            "--performance-schema=OFF",
            "--max-connections=100",
            "--table-definition-cache=400",
        ),
        environment={"MYSQL_DATABASE": CATALOGUE_DATABASE, "MYSQL_USER": CATALOGUE_USER},
        secrets={
            "MYSQL_ROOT_PASSWORD": SecretKey(secret=CATALOGUE_SECRET, key="root-password"),
            "MYSQL_PASSWORD": CATALOGUE_PASSWORD,
        },
        scratch=(SCRATCH, "/var/run/mysqld"),
    ),
    service_port=3306,
    user=STORE_USER,
    # MySQL 5.7 initializes an empty directory only, and a new file system contains a lost+found.
    volume=Volume(path="/var/lib/mysql", size="5Gi", subdirectory="mysql"),
)

PAYMENT = Workload(
    name="payment",
    container=Container(
        name="payment",
        image=images.PAYMENT,
        resources=GO,
        port=80,
        probes=Probes(alive=Tcp(), ready=Http("/health"), startup_seconds=60),
        scratch=(SCRATCH,),
    ),
    service_port=80,
    user=APPLICATION_USER,
    metrics=Metrics(port=80),
)

USER = Workload(
    name="user",
    container=Container(
        name="user",
        image=images.USER,
        resources=GO,
        port=80,
        # It listens only after its database has answered.
        probes=Probes(alive=Tcp(), ready=HEALTHY, startup_seconds=300),
        environment={"MONGO_HOST": "user-db:27017"},
        scratch=(SCRATCH,),
    ),
    service_port=80,
    user=APPLICATION_USER,
    calls=("user-db",),
    metrics=Metrics(port=80),
)

USER_DB = Workload(
    name="user-db",
    container=Container(
        name="user-db",
        image=images.USER_DB,
        resources=MONGO,
        port=27017,
        probes=Probes(alive=Tcp(), ready=Tcp(), startup_seconds=300),
        args=(
            *("mongod", "--config", "/etc/mongodb.conf", "--bind_ip", EVERYWHERE),
            # MongoDB 3.2 takes --wiredTigerCacheSizeGB in whole GB only, and stops at a fraction.
            *("--wiredTigerEngineConfigString", "cache_size=256M"),
        ),
        scratch=(SCRATCH, "/data/db", "/data/configdb"),
    ),
    service_port=27017,
    user=STORE_USER,
    # The image contains its users as database files, in the directory where the volume is mounted.
    volume=Volume(path="/data/db-users", size="5Gi", seed="/data/db-users"),
    supports_efs=True,
)

RABBITMQ = Workload(
    name="rabbitmq",
    container=Container(
        name="rabbitmq",
        image=images.RABBITMQ,
        resources=ContainerResources(cpu_request=100, memory_request=256, cpu_limit=500, memory_limit=512),
        port=5672,
        probes=Probes(alive=Tcp(), ready=Tcp(), startup_seconds=300),
        # shipping and queue-master have the account guest in their code; the network lets only them connect.
        command=bounded("rabbitmq-server", 65536),
        scratch=(SCRATCH,),
        read_only=False,  # the entry point writes settings to /etc/rabbitmq, among files that it needs
    ),
    service_port=5672,
    user=STORE_USER,
    volume=Volume(path="/var/lib/rabbitmq", size="2Gi"),
    sidecars=(
        Container(
            name="exporter",
            image=images.RABBITMQ_EXPORTER,
            resources=ContainerResources(cpu_request=10, memory_request=24, cpu_limit=100, memory_limit=64),
            port=9419,
            probes=Probes(alive=Tcp(), ready=Tcp(), startup_seconds=60),
            environment={"RABBIT_URL": "http://127.0.0.1:15672", "PUBLISH_PORT": "9419"},
        ),
    ),
    metrics=Metrics(port=9419),
)

SESSION_DB = Workload(
    name="session-db",
    container=Container(
        name="session-db",
        image=images.REDIS,
        resources=ContainerResources(cpu_request=50, memory_request=64, cpu_limit=200, memory_limit=128),
        port=6379,
        probes=Probes(alive=Tcp(), ready=Command(("redis-cli", "ping")), startup_seconds=60),
        args=(
            *("redis-server", "--appendonly", "yes", "--protected-mode", "no"),
            *("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"),
        ),
    ),
    service_port=6379,
    user=STORE_USER,
    volume=Volume(path="/data", size="1Gi"),
)

SERVICES: tuple[Workload, ...] = (
    FRONT_END,
    CATALOGUE,
    CATALOGUE_DB,
    java("carts", images.CARTS, calls=("carts-db",)),
    mongo("carts-db"),
    java("orders", images.ORDERS, calls=("orders-db", "user", "carts", "payment", "shipping")),
    mongo("orders-db"),
    PAYMENT,
    java("queue-master", images.QUEUE_MASTER, calls=("rabbitmq",), metrics="/prometheus"),
    RABBITMQ,
    SESSION_DB,
    java("shipping", images.SHIPPING, calls=("rabbitmq",)),
    USER,
    USER_DB,
)


def callers(name: str, services: tuple[Workload, ...] = SERVICES) -> tuple[str, ...]:
    """Return the names of the workloads that call this one."""
    return tuple(service.name for service in services if name in service.calls)
