"""A WeCom server of our own: the tests' other end, and the demo's.

It is written from WeCom's documentation and knows nothing of our client, its cipher included.
"""
