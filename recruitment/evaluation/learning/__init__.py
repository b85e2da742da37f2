"""What finished interviews teach about unfinished ones: a Gaussian over stage scores, intervals that are calibrated on
interviews it was not fitted to, and a back-test of both."""
