"""6: the engine that writes any table: rows -> CSV -> gzip -> parts -> manifest, and proves it."""
