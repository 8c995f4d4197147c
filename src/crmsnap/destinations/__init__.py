"""7: where files go. One interface over S3 and compatible stores, a local folder, and memory."""
