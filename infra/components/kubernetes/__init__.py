"""The building blocks of Kubernetes: one block, one file, one noun."""
