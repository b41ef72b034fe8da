"""Outputs of jobs, brought to where they are wanted."""
