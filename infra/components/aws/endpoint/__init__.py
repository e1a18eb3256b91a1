"""How the Internet reaches a service: load balancer, CloudFront, certificate, DNS name, WAF."""
