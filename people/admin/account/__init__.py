"""What each colleague keeps of the own sign-in: second factor, passkeys, codes, devices, sessions."""
