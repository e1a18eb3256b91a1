"""Components of AWS, Kubernetes and this machine. None knows an application, a stage or a setting."""
