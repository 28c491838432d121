"""What people can do, without Telegram and without phrasing.

One coroutine a command, in a module an aggregate: `await sources.set_kind(backend, call,
source_id, kind)`. `backend` is what is acted on, `call` who acts, where and when; the rest are
the arguments. Each opens one transaction, writes its audit row in it and, where what it did can
be undone, the inverse. It returns a plain outcome: a dataclass, or a `Refused` that says why
nothing was changed. It raises NotAllowed where `roles` does not let the actor, and StoreError.

Chat parses what people type and phrases outcomes; the command line does the same in its way.
Neither writes by itself (`make lint` holds that). docs/design/0007-commands.md says how to add
a command.
"""
