// `runbook world`: a rehearsal world that stays up, for many runs and for other tools.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { safeText } from '@runbook/access';
import type { World, WorldOptions } from '@runbook/rehearsal';
import { keepOutOfGit } from '@runbook/runner';
import { print, say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { defaultSeed, mainFile } from '../places.ts';
import { homeHere } from '../stored-run.ts';
import { control, parsePace, type Pace } from '../world-link.ts';

/** How long a world may take to start before it is given up. */
const patience = { tries: 200, pauseMs: 50 };

interface Standing {
  readonly pid: number;
  readonly url: string;
  /** What it was started with. */
  readonly options?: StandingOptions;
}

/** How a world stands. */
type StandingOptions = WorldOptions & {
  /** How many milliseconds of it pass in one of ours. */
  readonly pace?: Pace;
};

function worldFolder(): { readonly dir: string; readonly standing: string; readonly log: string } {
  const dir = join(homeHere(), '.runbook', 'world');
  return { dir, standing: `${dir}.json`, log: `${dir}.log` };
}

/** `world up`: starts a world in the background and prints the variables that lead into it. */
export async function worldUp(flags: { readonly seed?: string; readonly fault?: readonly string[]; readonly user?: string; readonly manual?: boolean; readonly pace?: string; readonly shell?: Shell }): Promise<number> {
  const pace = flags.pace === undefined ? undefined : parsePace(flags.pace);
  keepOutOfGit(homeHere());
  const { dir } = worldFolder();
  const present = await findStanding();
  if (present !== undefined) {
    if (flags.seed !== undefined || flags.fault !== undefined || flags.user !== undefined || flags.manual !== undefined || pace !== undefined) throw new UsageError(`a world is up already at ${present.url}; its seed, faults and pace are set. runbook world down first.`);
    return printEnvironment(present.url, flags.shell);
  }
  const options: StandingOptions = { dir, defaultSeed, ...(flags.seed === undefined ? {} : { seed: resolve(flags.seed) }), ...(flags.fault === undefined ? {} : { faults: flags.fault }), ...(flags.user === undefined ? {} : { user: { login: flags.user } }), ...(flags.manual === undefined ? {} : { manual: flags.manual }), ...(pace === undefined ? {} : { pace }) };
  return raise(options, flags.shell);
}

/** Starts a world in the background. */
async function raise(options: StandingOptions, shell?: Shell): Promise<number> {
  const { dir, standing, log } = worldFolder();
  rmSync(standing, { force: true });
  mkdirSync(dir, { recursive: true });
  const out = openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [mainFile, 'world', 'serve', JSON.stringify(options), standing], { detached: true, stdio: ['ignore', out, out] });
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  child.unref();
  for (let tries = 0; tries < patience.tries && !hasEnded; tries += 1) {
    const found = await findStanding();
    if (found !== undefined) return printEnvironment(found.url, shell);
    await wait(patience.pauseMs);
  }
  throw new UsageError(`the world did not start: ${readFileSync(log, 'utf8').trim() || `see ${log}`}`);
}

/** The process behind `world up`: serves until it is told to stop. */
export async function worldServe(optionsText: string, standing: string): Promise<number> {
  const { startRehearsal } = await import('../rehearsal-world.ts');
  const options = JSON.parse(optionsText) as StandingOptions;
  const { pace = 0, ...made } = options;
  const world = await startRehearsal(made);
  const rest = pace > 0 ? letTimePass(world, pace) : undefined;
  writeFileSync(standing, JSON.stringify({ pid: process.pid, url: world.url, options } satisfies Standing));
  await new Promise<void>((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });
  await rest?.();
  await world.close();
  rmSync(standing, { force: true });
  return exitCodes.done;
}

const tickMs = 200;

/** Lets the time of a world pass beside ours. Who waits in it may let it go on further; it goes on from there. @returns what stops it */
function letTimePass(world: Pick<World, 'now' | 'advance'>, pace: Pace): () => Promise<void> {
  const end = new AbortController();
  const pass = async (): Promise<void> => {
    for (let last = performance.now(); !end.signal.aborted; ) {
      await wait(tickMs, undefined, { signal: end.signal }).catch(() => undefined);
      const now = performance.now();
      const passed = now - last;
      last = now;
      if (!end.signal.aborted) await world.advance(world.now() + Math.round(passed * pace));
    }
  };
  const passing = pass();
  return async () => {
    end.abort();
    await passing;
  };
}

/** `world open`: the address of the page that shows the world; where somebody sits at a terminal, a browser is opened on it. */
export async function worldOpen(): Promise<number> {
  const page = `${await addressHere()}/_world`;
  print(page);
  if (process.stdout.isTTY === true) {
    const child = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [page], { detached: true, stdio: 'ignore' });
    child.once('error', () => say('No browser could be opened; open the address yourself.'));
    child.unref();
    await wait(patience.pauseMs);
  }
  return exitCodes.done;
}

/** `world down`: stops the world and removes it. */
export async function worldDown(): Promise<number> {
  const { dir, standing } = worldFolder();
  const present = await findStanding();
  if (present === undefined) say('No world is up here.');
  else {
    await stop(present, standing);
    say(`The world at ${present.url} is down.`);
  }
  rmSync(standing, { force: true });
  rmSync(dir, { recursive: true, force: true });
  return exitCodes.done;
}

