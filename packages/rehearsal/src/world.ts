// Starts a rehearsal world in a folder, or goes on with the one that lies there, and gives the handle to it.
// Only composes: every part does its own work.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatProblem, hasErrors } from '@runbook/problem';
import type { Problem } from '@runbook/problem';
import { addressOf } from './core/address.ts';
import { createControl } from './core/control.ts';
import { createCore, stateFile } from './core/core.ts';
import type { WorldCore } from './core/core.ts';
import { worldToken, writeEnvironment } from './core/environment.ts';
import { openLedger } from './core/ledger.ts';
import type { LedgerEntry } from './core/ledger.ts';
import { createRouter } from './core/router.ts';
import { startServer } from './core/server.ts';
import type { ServerParts, WorldServer } from './core/server.ts';
import { createTurns } from './core/turn.ts';
import { createGit } from './git/git.ts';
import { createGithubApps } from './github/apps.ts';
import { createGithub } from './github/github.ts';
import { createRegistryApp } from './registry/app.ts';
import { createRegistry } from './registry/store.ts';
import { checkFaults } from './fault.ts';
import { installRobots } from './robots.ts';
import { loadSeed } from './seed.ts';
import type { Seed, SeedOptions, Services } from './services.ts';

/** What `startWorld` needs. Times are ISO 8601. */
export interface WorldOptions extends SeedOptions {
  /** The world's folder; made when absent. */
  readonly dir: string;
  /** Bad days to switch on, by name. */
  readonly faults?: readonly string[];
  /** The people of the world do nothing by themselves: the rehearsing person plays them. As the seed says unless given. */
  readonly manual?: boolean;
  /** Port on 127.0.0.1. Without one: that of the world's last start if it is free, else any. */
  readonly port?: number;
  /** Called after a request took effect and before its answer leaves. */
  readonly onEntry?: (entry: LedgerEntry) => void;
  /** true: the folder must hold a world; false: it must not. Unset: goes on or begins, as it finds it. */
  readonly resume?: boolean;
}

/** A running world. Everything else is reached over HTTP. */
export interface World {
  /** Loopback URL, without a slash at the end. */
  readonly url: string;
  readonly dir: string;
  /** The whole environment of a block. */
  readonly env: Readonly<Record<string, string>>;
  /** Virtual time, milliseconds since 1970. */
  now(): number;
  /** Lets everything happen up to a time; gives the time it is then. Never goes back. */
  advance(to: number): Promise<number>;
  ledger(): readonly LedgerEntry[];
  /** Stops the server; the folder keeps the world. */
  close(): Promise<void>;
}

/** The seed, or the faults asked for, are not fit to start a world from. */
export class SeedError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'SeedError';
    this.problems = problems;
  }
}

/**
 * Starts a world, or goes on with the one in `dir`: then the seed options are not read.
 *
 * @throws SeedError when the seed has errors or a fault is unknown; Error when `resume` and the folder disagree or another living process runs this world.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const lock = takeLock(dir);
  try {
    return await compose(dir, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function compose(dir: string, options: WorldOptions, lock: Lock): Promise<World> {
  const wrong = checkFaults(options.faults ?? []);
  if (hasErrors(wrong)) throw new SeedError(wrong);
  const { core, seed } = await openCore(dir, options);
  const git = createGit(core);
  const github = createGithub(core, git);
  const registry = createRegistry(core);
  const ledger = openLedger(dir, [worldToken]);
  const turns = createTurns();
  let closed = false;
  let url = '';
  let env: Readonly<Record<string, string>> = {};
  const control = createControl({ core, ledger, turns, github, url: () => url, env: () => env });
  const router = createRouter({ core, ledger, turns, control, onEntry: options.onEntry });
  const services: Services = { core, git, github, registry, addApp: router.addApp, address: (request, host, path) => addressOf(request, url, { host, path }) };
  for (const app of createGithubApps(github, services)) router.addApp(app);
  router.addApp(createRegistryApp(registry, services));
  installRobots(services);
  if (seed === undefined) await git.settleAll();
  else {
    await seed.plant(services);
    // main was pushed a little earlier, as in life: its jobs have cloned and are building when the world opens
    await core.advance(core.now() + (core.config.pace.trigger + core.config.pace.schedule) * 1000);
  }
  for (const repo of git.repos()) github.repo(repo); // counted in one order, before anybody asks
  core.markPlanted();
  const server = await listen({ fetch: router.fetch, ledger, now: core.now }, [options.port, core.port()]);
  core.setPort(server.port);
  core.save();
  url = `http://127.0.0.1:${server.port}`;
  env = writeEnvironment({ dir, url, user: core.config.user, path: process.env['PATH'] ?? '/usr/bin:/bin' });
  return {
    url,
    dir,
    env,
    now: core.now,
    advance: (to) => turns.take(async () => (await core.advance(to), core.now())),
    ledger: ledger.entries,
    close: async () => {
      if (closed) return;
      closed = true; // a second close must not touch the folder: another start may own it by then
      await server.close();
      await turns.take(async () => core.save());
      git.close();
      lock.release();
    },
  };
}

/** The core of the world that lies in the folder, or a fresh one with the seed that is still to be planted. */
async function openCore(dir: string, options: WorldOptions): Promise<{ readonly core: WorldCore; readonly seed?: Seed }> {
  if (existsSync(stateFile(dir))) {
    const core = createCore({ dir, faults: options.faults ?? [] });
    if (core.planted()) {
      if (options.resume === false) throw new Error(`${dir} holds a world already`);
      return { core };
    }
  }
  if (options.resume === true) throw new Error(`${dir} holds no world`);
  // What a start left behind that was killed while it planted is worth nothing.
  for (const name of ['state.json', 'ledger.jsonl', 'git', 'github', 'registry']) rmSync(join(dir, name), { recursive: true, force: true });
  const { seed, problems } = await loadSeed(options);
  if (seed === undefined || hasErrors(problems)) throw new SeedError(problems);
  return { core: createCore({ dir, config: options.manual === undefined ? seed.config : { ...seed.config, manual: options.manual }, faults: options.faults ?? [] }), seed };
}

/** Listens on the port asked for; else on the former one, so that printed addresses stay good; else on any. */
async function listen(parts: Omit<ServerParts, 'port'>, [asked, former]: readonly [number | undefined, number | undefined]): Promise<WorldServer> {
  if (asked !== undefined && asked !== 0) return startServer({ ...parts, port: asked });
  if (former === undefined) return startServer({ ...parts, port: 0 });
  try {
    return await startServer({ ...parts, port: former });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return startServer({ ...parts, port: 0 });
    throw error;
  }
}

interface Lock {
  release(): void;
}

/** One process a world: two would write over each other. A lock of a dead process is taken over. */
function takeLock(dir: string): Lock {
  const file = join(dir, 'pid');
  const owner = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
  if (Number.isInteger(owner) && owner !== process.pid && isAlive(owner)) throw new Error(`the world in ${dir} is run by process ${owner}; end that one first`);
  writeFileSync(file, `${process.pid}\n`);
  return { release: () => rmSync(file, { force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // alive, but another user's
  }
}
