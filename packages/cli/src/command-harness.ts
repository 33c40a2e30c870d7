// For tests of the built command: a folder of one's own, a world of one's own, and the command as a child process.
// Only tests import this; nothing here is part of the command.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { startWorld, type World, type WorldOptions } from '@runbook/rehearsal';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** The repository of this project. */
export const repositoryFolder = fileURLToPath(new URL('../../..', import.meta.url));

/** The launcher that users call. */
export const launcher = join(packageFolder, 'bin/runbook.js');

/** The files a world starts from. */
const seedFolder = join(repositoryFolder, 'packages/rehearsal/seed');

/** What the command left. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is called. */
export interface CallOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on standard input; nothing unless given. */
  readonly input?: string;
  /** Gets the child right after it was started. */
  readonly onChild?: (child: ChildProcess) => void;
}

/** Where compiled code is kept: beside the build, so that no test finds it in its home. */
const cacheHome = join(packageFolder, 'dist/code-cache');
mkdirSync(cacheHome, { recursive: true, mode: 0o700 });

/** Calls the command without a terminal and waits for its end. The environment is the given one and little else. */
export function callRunbook(args: readonly string[], { cwd, env = {}, input, onChild }: CallOptions): Promise<Finished> {
  if (!existsSync(join(packageFolder, 'bundle/main.cjs'))) throw new Error('the command is not built: npm run prepare');
  const temporary = mkdtempSync(join(tmpdir(), 'runbook-call-'));
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TMPDIR: temporary, XDG_CACHE_HOME: cacheHome, CI: 'true', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // a command that reads nothing may be gone already
  child.stdin.end(input ?? '');
  onChild?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      cleanUp(temporary, signal === 'SIGKILL');
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Only a command that was killed may leave something where it keeps what lasts no longer than itself. What a block left stays. */
function cleanUp(temporary: string, wasKilled: boolean): void {
  if (wasKilled) return rmSync(temporary, { recursive: true, force: true });
  try {
    rmdirSync(temporary);
  } catch (error) {
    process.stderr.write(`left behind: ${String(error)}\n`);
  }
}

/** A folder with the runbooks of this repository, as a user would have them. */
export interface Desk {
  readonly folder: string;
  readonly release: string;
  close(): void;
}

/** Makes a desk. */
function openDesk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-desk-'));
  cpSync(join(repositoryFolder, 'runbooks'), join(folder, 'runbooks'), { recursive: true });
  return { folder, release: join(folder, 'runbooks/release.md'), close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a world in a folder of its own; `close` also removes the folder. */
async function openWorld(options: Omit<WorldOptions, 'dir' | 'defaultSeed'> = {}): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-world-'));
  const world = await startWorld({ ...options, dir, defaultSeed: seedFolder });
  return {
    ...world,
    close: async () => {
      await world.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Makes a seed folder out of files by their path in it. */
export function writeSeed(write: (copy: (from: string, to: string) => void, folder: string) => void): { readonly folder: string; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-seed-'));
  write((from, to) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(from, join(folder, to));
  }, folder);
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What a test file with desks and worlds works with; a fresh desk for each test, everything closed after it. */
export interface Bench {
  readonly desk: Desk;
  /** Starts a world that ends with the test. */
  world(options?: Parameters<typeof openWorld>[0]): Promise<World>;
  /** Ends something with the test. */
  closeLater(close: () => Promise<void> | void): void;
}

/** Sets up a bench for every test of a file. */
export function setUpBench(): Bench {
  let desk: Desk | undefined;
  const toClose: (() => Promise<void> | void)[] = [];
  beforeEach(() => {
    desk = openDesk();
  });
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
    desk?.close();
  });
  return {
    get desk() {
      if (desk === undefined) throw new Error('there is a desk during a test only');
      return desk;
    },
    async world(options = {}) {
      const opened = await openWorld(options);
      toClose.push(() => opened.close());
      return opened;
    },
    closeLater: (close) => void toClose.push(close),
  };
}

/** The variable that leads the command into a world. */
export function inside(opened: World): Record<string, string> {
  return { RUNBOOK_WORLD: opened.url };
}
