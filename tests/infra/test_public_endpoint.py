"""The public endpoint: HTTPS with a domain and without one, and no way around it."""

from typing import Any

import pulumi
import pytest

from infra.components.aws.endpoint.domain import Route53
from infra.components.aws.endpoint.load_balancer import ORIGIN_HEADER, HealthCheck
from infra.components.aws.endpoint.public_endpoint import PublicEndpoint, PublicEndpointArgs
from infra.components.aws.network.edges import allow
from infra.components.aws.network.network import Network, NetworkArgs
from tests.infra.capture import SECRET, Capture, capture, policy_of, texts

LISTENER, RULE = "aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SHOP = Route53(zone="example.com", name="shop.example.com")


def built(domain: Route53 | None = None, rate_limit: int | None = None) -> Capture:
    """Build an endpoint, with the edges that lead to it."""

    def program() -> None:
        endpoint = PublicEndpoint(
            "shop",
            PublicEndpointArgs(
                network=Network("net", NetworkArgs(availability_zones=3)),
                domain=domain,
                port=8000,
                health_check=HealthCheck(path="/readyz"),
                cached_paths=["/static/*"],
                rate_limit=rate_limit,
            ),
        )
        for port in endpoint.ports:
            allow(endpoint.clients, endpoint, port)
        pulumi.export("url", endpoint.url)

    return capture(program, stack="blocks")


@pytest.fixture(scope="module")
def named() -> Capture:
    """An endpoint with a domain."""
    return built(SHOP)


@pytest.fixture(scope="module")
def nameless() -> Capture:
    """An endpoint without one."""
    return built()


def entrances(found: Capture) -> list[dict[str, Any]]:
    """Return who may reach the load balancer: ports and addresses."""
    keys = ("fromPort", "toPort", "cidrIpv4", "prefixListId")
    rules = sorted(found.of(INGRESS), key=lambda rule: int(rule.inputs["fromPort"]))
    return [{key: rule.inputs[key] for key in keys if key in rule.inputs} for rule in rules]


