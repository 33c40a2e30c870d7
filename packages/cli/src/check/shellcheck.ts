// What ShellCheck finds in the shell steps of a runbook, where it is installed. It only reads. Its findings are warnings: ours
// are the rules of this house, these are good advice. Without it nothing is told, and nothing is missing.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { locateInStep, type Runbook, type Step } from '@runbook/model';
import { indexLines, type Problem } from '@runbook/problem';
import { makeReferenceProblem } from './reference-code.ts';

/** A finding of `shellcheck -f json1` (https://github.com/koalaman/shellcheck/blob/master/shellcheck.1.md). Places from 1; tabs count 1. */
interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly message: string;
}

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

/** Asks ShellCheck about all steps of a document at once, while others look at them. Steps that are no bash are left out. */
export function askShellcheck(runbook: Runbook): ShellcheckAnswer {
  const steps = runbook.steps.filter((step) => step.kind === 'shell' && step.language !== 'zsh' && step.interpreter === undefined && Object.keys(step.attributes).length > 0);
  const unwanted = new AbortController();
  const findings = steps.length === 0 ? Promise.resolve([]) : findingsOf(steps, unwanted.signal);
  return {
    async problems() {
      const found = await findings;
      const lines = indexLines(runbook.text);
      return found.flatMap(({ file, line, column, code, message }) => {
        const step = steps[Number(basename(file))];
        if (step === undefined) return [];
        const before = step.source.split('\n').slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
        const place = { file: runbook.file, ...locateInStep(lines, step)(before + column - 1) };
        return [makeReferenceProblem(place, { code: 'shellcheck', message: `SC${code}: ${message.replace(/\.$/, '')}`, hint: `See https://www.shellcheck.net/wiki/SC${code}.` })];
      });
    },
    async cancel() {
      unwanted.abort();
      await findings;
    },
  };
}

async function findingsOf(steps: readonly Step[], signal: AbortSignal): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  try {
    const files = steps.map((step, index) => {
      const file = join(folder, String(index));
      writeFileSync(file, step.source, { mode: 0o600 });
      return file;
    });
    return findingsIn(await outputOf(['--norc', '-s', 'bash', '-S', 'warning', '-f', 'json1', '-e', left.join(','), ...files], signal));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What ShellCheck prints; it ends with 1 where it has something to say. Nothing where it is not there, or takes too long. */
function outputOf(args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('shellcheck', args, { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024, signal }, (_error, stdout) => resolve(stdout));
    child.stdin?.end();
  });
}

function findingsIn(stdout: string): readonly Finding[] {
  try {
    const answer = JSON.parse(stdout) as { readonly comments?: readonly Finding[] };
    return answer.comments ?? [];
  } catch {
    // an older one that does not speak this format, or one that died: it is an enrichment, so nothing is told
    return [];
  }
}