async function stop({ pid }: Standing, standing: string): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < patience.tries && existsSync(standing); tries += 1) await wait(patience.pauseMs);
}

/** `world reset`: the world as it was when it went up, at the same address. */
export async function worldReset(): Promise<number> {
  const { dir, standing } = worldFolder();
  const present = await findStanding();
  if (present === undefined) throw new UsageError('no world is up here. runbook world up starts one.');
  const { options } = present;
  if (options === undefined) throw new UsageError('this world was started by an older runbook: runbook world down, then runbook world up.');
  await stop(present, standing);
  rmSync(dir, { recursive: true, force: true });
  // what was exported into shells names the address, so it stays
  return raise({ ...options, port: Number(new URL(present.url).port) });
}

/** `world faults`: the bad days that can be rehearsed, and what they teach. */
export async function worldFaults(flags: { readonly json?: boolean }): Promise<number> {
  const { faults } = await import('@runbook/rehearsal');
  if (flags.json === true) print(JSON.stringify({ faults }, null, 2));
  else for (const { name, lesson, outcome } of faults) print(`${name}${outcome === 'survives' ? '  (a release gets through it)' : ''}\n    ${lesson}`);
  return exitCodes.done;
}

/** `world comment OWNER/REPO#N TEXT`: says something on a pull request of the world, as its person or as somebody else. */
export async function worldComment(pull: string, text: string, flags: { readonly as?: string }): Promise<number> {
  const [, repo, number] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(pull) ?? [];
  if (repo === undefined || number === undefined) throw new UsageError(`${pull}: expected a pull request as OWNER/REPO#NUMBER, for example kubernetes/k8s.io#1.`);
  if (text.trim() === '') throw new UsageError('there is nothing to say: give a text such as /lgtm.');
  await control(await addressHere(), 'comment', { repo, number: Number(number), text, ...(flags.as === undefined ? {} : { as: flags.as }) });
  say(`Said on ${repo}#${number}. What robots make of it happens as the time of the world goes on.`);
  return exitCodes.done;
}

/** `world ledger`: every request the world received; with `-f` those that come as well. */
export async function worldLedger(flags: { readonly json?: boolean; readonly follow?: boolean }): Promise<number> {
  const address = await addressHere();
  const { entries } = (await control(address, 'ledger')) as { readonly entries: readonly LedgerLine[] };
  if (flags.json === true && flags.follow !== true) print(JSON.stringify({ entries }, null, 2));
  else tellEntries(entries, flags.json === true);
  for (let last = entries.at(-1)?.seq ?? 0; flags.follow === true; ) {
    await wait(followEveryMs);
    const more = (await control(address, `ledger?after=${last}`)) as { readonly entries: readonly LedgerLine[] };
    tellEntries(more.entries, flags.json === true);
    last = more.entries.at(-1)?.seq ?? last;
  }
  return exitCodes.done;
}

const followEveryMs = 300;

function tellEntries(entries: readonly LedgerLine[], json: boolean): void {
  for (const entry of entries) print(json ? JSON.stringify(entry) : `${String(entry.seq).padStart(5)}  ${entry.write ? 'write' : 'read '}  ${entry.status}  ${entry.service.padEnd(9)} ${entry.method.padEnd(6)} ${safeText(entry.path)}${entry.step === undefined ? '' : `  (${safeText(entry.step)})`}`);
}

/** The world that is meant: of the environment, or of this place. */
async function addressHere(): Promise<string> {
  const address = process.env['RUNBOOK_WORLD'] ?? (await findStanding())?.url;
  if (address === undefined || address === '') throw new UsageError('no world is up here. runbook world up starts one.');
  return address;
}

interface LedgerLine {
  readonly seq: number;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly write: boolean;
  readonly status: number;
  readonly step?: string;
}

/** The world of this place, if it answers. */
async function findStanding(): Promise<Standing | undefined> {
  const { standing, dir } = worldFolder();
  if (!existsSync(standing)) return undefined;
  try {
    const found = JSON.parse(readFileSync(standing, 'utf8')) as Standing;
    const info = (await control(found.url, 'info')) as { readonly dir?: string };
    return info.dir === dir ? found : undefined;
  } catch {
    // half written, or nobody answers there any more: there is no world
    return undefined;
  }
}

/** Shells whose language is spoken. */
type Shell = 'bash' | 'zsh' | 'fish';

/** How a shell sets a variable for its children. Nothing in a quoted value is special to it. */
function exportLine(shell: Shell, name: string, value: string): string {
  if (shell === 'fish') return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}

async function printEnvironment(url: string, given?: Shell): Promise<number> {
  const shell = given ?? (process.env['SHELL']?.endsWith('/fish') === true ? 'fish' : 'bash');
  const { env } = (await control(url, 'info')) as { readonly env: Readonly<Record<string, string>> };
  const shown = ['RUNBOOK_WORLD', 'RUNBOOK_ROUTES', 'GITHUB_TOKEN', 'GITHUB_USER', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'];
  for (const name of shown) if (env[name] !== undefined) print(exportLine(shell, name, env[name]));
  if (process.stdout.isTTY === true) say(shell === 'fish' ? '# Enter it with: runbook world up | source' : '# Enter it with: eval "$(runbook world up)"');
  return exitCodes.done;
}
