// The HTTP of the registries.
import { Hono } from 'hono';
import type { HostedApp, Services } from '../services.ts';
import type { RegistryStore } from './store.ts';

/** Makes the app of all registry hosts. */
export function createRegistryApp(store: RegistryStore, services: Services): HostedApp {
  void store;
  void services;
  return { service: 'registry', app: new Hono(), serves: (host) => host === 'gcr.io', writes: (method) => method !== 'GET' && method !== 'HEAD' };
}
