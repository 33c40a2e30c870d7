// What a script block and everything it imports can reach beside HTTP: connections without it, and commands. Nobody can tell what
// they say or do, so each is a write and asks the lock. It is a net, not a wall: native code, worker threads and what a command
// does by itself are not seen.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { promisify } from 'node:util';
import type { WriteLock } from '@runbook/access';

/** What the guard needs of the run. */
export interface OutsideContext {
  readonly lock: WriteLock;
  /** The folder of our own code, as a URL. What comes from there has asked the lock by itself. */
  readonly own: string;
  /** Whether the block may start commands freely: in a local step, as with `$`. */
  readonly mayRun: () => boolean;
}

type Call = (...args: never[]) => unknown;

/** Puts the lock in front of Node's modules for sockets and commands, for the rest of the process. */
export function guardOutside({ lock, own, mayRun }: OutsideContext): void {
  const asking = <F extends Call>(fn: F, ask: (args: readonly unknown[]) => void): F => askBefore(fn, (args, called) => (isOurs(own, called) ? undefined : ask(args)));
  const connect = (scheme: string) => (args: readonly unknown[]): void => lock.enter({ service: 'socket', effect: 'write', target: `${scheme}://${addressOf(args)}` });
  // every connection of Node comes by here: TCP, TLS, HTTP/2, sockets of the machine
  net.Socket.prototype.connect = asking(net.Socket.prototype.connect, connect('tcp'));
  dgram.Socket.prototype.connect = asking(dgram.Socket.prototype.connect, connect('udp'));
  dgram.Socket.prototype.send = asking(dgram.Socket.prototype.send, () => lock.enter({ service: 'socket', effect: 'write', target: 'udp' }));
  const command = (args: readonly unknown[]): void => {
    if (!mayRun()) lock.enter({ service: 'shell', effect: 'write', target: commandOf(args) });
  };
  const { spawn, exec, execFile, fork, spawnSync, execSync, execFileSync } = childProcess;
  for (const [name, start] of Object.entries({ spawn, exec, execFile, fork, spawnSync, execSync, execFileSync })) Object.assign(childProcess, { [name]: asking(start as Call, command) });
  syncBuiltinESMExports();
}

/** The same function, which asks first. `promisify` makes of some functions another one, which asks as well. */
function askBefore<F extends Call>(fn: F, ask: (args: readonly unknown[], called: Call) => void): F {
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

/** Parts of Node that connect for a request, which has asked before. */
const carriers = /node:(?:internal\/deps\/undici\/|_http_client|_http_agent)/;

/**
 * Whether a call comes from our own code, or carries out a request that has asked.
 * @param called the function that was called: what stands above it on the stack is the guard.
 */
function isOurs(own: string, called: Call): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const trace = { stack: '' };
  Error.captureStackTrace(trace, called);
  Error.stackTraceLimit = limit;
  for (const frame of trace.stack.split('\n').slice(1)) {
    if (carriers.test(frame)) return true;
    if (!/[( ]node:/.test(frame) && !frame.includes('<anonymous>')) return frame.includes(own);
  }
  return false;
}

/** Where a connection goes: `connect(port, host?)`, `connect(path)`, `connect(options)`, or Node's own list of these. */
function addressOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  if (typeof first !== 'object' || first === null) return typeof second === 'string' ? `${second}:${textOf(first)}` : textOf(first);
  const { path, host, port } = first as Readonly<Record<string, unknown>>;
  return path === undefined || path === null ? `${textOf(host ?? 'localhost')}:${textOf(port)}` : textOf(path);
}

/** A command as it was called: `spawn(file, args)`, `exec(line)`. */
function commandOf([file, args]: readonly unknown[]): string {
  const words: readonly unknown[] = Array.isArray(args) ? args : [];
  return [file, ...words].map(textOf).join(' ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value instanceof URL ? value.href : String(value);
}
