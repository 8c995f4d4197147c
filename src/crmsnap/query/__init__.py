"""Asking a snapshot in SQL: DuckDB over verified copies of its parts, shut off from everything else."""
