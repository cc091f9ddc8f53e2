"""The widget's door: the script for a city's pages, the chat in its frame, and the JSON routes behind it.

What is said is `bot`'s; what is kept is `store`'s. Only this folder knows what the browser sends.
"""
