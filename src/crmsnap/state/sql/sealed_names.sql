-- Names that stay for ever have a checksum, too: a spoilt one would become a column.
ALTER TABLE names ADD COLUMN checksum BLOB;
