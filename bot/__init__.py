"""Decides what the city says: plain data in, plain data out.

Knows neither Flask, nor LINE, nor SQL; sending is `clients`, remembering is `store`, finding is `faq`.
"""