def test_with_a_domain_everybody_is_led_to_https(named: Capture) -> None:
    http, https = named.one(LISTENER, "shop-http").inputs, named.one(LISTENER, "shop-https").inputs
    assert http["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]
    assert (https["protocol"], https["port"]) == ("HTTPS", 443)
    assert https["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert https["defaultActions"] == [{"type": "forward", "targetGroupArn": "arn:aws:TargetGroup:shop"}]
    assert entrances(named) == [
        {"fromPort": port, "toPort": port, "cidrIpv4": "0.0.0.0/0"} for port in (80, 443)
    ]


def test_the_certificate_is_proved_by_the_zone_before_it_is_used(named: Capture) -> None:
    certificate = named.one("aws:acm/certificate:Certificate", "shop").inputs
    assert (certificate["domainName"], certificate["validationMethod"]) == ("shop.example.com", "DNS")
    proof = named.one("aws:route53/record:Record", "shop-proof").inputs
    assert (proof["name"], proof["records"]) == ("_proof.example.com.", ["_proof.acm.example."])
    validated = named.one("aws:acm/certificateValidation:CertificateValidation", "shop").inputs
    assert named.one(LISTENER, "shop-https").inputs["certificateArn"] == validated["certificateArn"]


def test_the_name_leads_to_the_load_balancer(named: Capture) -> None:
    record = named.one("aws:route53/record:Record", "shop").inputs
    assert (record["zoneId"], record["name"], record["type"]) == (
        "zone-of-example.com",
        "shop.example.com",
        "A",
    )
    assert record["aliases"][0]["name"] == "shop.elb.example"
    assert not named.of(DISTRIBUTION)


def test_without_a_domain_cloudfront_alone_is_admitted(nameless: Capture) -> None:
    assert entrances(nameless) == [
        {"fromPort": 80, "toPort": 80, "prefixListId": "list-com.amazonaws.global.cloudfront.origin-facing"}
    ]


def test_other_peoples_distributions_do_not_know_the_key(nameless: Capture) -> None:
    (default,) = nameless.one(LISTENER, "shop-http").inputs["defaultActions"]
    assert (default["type"], default["fixedResponse"]["statusCode"]) == ("fixed-response", "403")
    rule = nameless.one(RULE, "shop-key")
    (condition,) = rule.inputs["conditions"]
    assert condition["httpHeader"] == {"httpHeaderName": ORIGIN_HEADER, "values": [f"{SECRET}shop-key"]}
    assert rule.inputs["actions"] == [{"type": "forward", "targetGroupArn": "arn:aws:TargetGroup:shop"}]
    (origin,) = nameless.one(DISTRIBUTION, "shop").inputs["origins"]
    assert origin["domainName"] == "shop.elb.example"
    assert origin["customHeaders"] == [{"name": ORIGIN_HEADER, "value": f"{SECRET}shop-key"}]


def test_the_key_is_a_secret(nameless: Capture) -> None:
    for resource in nameless.resources:
        for key, value in resource.inputs.items():
            if any(SECRET in text for text in texts(value)):
                assert key in resource.secrets, (resource.urn, key)


def test_cloudfront_serves_https_alone_and_keeps_what_is_the_same_for_all(nameless: Capture) -> None:
    distribution = nameless.one(DISTRIBUTION, "shop").inputs
    assert distribution["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    default, (static,) = distribution["defaultCacheBehavior"], distribution["orderedCacheBehaviors"]
    assert {default["viewerProtocolPolicy"], static["viewerProtocolPolicy"]} == {"redirect-to-https"}
    assert "POST" in default["allowedMethods"]
    assert static["pathPattern"] == "/static/*"
    assert static["forwardedValues"]["cookies"] == {"forward": "none"}
    assert static["forwardedValues"]["queryStringCacheKeys"] == ["v"]
    assert static["minTtl"] == static["defaultTtl"] == 0, "the origin's no-cache must count"

    # CloudFront keeps errors for 10 s whatever the origin says, and a member's cookie with them.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
    kept = {each["errorCode"]: each["errorCachingMinTtl"] for each in distribution["customErrorResponses"]}
    assert kept == dict.fromkeys((400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504), 0)


def test_unhealthy_and_leaving_targets_get_no_visitors(nameless: Capture) -> None:
    group = nameless.one("aws:lb/targetGroup:TargetGroup", "shop").inputs
    assert (group["port"], group["protocol"], group["deregistrationDelay"]) == (8000, "HTTP", 30)
    check = group["healthCheck"]
    assert (check["path"], check["matcher"], check["port"]) == ("/readyz", "200", "traffic-port")
    assert check["timeout"] < check["interval"]


def test_access_is_logged_where_only_the_load_balancer_writes(nameless: Capture) -> None:
    balancer = nameless.one("aws:lb/loadBalancer:LoadBalancer", "shop").inputs
    assert balancer["accessLogs"] == {"bucket": "shop-access-bucket", "enabled": True}
    assert balancer["subnets"] == [f"net-public-{number}-id" for number in range(3)]
    assert balancer["dropInvalidHeaderFields"] is True
    denied, allowed = policy_of(nameless.one("aws:s3/bucketPolicy:BucketPolicy", "shop-access"))
    assert denied["Effect"] == "Deny"
    assert allowed["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert allowed["Resource"] == "arn:aws:Bucket:shop-access/AWSLogs/123456789012/*"


def test_there_is_no_firewall_unless_it_is_wanted(nameless: Capture) -> None:
    assert not nameless.of("aws:wafv2/webAcl:WebAcl")
    assert "webAclId" not in nameless.one(DISTRIBUTION, "shop").inputs


@pytest.mark.parametrize(
    ("domain", "scope", "region"), [(None, "CLOUDFRONT", "us-east-1"), (SHOP, "REGIONAL", None)]
)
def test_a_firewall_stands_where_visitors_arrive(
    domain: Route53 | None, scope: str, region: str | None
) -> None:
    found = built(domain, rate_limit=2000)
    firewall = found.one("aws:wafv2/webAcl:WebAcl", "shop").inputs
    assert (firewall["scope"], firewall.get("region")) == (scope, region)
    if domain is None:
        assert found.one(DISTRIBUTION, "shop").inputs["webAclId"] == "arn:aws:WebAcl:shop"
    else:
        guarded = found.one("aws:wafv2/webAclAssociation:WebAclAssociation", "shop").inputs
        assert guarded["resourceArn"] == "arn:aws:LoadBalancer:shop"


def test_a_firewall_limits_each_address_and_lets_pictures_pass() -> None:
    rate, *managed = built(rate_limit=2000).one("aws:wafv2/webAcl:WebAcl", "shop").inputs["rules"]
    limit = rate["statement"]["rateBasedStatement"]
    assert (limit["limit"], limit["aggregateKeyType"], rate["action"]) == (2000, "IP", {"block": {}})
    groups = {
        rule["name"]: rule["statement"]["managedRuleGroupStatement"].get("ruleActionOverrides", [])
        for rule in managed
    }
    assert {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} <= groups.keys()
    counting = {rule["name"] for rule in groups["AWSManagedRulesCommonRuleSet"]}
    assert "SizeRestrictions_BODY" in counting, "it would refuse every cover over 8 KiB"
    assert len({rule["priority"] for rule in (rate, *managed)}) == 1 + len(managed)
