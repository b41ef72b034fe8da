"""The workers of one console: what each tells the others, by way of Redis. A worker alone has no others."""
