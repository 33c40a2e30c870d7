export type { Credentials, Login } from './auth.ts';
export type { Copied, CopyOptions, CopyStep } from './copy.ts';
export { dockerCredentials, LoginError } from './docker-config.ts';
export { BadReferenceError, createRegistry } from './client.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export type { Descriptor, IndexEntry, Manifest } from './manifest.ts';
export type { Attachment, BlobRange, GoogleListing, GoogleManifest, Referrer, Registry, RegistryOptions } from './registry.ts';
