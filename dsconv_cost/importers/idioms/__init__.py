"""What exporters write out in several operations, taken as the one operation that it means."""
