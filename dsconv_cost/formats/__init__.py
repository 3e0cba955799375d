"""Each format of a report, one file a format."""
