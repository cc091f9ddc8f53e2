"""What is carried beside the talk: notices to staff, pictures from LINE. Each errand is a loop of its own.

Decides nothing about residents' questions; what is due `notify.staff` says, what is kept the store.
"""
