"""Measures the BookStore on the machine at hand, beside yardsticks measured in the same run."""
