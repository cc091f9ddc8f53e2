"""LINE's Messaging API: the calls (`client`), and the one place that sends (`delivery`)."""
