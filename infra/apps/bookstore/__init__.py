"""The BookStore on EC2 instances, in an Auto Scaling group, on Kubernetes and on this computer."""
