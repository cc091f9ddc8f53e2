"""LINE's own limits on what a bot sends, so that an error shows here before it shows at LINE."""
