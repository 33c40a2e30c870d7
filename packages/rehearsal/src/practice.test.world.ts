// A world for tests of robots, without HTTP in front: real git, real store, virtual time. Not a part of the product.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCore } from './core/core.ts';
import { createGit } from './git/git.ts';
import { createGithub } from './github/github.ts';
import type { WorldGit } from './git/git.ts';
import type { WorldGithub } from './github/github.ts';
import { createRegistry } from './registry/store.ts';
import { installRobots } from './robots.ts';
import { loadSeed } from './seed.ts';
import { prowRuns } from './prow/run.ts';
import type { ProwRun } from './prow/run.ts';
import type { Core, HostedApp, Registry, Services } from './services.ts';

const defaultSeed = fileURLToPath(new URL('../seed', import.meta.url));

/** A world in a folder of its own. */
export interface Practice {
  readonly core: Core;
  readonly git: WorldGit;
  readonly github: WorldGithub;
  readonly registry: Registry;
  /** Lets minutes pass. */
  wait(minutes: number): Promise<void>;
  /** Asks a public host of the robots. */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The build log of a run. */
  log(run: ProwRun | undefined): Promise<string>;
  runs(job: string): readonly ProwRun[];
}

/** Starts worlds; `close` removes their folders. */
export interface Practices {
  start(files?: Readonly<Record<string, string>>, faults?: readonly string[]): Promise<Practice>;
  close(): void;
}

/** `files` of `start` are the files of a seed over the default one. */
export function createPractices(): Practices {
  const root = mkdtempSync(join(tmpdir(), 'practice-'));
  const started: Practice[] = [];
  let count = 0;
  return {
    start: async (files = {}, faults = []) => {
      count += 1;
      const practice = await startPractice(join(root, String(count)), files, faults);
      started.push(practice);
      return practice;
    },
    close: () => {
      for (const { git } of started) git.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function startPractice(dir: string, files: Readonly<Record<string, string>>, faults: readonly string[]): Promise<Practice> {
  const over = join(dir, 'seed');
  mkdirSync(over, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(over, path)), { recursive: true });
    writeFileSync(join(over, path), text);
  }
  const { seed, problems } = await loadSeed({ defaultSeed, seed: over });
  if (seed === undefined) throw new Error(`a test's seed is wrong: ${JSON.stringify(problems)}`);
  const core = createCore({ dir: join(dir, 'world'), config: seed.config, faults });
  const git = createGit(core);
  const github = createGithub(core, git);
  const registry = createRegistry(core);
  const apps: HostedApp[] = [];
  const services: Services = { core, git, github, registry, addApp: (app) => void apps.push(app), address: (_request, host, path) => `https://${host}${path}` };
  installRobots(services);
  await seed.plant(services);
  const get: Practice['get'] = async (url, headers = {}) => {
    const app = apps.find((candidate) => candidate.serves(new URL(url).host));
    if (app === undefined) throw new Error(`nobody serves ${url}`);
    return app.app.fetch(new Request(url.replace('https:', 'http:'), { headers }));
  };
  return {
    core, git, github, registry, get,
    wait: (minutes) => core.advance(core.now() + minutes * 60_000),
    log: async (run) => (await get(`https://prow.k8s.io/log?job=${run?.job}&id=${run?.buildId}`)).text(),
    runs: (job) => prowRuns(core).runs.filter((run) => run.job === job),
  };
}
