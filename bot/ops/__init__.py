"""What operators look at: logs, the heartbeat."""
