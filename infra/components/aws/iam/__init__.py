"""IAM: grants, and the policies of roles."""
