"""Outside servers as the tests need them: real sockets, faults on demand, and a memory of what arrived."""
