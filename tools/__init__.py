"""What stands behind the Makefile: the environment, the Pulumi engine, and the stack that it deploys."""
