"""Running it: logs without secrets, loops that go on, one alarm a trouble.

    logs, redact   log lines, and what must never stand in them
    ticker         what is done every so often; timekeeper: notices a clock that was set back
    housekeeping   deletes what is over, and measures how the database grows
    trouble, failures   a failure that lasts is one line in the log
    memory         gives back to the system what was freed
    heartbeat      the address that is asked while all is well

Nothing here knows what a story or a chat is.
"""
