"""RDS, EFS, S3 and Secrets Manager."""
