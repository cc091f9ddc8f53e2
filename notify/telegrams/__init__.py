"""気象庁防災情報XML, read into plain records; `read.read_telegram` is the door."""
