// The world's heart: virtual time, the event queue, counted ids and every service's state in one file.
// Nothing else in the world reads a clock or draws randomness; this file does neither as well.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitFault } from '../fault.ts';
import type { Core, QueuedEvent, WorldConfig } from '../services.ts';

/** What `state.json` holds. `planted` says that the seed was planted to its end. */
interface SavedWorld {
  readonly version: 1;
  planted: boolean;
  port: number | undefined;
  now: number;
  seq: number;
  readonly config: WorldConfig;
  readonly faults: readonly string[];
  /** Steps of a runbook that faults wait for, once they have begun. */
  reached?: string[];
  readonly counters: Record<string, number>;
  readonly queue: QueuedEvent[];
  readonly services: Record<string, unknown>;
}

/** The core as the world's own start-up sees it: with the marks that the other parts have no use for. */
export interface WorldCore extends Core {
  /** Whether the seed was planted to its end. */
  planted(): boolean;
  markPlanted(): void;
  /** The port of the last start: a continued world tries it first, so that printed addresses stay good. */
  port(): number | undefined;
  setPort(port: number): void;
  /** Switches more faults on; they stay on over restarts. */
  addFaults(names: readonly string[]): void;
}

/** What makes a core: a folder and, for a new world, its config. */
export interface CoreOptions {
  readonly dir: string;
  /** Needed when the folder holds no world yet; ignored otherwise. */
  readonly config?: WorldConfig;
  readonly faults?: readonly string[];
}

type Handler = (data: never) => Promise<void> | void;

/** Path of the state file of a world's folder. */
export function stateFile(dir: string): string {
  return join(dir, 'state.json');
}

/**
 * Opens the state of a folder, or begins a new one.
 *
 * @throws when the folder holds no world and no config is given, when the state is of another version, or when `start` is not a date.
 */
export function createCore(options: CoreOptions): WorldCore {
  const saved = load(options) ?? begin(options);
  const handlers = new Map<string, Handler>();
  const listeners = new Map<string, Handler[]>();
  let faults: ReadonlySet<string> = new Set([...saved.faults, ...(options.faults ?? [])]);
  let written = '';

  function save(): void {
    const text = JSON.stringify({ ...saved, faults: [...faults] });
    if (text === written) return;
    const file = stateFile(options.dir);
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
    written = text;
  }

  async function advance(to: number): Promise<void> {
    if (!Number.isSafeInteger(to)) throw new RangeError(`the world's time is whole milliseconds, got ${to}`);
    for (let event = saved.queue[0]; event !== undefined && event.at <= to; event = saved.queue[0]) {
      saved.queue.shift();
      saved.now = Math.max(saved.now, event.at);
      await handlerOf(handlers, event.kind)(event.data as never);
      save();
    }
    saved.now = Math.max(saved.now, to);
    save();
  }

  function schedule(delayMs: number, kind: string, data: unknown): void {
    if (!(delayMs >= 0)) throw new RangeError(`an event cannot lie in the past: ${kind} after ${delayMs} ms`);
    saved.seq += 1;
    const event = { at: saved.now + Math.round(delayMs), seq: saved.seq, kind, data };
    const place = saved.queue.findIndex((other) => other.at > event.at);
    saved.queue.splice(place === -1 ? saved.queue.length : place, 0, event);
  }

  function on(kind: string, handler: Handler): void {
    if (handlers.has(kind)) throw new Error(`the event kind ${kind} has a handler already`);
    handlers.set(kind, handler);
  }

  return {
    dir: options.dir,
    config: saved.config,
    now: () => saved.now,
    advance,
    next: () => saved.queue[0]?.at,
    schedule,
    on,
    tell: async (topic, data) => {
      for (const listener of listeners.get(topic) ?? []) await listener(data as never);
    },
    listen: (topic, listener) => void listeners.set(topic, [...(listeners.get(topic) ?? []), listener]),
    id: (name) => (saved.counters[name] = (saved.counters[name] ?? 0) + 1),
    state: (name, make) => (saved.services[name] ??= make()) as ReturnType<typeof make>,
    save,
    fault: (name) => faults.has(name) || [...faults].some((given) => isDue(given, name, saved.reached ?? [])),
    reach(step) {
      if (saved.reached?.includes(step) === true || ![...faults].some((given) => splitFault(given).from === step)) return;
      saved.reached ??= [];
      saved.reached.push(step);
      save();
    },
    planted: () => saved.planted,
    markPlanted: () => void (saved.planted = true),
    port: () => saved.port,
    setPort: (port) => void (saved.port = port),
    addFaults: (names) => void (faults = new Set([...faults, ...names])),
  };
}

/** Whether a fault of that name waits for a step that has begun. */
function isDue(given: string, name: string, reached: readonly string[]): boolean {
  const fault = splitFault(given);
  return fault.name === name && fault.from !== undefined && reached.includes(fault.from);
}

function handlerOf(handlers: ReadonlyMap<string, Handler>, kind: string): Handler {
  const handler = handlers.get(kind);
  if (handler === undefined) throw new Error(`nobody in this world handles the event ${kind}`);
  return handler;
}

function load(options: CoreOptions): SavedWorld | undefined {
  const file = stateFile(options.dir);
  if (!existsSync(file)) return undefined;
  const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedWorld;
  if (saved.version !== 1) throw new Error(`${file} is of version ${String(saved.version)}; this program knows version 1`);
  return saved;
}

function begin(options: CoreOptions): SavedWorld {
  if (options.config === undefined) throw new Error(`${options.dir} holds no world yet, and no config was given`);
  const now = Date.parse(options.config.start);
  if (Number.isNaN(now)) throw new Error(`the world's start must be an ISO 8601 time, got ${options.config.start}`);
  mkdirSync(options.dir, { recursive: true });
  return { version: 1, planted: false, port: undefined, now, seq: 0, config: options.config, faults: [], counters: {}, queue: [], services: {} };
}
