"""What the SIP proxy at the edge (Kamailio) is given, so that it can decide calls while this process is down."""
