"""What a network takes at least on a device, and rates fitted to times that were measured on one."""
