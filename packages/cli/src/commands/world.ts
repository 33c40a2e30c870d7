// `runbook world`: a rehearsal world that stays up, for many runs and for other tools.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keepOutOfGit } from '@runbook/runner';
import { print, say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { defaultSeed, mainFile } from '../places.ts';
import { homeHere } from '../stored-run.ts';
import { control } from '../world-link.ts';

/** How long a world may take to start before it is given up. */
const patience = { tries: 200, pauseMs: 50 };

interface Standing {
  readonly pid: number;
  readonly url: string;
}

function worldFolder(): { readonly dir: string; readonly standing: string; readonly log: string } {
  const dir = join(homeHere(), '.runbook', 'world');
  return { dir, standing: `${dir}.json`, log: `${dir}.log` };
}

/** `world up`: starts a world in the background and prints the variables that lead into it. */
export async function worldUp(flags: { readonly seed?: string; readonly fault?: readonly string[]; readonly user?: string }): Promise<number> {
  keepOutOfGit(homeHere());
  const { dir, standing, log } = worldFolder();
  const present = await findStanding();
  if (present !== undefined) {
    if (flags.seed !== undefined || flags.fault !== undefined || flags.user !== undefined) throw new UsageError(`a world is up already at ${present.url}; its seed and faults are set. runbook world down first.`);
    return printEnvironment(present.url);
  }
  rmSync(standing, { force: true });
  mkdirSync(dir, { recursive: true });
  const options = { dir, defaultSeed, ...(flags.seed === undefined ? {} : { seed: resolve(flags.seed) }), ...(flags.fault === undefined ? {} : { faults: flags.fault }), ...(flags.user === undefined ? {} : { user: { login: flags.user } }) };
  const out = openSync(log, 'w', 0o600);
  const child = spawn(process.execPath, [mainFile, 'world', 'serve', JSON.stringify(options), standing], { detached: true, stdio: ['ignore', out, out] });
  let hasEnded = false;
  child.once('exit', () => (hasEnded = true));
  child.unref();
  for (let tries = 0; tries < patience.tries && !hasEnded; tries += 1) {
    const found = await findStanding();
    if (found !== undefined) return printEnvironment(found.url);
    await wait(patience.pauseMs);
  }
  throw new UsageError(`the world did not start: ${readFileSync(log, 'utf8').trim() || `see ${log}`}`);
}

/** The process behind `world up`: serves until it is told to stop. */
export async function worldServe(optionsText: string, standing: string): Promise<number> {
  const { startRehearsal } = await import('../rehearsal-world.ts');
  const world = await startRehearsal(JSON.parse(optionsText) as Parameters<typeof startRehearsal>[0]);
  writeFileSync(standing, JSON.stringify({ pid: process.pid, url: world.url } satisfies Standing));
  await new Promise<void>((stop) => {
    process.once('SIGTERM', () => stop());
    process.once('SIGINT', () => stop());
  });
  await world.close();
  rmSync(standing, { force: true });
  return exitCodes.done;
}

/** `world down`: stops the world and removes it. */
export async function worldDown(): Promise<number> {
  const { dir, standing } = worldFolder();
  const present = await findStanding();
  if (present === undefined) say('No world is up here.');
  else {
    process.kill(present.pid, 'SIGTERM');
    for (let tries = 0; tries < patience.tries && existsSync(standing); tries += 1) await wait(patience.pauseMs);
    say(`The world at ${present.url} is down.`);
  }
  rmSync(standing, { force: true });
  rmSync(dir, { recursive: true, force: true });
  return exitCodes.done;
}

/** `world ledger`: every request the world received. */
export async function worldLedger(flags: { readonly json?: boolean }): Promise<number> {
  const address = process.env['RUNBOOK_WORLD'] ?? (await findStanding())?.url;
  if (address === undefined || address === '') throw new UsageError('no world is up here. runbook world up starts one.');
  const { entries } = (await control(address, 'ledger')) as { readonly entries: readonly LedgerLine[] };
  if (flags.json === true) print(JSON.stringify({ entries }, null, 2));
  else for (const entry of entries) print(`${String(entry.seq).padStart(5)}  ${entry.write ? 'write' : 'read '}  ${entry.status}  ${entry.service.padEnd(9)} ${entry.method.padEnd(6)} ${entry.path}${entry.step === undefined ? '' : `  (${entry.step})`}`);
  return exitCodes.done;
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

async function printEnvironment(url: string): Promise<number> {
  const { env } = (await control(url, 'info')) as { readonly env: Readonly<Record<string, string>> };
  const shown = ['RUNBOOK_WORLD', 'RUNBOOK_ROUTES', 'GITHUB_TOKEN', 'GITHUB_USER', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'];
  for (const name of shown) if (env[name] !== undefined) print(`export ${name}='${env[name].replaceAll("'", `'\\''`)}'`);
  if (process.stdout.isTTY === true) say('# Enter it with: eval "$(runbook world up)"');
  return exitCodes.done;
}
