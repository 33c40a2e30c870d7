export { formatReference, parseReference, type Reference } from './reference.ts';
export type { Descriptor, IndexEntry, Manifest } from './manifest.ts';
export { createRegistry, type Credentials, type GoogleListing, type GoogleManifest, type Registry, type RegistryOptions } from './registry.ts';
