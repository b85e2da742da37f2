"""The yearly look at the whole installation: data, rights, what is stuck, room, open risks. One report, kept."""
