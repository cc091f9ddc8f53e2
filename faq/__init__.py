"""What the city knows: reading and checking its YAML, and finding the entries that fit a question.

Plain Python and plain data; who asks and what is said back are `bot`'s.
"""
