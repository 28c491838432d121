"""The gallery: scripted conversations with the real application, as pictures of a phone.

`make gallery` plays them against the Bot API emulator and writes docs/gallery.
"""
