"""Tools that tests share: builders of values, fakes held to the ports, servers on loopback."""
