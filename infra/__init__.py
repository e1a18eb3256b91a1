"""The infrastructure: settings, stages and the building blocks that stages are made from."""
