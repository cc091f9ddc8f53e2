"""HTTP routes of the emulator: LINE's endpoints, the phone and the controls."""
