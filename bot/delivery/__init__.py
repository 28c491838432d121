"""From an alert to messages in chats: each chat that wants it gets it, and none twice.

    expand       a cause becomes notices and messages, chat by chat
    outbox       sends, edits and deletes; backlog: what is due; calls: what is under way
    preparation  what each chat shall see, read at the moment of sending; rendering: its text
    outcomes     what follows from each answer; outcome_recorder: commits them
    lease        the right to speak, held by one process; threads: a topic's part of a private chat
    inbox_worker, update_inbox   what Telegram brought, handled after it was stored

A message is read and rendered in the moment it is sent, so it says what is true then.
"""
