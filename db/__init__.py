"""The evidence database: records, schema, store, corrections, exports and publishing."""
