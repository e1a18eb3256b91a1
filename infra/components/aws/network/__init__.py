"""VPC, NAT and the security group rules that edges draw."""
