export type { Credentials } from './auth.ts';
export { BadReferenceError, createRegistry } from './client.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export type { Descriptor, IndexEntry, Manifest } from './manifest.ts';
export type { GoogleListing, GoogleManifest, Registry, RegistryOptions } from './registry.ts';
