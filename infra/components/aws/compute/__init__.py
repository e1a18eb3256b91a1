"""EC2 instances, Auto Scaling groups, their volumes, roles and user data."""
