"""EC2 instances, Auto Scaling groups, their disks, roles and user data."""
