// Whether a value is plain JSON data, so that a later block, a resumed run and a report all see the same.
import type { Json } from '@runbook/model';

/** A value that is data, or why it is none: words that follow the name of the output. */
export type DataCheck = { readonly kind: 'data'; readonly value: Json } | { readonly kind: 'not-data'; readonly why: string };

/** Checks a value to its leaves and copies it. Getters are read once. */
export function checkData(value: unknown): DataCheck {
  try {
    return { kind: 'data', value: copy(value, '', new Set()) };
  } catch (error) {
    if (error instanceof NotData) return { kind: 'not-data', why: error.message };
    if (error instanceof RangeError) return { kind: 'not-data', why: 'is nested too deeply' };
    throw error;
  }
}

class NotData extends Error {}

function copy(value: unknown, path: string, open: Set<object>): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw refuse(path, String(value));
  }
  if (typeof value !== 'object') throw refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  if (open.has(value)) throw refuse(path, 'a cycle');
  open.add(value);
  const result = Array.isArray(value) ? copyArray(value, path, open) : copyObject(value, path, open);
  open.delete(value);
  return result;
}

function copyArray(value: readonly unknown[], path: string, open: Set<object>): Json {
  // Array.from visits holes, which are undefined and so no data
  return Array.from(value, (item, index) => copy(item, `${path}[${index}]`, open));
}

function copyObject(value: object, path: string, open: Set<object>): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw refuse(path, `a ${nameOf(prototype)}`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw refuse(path, 'an object with symbols as keys');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, `${path}${/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`, open)]));
}

function nameOf(prototype: unknown): string {
  const name: unknown = typeof prototype === 'object' && prototype !== null && 'constructor' in prototype && typeof prototype.constructor === 'function' ? prototype.constructor.name : '';
  return typeof name === 'string' && name !== '' ? name : 'object of a class';
}

function refuse(path: string, what: string): NotData {
  return new NotData(path === '' ? `is ${what}` : `holds ${what} at ${path.replace(/^\./, '')}`);
}

/** Freezes a value to its leaves. */
export function freezeData<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) freezeData(item);
    Object.freeze(value);
  }
  return value;
}
