"""What a target of the Makefile needs on this machine, set up once: Python packages and programs.

It runs before there is a virtual environment, on the standard library alone.
"""
