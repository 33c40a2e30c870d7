// Which versions of programs a run worked with: evidence for its report. Only programs of the table below are asked, only where
// a block's code names them, all at once, and none for long. A document that names none of them costs nothing.
import { execFile } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import type { Plan, PlanStep } from '@runbook/model';
import { openJournal } from '@runbook/runner';
import type { RecalledRun } from './stored-run.ts';

/** Programs whose version may change what a release does, and how each tells it. */
const questions: Readonly<Record<string, readonly string[]>> = {
  buildah: ['--version'],
  cosign: ['version'],
  crane: ['version'],
  curl: ['--version'],
  docker: ['--version'],
  gcloud: ['--version'],
  gh: ['--version'],
  git: ['--version'],
  go: ['version'],
  gpg: ['--version'],
  helm: ['version', '--short'],
  jq: ['--version'],
  ko: ['version'],
  kpromo: ['version'],
  kubectl: ['version', '--client'],
  make: ['--version'],
  npm: ['--version'],
  oras: ['version'],
  podman: ['--version'],
  python3: ['--version'],
  ruby: ['--version'],
  skopeo: ['--version'],
  yq: ['--version'],
  zsh: ['--version'],
};

/** How long a program may take to tell. Milliseconds. */
const patience = 2000;

/**
 * The versions that a run of a plan works with, by name in the order of the alphabet; always with Node, which runs the command.
 * A program that is not there, or does not tell, is said to be so.
 * @param env of the run's blocks; programs get no more of it than where to find things.
 */
export async function toolVersions(plan: Plan, env: Readonly<Record<string, string | undefined>>): Promise<Readonly<Record<string, string>>> {
  const names = Object.keys(questions).filter((name) => plan.steps.some((step) => isNamed(name, step)));
  const told = await Promise.all(names.map(async (name) => [name, await ask(name, env)] as const));
  return Object.fromEntries([...told, ['node', process.versions.node] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Records that a run goes on with other versions than it was known to work with. The caller owns the run. @returns whether there was anything to record */
export function recordTools({ folder, events }: Pick<RecalledRun, 'folder' | 'events'>, tools: Readonly<Record<string, string>>, at: number): boolean {
  const last = events.findLast((event) => event.kind === 'tools' || event.kind === 'run-started');
  if (last !== undefined && 'tools' in last && isDeepStrictEqual(last.tools, tools)) return false;
  const journal = openJournal(folder.journal);
  journal.append({ at, kind: 'tools', tools });
  journal.close();
  return true;
}

function isNamed(name: string, { kind, language, interpreter, source }: PlanStep): boolean {
  if (kind !== 'shell' && kind !== 'script') return false;
  if (language === name || interpreter?.split(/\s+/)[0] === name) return true;
  // quickly, and without a parser: most code names none of them
  return source.includes(name) && new RegExp(`(?<![\\w./@:-])${name}(?![\\w./@:-])`).test(source.replaceAll(/^\s*(?:#|\/\/).*$/gm, ''));
}

function ask(name: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { PATH = '', HOME = '' } = env;
  return new Promise((resolve) => {
    const child = execFile(name, questions[name], { env: { PATH, HOME, LC_ALL: 'C' }, timeout: patience, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 65_536 }, (error, stdout) => {
      if (error !== null && 'code' in error && error.code === 'ENOENT') resolve('not found');
      else resolve(/(?<![\d.])\d+\.\d+[\w.+~-]*/.exec(stdout)?.[0].slice(0, 60) ?? 'not told');
    });
    child.stdin?.end();
  });
}
