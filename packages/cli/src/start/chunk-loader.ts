// Loads the chunks of the bundle when something of them is wanted, not when another chunk names them: a chunk is read and
// run at the first use of one of its exports. The build makes chunks for it (tools/build.mjs); it knows nothing of the command.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type { PrivateCache } from '../private-cache.ts';

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** Loads chunks of one folder. */
export interface ChunkLoader {
  /** Runs a chunk, unless that was done, and gives what it exports. */
  load(chunk: string): Exports;
  /** The chunks that were run, in that order. */
  readonly loaded: readonly string[];
  /** Compiled code of all chunks that were run, where one of them was not in the cache. */
  compiled(): ReadonlyMap<string, Buffer> | undefined;
}

/** What a chunk finds in its scope as `runbook`. */
interface Scope {
  /** What `import.meta.url` is in an ES module. */
  readonly url: string;
  /** Loads another chunk, as `import()` does. */
  load(chunk: string): Promise<Exports>;
  /** Imports what is no chunk. */
  import(id: string): Promise<unknown>;
  /** Node's own `require`. */
  require(id: string): unknown;
}

/** What the build turns a chunk into. Its `require` gives exports that are fetched at their first use. */
type Body = (exports: object, require: (id: string) => unknown, module: { exports: Exports }, runbook: Scope) => void;

/** Modules of Node that cost something to load; the others are there already when a program starts. */
const dear = new Set(['child_process', 'crypto', 'dns/promises', 'http', 'https', 'http2', 'net', 'readline', 'readline/promises', 'stream/promises', 'timers/promises', 'tls', 'worker_threads', 'zlib'].map((name) => `node:${name}`));

/** Makes a loader. @param require Node's own, for what is no chunk. */
export function createChunkLoader(folder: string, cache: PrivateCache, require: (id: string) => unknown): ChunkLoader {
  const modules = new Map<string, { exports: Exports }>();
  const scripts = new Map<string, Script>();
  const lazy = new Map<string, Exports>();
  let isKnown = true;
  const load = (chunk: string): Exports => (modules.get(chunk) ?? run(chunk)).exports;
  const run = (chunk: string): { readonly exports: Exports } => {
    const filename = join(folder, chunk);
    const cachedData = cache.find(chunk);
    const script = new Script(`(function(exports,require,module,runbook){${readFileSync(filename, 'utf8')}\n})`, {
      filename,
      cachedData,
    });
    // V8 rejects what another version of it has made, or the same with other flags
    isKnown &&= cachedData !== undefined && script.cachedDataRejected !== true;
    scripts.set(chunk, script);
    const module: { exports: Exports } = { exports: {} };
    // before it runs, as chunks may need one another in a circle
    modules.set(chunk, module);
    (script.runInThisContext() as Body)(module.exports, whenUsed, module, scopeOf(filename));
    return module;
  };
  // eslint-disable-next-line @typescript-eslint/require-await -- a chunk that cannot be run is a rejection, as with import()
  const loadLater = async (chunk: string): Promise<Exports> => load(chunk);
  const scopeOf = (filename: string): Scope => ({
    // made only where it is asked for: it loads more of Node than the rest of this file
    get url() {
      return pathToFileURL(filename).href;
    },
    load: loadLater,
    // a script of `vm` may not import by itself
    import: (id) => import(id),
    require,
  });
  const whenUsed = (id: string): unknown => {
    if (!id.startsWith('./') && !dear.has(id)) return id.startsWith('node:') ? require(id) : onFirstUse(() => require(id) as Exports);
    let known = lazy.get(id);
    if (known === undefined) lazy.set(id, (known = onFirstUse(() => (id.startsWith('./') ? load(id.slice(2)) : (require(id) as Exports)))));
    return known;
  };
  return {
    load,
    get loaded() {
      return [...scripts.keys()];
    },
    compiled: () => (isKnown ? undefined : new Map([...scripts].map(([chunk, script]) => [chunk, script.createCachedData()]))),
  };
}

/** Exports that are fetched when the first of them is read; from then on it is as quick as the real ones. */
function onFirstUse(fetch: () => Exports): Exports {
  const first = {
    get(_: object, name: string | symbol): unknown {
      const real = fetch();
      Object.defineProperties(lazily, Object.getOwnPropertyDescriptors(real));
      return Reflect.get(real, name);
    },
  };
  const lazily = Object.create(new Proxy({}, first)) as Exports;
  return lazily;
}
