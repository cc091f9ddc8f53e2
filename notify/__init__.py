"""Notices to residents: understanding what the 気象庁 publishes.

Plain Python and plain data: nothing here fetches, stores or sends.
"""
