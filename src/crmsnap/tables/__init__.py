"""5: what we publish. One file per table, declared; `CATALOGUE` lists them."""
