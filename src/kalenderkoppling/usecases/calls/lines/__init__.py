"""Line states: free, ringing, in a call; collected from the exchanges and from our own calls, written in batches."""
