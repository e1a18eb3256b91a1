"""Public endpoints: load balancer, CloudFront, certificates, DNS names, WAF."""
