"""What is said on the way: encrypted, by protocols that are not broken."""

from collections.abc import Iterator

from infra.policies.rule import Properties, rule

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
OLD_BALANCER = ("TLS-1-0", "TLS-1-1", "1-0-2021", "1-1-2021", "2015-05", "2016-08", "FS-2018-06", "FS-1-1")
OLD_DISTRIBUTION = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")


@rule("aws:lb/listener:Listener")
def modern_balancer_tls(props: Properties) -> Iterator[str]:
    """A load balancer speaks TLS 1.2 or newer."""
    if props.get("protocol") in ("HTTPS", "TLS"):
        chosen = props.get("sslPolicy")
        if not chosen or any(old in chosen for old in OLD_BALANCER):
            yield 'old TLS is spoken; set ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06".'


@rule("aws:lb/listener:Listener")
def no_plain_forwarding(props: Properties) -> Iterator[str]:
    """Plain HTTP is led to HTTPS or refused, never served by default."""
    actions = props.get("defaultActions") or []
    if props.get("protocol") == "HTTP" and any(action.get("type") == "forward" for action in actions):
        yield "plain HTTP is served; redirect it to HTTPS."


@rule("aws:cloudfront/distribution:Distribution")
def modern_distribution_tls(props: Properties) -> Iterator[str]:
    """A distribution with a name of its own speaks TLS 1.2 or newer."""
    certificate = props.get("viewerCertificate") or {}
    # With CloudFront's own certificate there is nothing to choose.
    own = not certificate.get("cloudfrontDefaultCertificate")
    if own and certificate.get("minimumProtocolVersion", "TLSv1") in OLD_DISTRIBUTION:
        yield 'old TLS is spoken; set minimum_protocol_version="TLSv1.2_2021".'


@rule("aws:cloudfront/distribution:Distribution")
def no_plain_visitors(props: Properties) -> Iterator[str]:
    """A distribution serves nobody by plain HTTP."""
    for found in [props.get("defaultCacheBehavior") or {}, *(props.get("orderedCacheBehaviors") or [])]:
        if found.get("viewerProtocolPolicy") not in ("redirect-to-https", "https-only"):
            yield 'plain HTTP is served; set viewer_protocol_policy="redirect-to-https".'


@rule("aws:rds/parameterGroup:ParameterGroup")
def database_tls(props: Properties) -> Iterator[str]:
    """MySQL and MariaDB refuse whoever comes without TLS."""
    if not str(props.get("family")).startswith(("mysql", "mariadb")):
        return
    chosen = {found.get("name"): found.get("value") for found in props.get("parameters") or []}
    if str(chosen.get("require_secure_transport")).upper() not in ("1", "ON"):
        yield "connections without TLS are accepted; set the parameter require_secure_transport to 1."


@rule("aws:rds/instance:Instance")
def database_parameters(props: Properties) -> Iterator[str]:
    """A database has parameters of its own: those of AWS accept connections without TLS."""
    if not props.get("parameterGroupName") and not props.get("replicateSourceDb"):
        yield "it has AWS's parameters, which do not ask for TLS; set parameter_group_name to your own group."
