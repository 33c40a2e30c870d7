// A client for OCI registries.
export {};
