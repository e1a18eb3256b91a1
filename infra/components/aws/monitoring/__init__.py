"""CloudWatch alarms and dashboards."""
