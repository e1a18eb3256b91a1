"""Policies on connections: TLS, in a current version."""

from collections.abc import Iterator

from infra.policies.rule import Properties, rule

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
OLD_LOAD_BALANCER_POLICIES = (
    "TLS-1-0",
    "TLS-1-1",
    "1-0-2021",
    "1-1-2021",
    "2015-05",
    "2016-08",
    "FS-2018-06",
    "FS-1-1",
)
OLD_DISTRIBUTION_PROTOCOLS = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")


@rule("aws:lb/listener:Listener")
def modern_balancer_tls(props: Properties) -> Iterator[str]:
    """A load balancer requires TLS 1.2 or newer."""
    if props.get("protocol") in ("HTTPS", "TLS"):
        chosen = props.get("sslPolicy")
        if not chosen or any(old in chosen for old in OLD_LOAD_BALANCER_POLICIES):
            yield 'old versions of TLS are accepted; set ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06".'


@rule("aws:lb/listener:Listener")
def no_plain_forwarding(props: Properties) -> Iterator[str]:
    """A load balancer redirects or refuses plain HTTP by default."""
    actions = props.get("defaultActions") or []
    if props.get("protocol") == "HTTP" and any(action.get("type") == "forward" for action in actions):
        yield "plain HTTP is served; redirect it to HTTPS."


@rule("aws:cloudfront/distribution:Distribution")
def modern_distribution_tls(props: Properties) -> Iterator[str]:
    """A distribution with a domain requires TLS 1.2 or newer."""
    certificate = props.get("viewerCertificate") or {}
    # With CloudFront's default certificate there is no choice.
    own = not certificate.get("cloudfrontDefaultCertificate")
    if own and certificate.get("minimumProtocolVersion", "TLSv1") in OLD_DISTRIBUTION_PROTOCOLS:
        yield 'old versions of TLS are accepted; set minimum_protocol_version="TLSv1.2_2021".'


@rule("aws:cloudfront/distribution:Distribution")
def no_plain_visitors(props: Properties) -> Iterator[str]:
    """A distribution does not serve plain HTTP."""
    for found in [props.get("defaultCacheBehavior") or {}, *(props.get("orderedCacheBehaviors") or [])]:
        if found.get("viewerProtocolPolicy") not in ("redirect-to-https", "https-only"):
            yield 'plain HTTP is served; set viewer_protocol_policy="redirect-to-https".'


@rule("aws:rds/parameterGroup:ParameterGroup")
def database_tls(props: Properties) -> Iterator[str]:
    """MySQL and MariaDB refuse connections without TLS."""
    if not str(props.get("family")).startswith(("mysql", "mariadb")):
        return
    chosen = {found.get("name"): found.get("value") for found in props.get("parameters") or []}
    if str(chosen.get("require_secure_transport")).upper() not in ("1", "ON"):
        yield "connections without TLS are accepted; set the parameter require_secure_transport to 1."


@rule("aws:rds/instance:Instance")
def database_parameters(props: Properties) -> Iterator[str]:
    """A database has its own parameter group: AWS's default accepts connections without TLS."""
    if not props.get("parameterGroupName") and not props.get("replicateSourceDb"):
        yield "it has AWS's parameters, which do not require TLS; set parameter_group_name to your own group."
