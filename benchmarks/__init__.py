"""What docs/performance.md reports: each figure beside a hello-world of the same server."""
