"""What is read, and when: the poller, one visit, gaps, articles, hubs, rechecks."""
