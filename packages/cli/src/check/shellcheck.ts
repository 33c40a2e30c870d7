// What ShellCheck finds in the shell steps of a runbook, where it is installed. It only reads. Its findings are warnings: ours
// are the rules of this house, these are good advice. Without it nothing is told, and nothing is missing.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { locateInStep, type Runbook, type Step } from '@runbook/model';
import { indexLines, type Problem } from '@runbook/problem';
import { makeReferenceProblem } from './reference-code.ts';
import { recallShellcheck, type Finding } from './shellcheck-memory.ts';

/**
 * What does not hold here: no shebang (2148), files that are not followed (1090, 1091), names that other blocks give or use
 * (2034, 2154), `cd` without `|| exit` (2164: blocks run with `set -e`); and what we tell ourselves: 2046, 2086, 2115, 2155.
 */
const left = [1090, 1091, 2034, 2046, 2086, 2115, 2148, 2154, 2155, 2164];

/** What ShellCheck is asked, and not waited for yet. */
export interface ShellcheckAnswer {
  /** Waits for what it finds. */
  problems(): Promise<readonly Problem[]>;
  /** Nobody wants to know any more. */
  cancel(): Promise<void>;
}

/** Asks ShellCheck about the steps of a document at once, while others look at them. Steps that are no bash are left out. */
export function askShellcheck(runbook: Runbook): ShellcheckAnswer {
  const steps = runbook.steps.filter((step) => step.kind === 'shell' && step.language !== 'zsh' && step.interpreter === undefined && Object.keys(step.attributes).length > 0);
  const unwanted = new AbortController();
  const memory = steps.length === 0 ? undefined : recallShellcheck(runbook.file, settings);
  const unknown = steps.filter((step) => memory?.find(step.source) === undefined).map(({ source }) => source);
  const answers = memory === undefined || unknown.length === 0 ? Promise.resolve([]) : answersTo([...new Set(unknown)], memory.program, unwanted.signal);
  // told by whoever waits for it; another part of the check may fail before that
  answers.catch(() => undefined);
  return {
    async problems() {
      const fresh = new Map(await answers);
      const lines = indexLines(runbook.text);
      const known = new Map(steps.map(({ source }) => [source, fresh.get(source) ?? memory?.find(source)] as const));
      if (fresh.size > 0) memory?.keep(known);
      return steps.flatMap((step) => (known.get(step.source) ?? []).map((finding) => problemOf(finding, step, runbook, lines)));
    },
    async cancel() {
      unwanted.abort();
      await answers;
    },
  };
}

function problemOf({ line, column, code, message }: Finding, step: Step, runbook: Runbook, lines: ReturnType<typeof indexLines>): Problem {
  const before = step.source.split('\n').slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
  const place = { file: runbook.file, ...locateInStep(lines, step)(before + column - 1) };
  return makeReferenceProblem(place, { code: 'shellcheck', message: `SC${code}: ${message.replace(/\.$/, '')}`, hint: `See https://www.shellcheck.net/wiki/SC${code}.` });
}

const settings = ['--norc', '-s', 'bash', '-S', 'warning', '-f', 'json1', '-e', left.join(',')];

/** What ShellCheck finds in each script; nothing where it could not say. */
async function answersTo(scripts: readonly string[], program: string, signal: AbortSignal): Promise<readonly (readonly [script: string, findings: readonly Finding[]])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  try {
    const files = scripts.map((script, index) => {
      const file = join(folder, String(index));
      writeFileSync(file, script, { mode: 0o600 });
      return file;
    });
    const found = findingsIn(await outputOf(program, [...settings, ...files], signal));
    return found === undefined ? [] : scripts.map((script, index) => [script, found.filter(({ file }) => basename(file) === String(index))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What ShellCheck prints; it ends with 1 where it has something to say. Nothing where it cannot be run, or takes too long. */
function outputOf(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024, signal }, (_error, stdout) => resolve(stdout));
    child.stdin?.end();
  });
}

function findingsIn(stdout: string): readonly Finding[] | undefined {
  try {
    return (JSON.parse(stdout) as { readonly comments?: readonly Finding[] }).comments;
  } catch {
    // an older one that does not speak this format, or one that died: it is an enrichment, so nothing is told
    return undefined;
  }
}
