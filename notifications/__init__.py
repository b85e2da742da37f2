"""Who is told what, in which words, over which channel, and the outbox that loses none of it."""
