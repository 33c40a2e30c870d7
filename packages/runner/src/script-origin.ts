// Functions of Node that ask before they do, whoever calls them; calls of our own code have asked already and pass.
import { promisify } from 'node:util';

type Call = (...args: never[]) => unknown;

/** The same function, which asks first. `promisify` makes of some functions another one, which asks as well. */
export function askBefore<F extends Call>(fn: F, ask: (args: readonly unknown[], called: Call) => void): F {
  const asked = function asked(this: unknown, ...args: readonly unknown[]): unknown {
    ask(args, asked);
    return Reflect.apply(fn, this, args);
  };
  for (const key of Reflect.ownKeys(fn)) {
    const property = Reflect.getOwnPropertyDescriptor(fn, key);
    if (property === undefined || key === 'prototype') continue;
    const value: unknown = property.value;
    Object.defineProperty(asked, key, key === promisify.custom && typeof value === 'function' ? { ...property, value: askBefore(value as Call, ask) } : property);
  }
  return asked as unknown as F;
}

/** Parts of Node that connect by themselves, after whoever called them has asked. */
const gateways = /node:(?:internal\/deps\/undici\/|_http_client|_http_agent)/;

/**
 * Whether a call comes from our own code, or from the part of Node that carries out what was asked for.
 * @param own the folder of our own code, as a URL. @param called the function that was called: what stands above it is the guard.
 */
export function isOurs(own: string, called: Call): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const trace = { stack: '' };
  Error.captureStackTrace(trace, called);
  Error.stackTraceLimit = limit;
  for (const frame of trace.stack.split('\n').slice(1)) {
    if (gateways.test(frame)) return true;
    if (!/[( ]node:/.test(frame) && !frame.includes('<anonymous>')) return frame.includes(own);
  }
  return false;
}
