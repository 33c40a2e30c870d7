// What Node runs when somebody calls `runbook`: a few lines, so that what follows is loaded as far as it is wanted.
// The build makes `bundle/main.cjs` of it and tells it the names of the chunks.
import { join } from 'node:path';
import { arch, argv, env, platform, stdout, version as nodeVersion } from 'node:process';
import { version } from '../version.ts';
import { createChunkLoader } from './chunk-loader.ts';
import { cacheFolder, openPrivateCache, type PrivateCache } from '../private-cache.ts';

/** Set by the build: the chunk with the command, and what no other build is called. */
declare const runbookEntry: string;
declare const runbookBuild: string;

/** Commands that may go on for days beside a person's work. */
const lasting = new Set(['run', 'resume', 'undo', 'cancel', 'world', 'lsp']);

/** Commands that ask servers and are soon over. */
const asking = new Set(['preflight', 'prow', 'promoter', 'registry']);

/**
 * Node's HTTP parser is WebAssembly: optimizing it takes V8 0.15 s of a processor, which no call is long enough to earn back. By far more
 * is parsed before it begins than the usual 1.8 million.
 */
const calmParser = '--wasm-tiering-budget=100000000';

const [command = ''] = argv.slice(2);
if (argv.length === 3 && (command === '--version' || command === '-V')) stdout.write(`${version}\n`);
else start();

function start(): void {
  // A run may go on for days beside a person's work: garbage is collected at 1.4 times what is alive, not at 4 times as usual.
  if (lasting.has(command)) setFlags(`--heap-growing-percent=40 ${calmParser}`);
  else if (asking.has(command)) setFlags(calmParser);
  const cache = openCache();
  const loader = createChunkLoader(__dirname, cache, require);
  loader.load(runbookEntry);
  process.once('exit', () => {
    const compiled = loader.compiled();
    if (compiled !== undefined) cache.add(compiled);
  });
}

/** Before any code is loaded: V8 believes compiled code only under the flags that it was compiled with. `v8` is required here, as most commands need none of what it loads. */
function setFlags(flags: string): void {
  (require('node:v8') as typeof import('node:v8')).setFlagsFromString(flags);
}

function openCache(): PrivateCache {
  const folder = env['NODE_DISABLE_COMPILE_CACHE'] === '1' || !/^[a-z]{1,20}$/.test(command) ? undefined : cacheFolder(env, platform);
  if (folder === undefined) return { find: () => undefined, add: () => undefined, replace: () => undefined };
  return openPrivateCache(join(folder, `${version}-${runbookBuild}-${nodeVersion}-${arch}`, `${command}.code`));
}
