"""What is asked of published reports: verify, trace, diff, the ministry, the overview. Imports build and below."""
