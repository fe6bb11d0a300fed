"""The report in a browser while it is written: it follows what is saved."""
