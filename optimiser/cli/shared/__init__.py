"""What commands share: options, what is printed, progress, exit codes."""
