"""What people type and press, and what they are answered, in their language.

    router       from an update to its handler; routes: which function answers what
    permissions  whether somebody may do that here; access: invitations, roles, admins
    context      one command or press: who, where, how to answer; text, keyboards, paging: its parts
    subscriber   commands for everybody; admin: for those who run the installation

Chat parses and phrases. It reads the database and cannot write: changes are made by
`bot.commands`.
"""
