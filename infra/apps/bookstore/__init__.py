"""The BookStore on a machine, in an Auto Scaling group, on Kubernetes and on this computer."""
