"""The infrastructure: settings, stages, applications and components."""
