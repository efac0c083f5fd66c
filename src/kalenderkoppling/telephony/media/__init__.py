"""The sound of calls: RTP (RFC 3550) with G.711 and telephone events, in a process of its own.

`process.MediaProcess` is the port's player. Nothing is imported here: the child process must stay small.
"""
