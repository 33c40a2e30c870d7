// What ShellCheck finds in the shell steps of a runbook, where it is installed. It only reads. Its findings are warnings: ours
// are the rules of this house, these are good advice. Without it nothing is told, and nothing is missing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { locateInStep, type Runbook } from '@runbook/model';
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

/** Asks ShellCheck about all steps of a document at once. Steps that are no bash, or broken (told already), are left out. */
export function askShellcheck(runbook: Runbook, problems: readonly Problem[]): readonly Problem[] {
  const steps = runbook.steps.filter((step) => step.kind === 'shell' && step.language !== 'zsh' && step.interpreter === undefined && Object.keys(step.attributes).length > 0);
  if (steps.length === 0 || problems.some((problem) => problem.code === 'shell-syntax')) return [];
  const folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  try {
    const files = steps.map((step, index) => {
      const file = join(folder, String(index));
      writeFileSync(file, step.source, { mode: 0o600 });
      return file;
    });
    const { error, stdout } = spawnSync('shellcheck', ['--norc', '-s', 'bash', '-S', 'warning', '-f', 'json1', '-e', left.join(','), ...files], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
    if (error !== undefined) return [];
    const lines = indexLines(runbook.text);
    return findingsIn(stdout).flatMap(({ file, line, column, code, message }) => {
      const step = steps[Number(basename(file))];
      if (step === undefined) return [];
      const before = step.source.split('\n').slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
      const place = { file: runbook.file, ...locateInStep(lines, step)(before + column - 1) };
      return [makeReferenceProblem(place, { code: 'shellcheck', message: `SC${code}: ${message.replace(/\.$/, '')}`, hint: `See https://www.shellcheck.net/wiki/SC${code}.` })];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
