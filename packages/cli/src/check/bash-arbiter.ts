// Bash has the last word on what is valid shell: our parser may take what it refuses.
// `bash -n` only reads, it executes nothing. It is asked once for a whole document, and step by step only where something is wrong.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateInStep, type Runbook, type Step } from '@runbook/model';
import { indexLines, type Problem } from '@runbook/problem';
import { makeLintProblem } from '@runbook/lint';

/** What bash says of a text: nothing where it is valid. */
interface Fault {
  /** 1-based line of the text. */
  readonly line: number;
  readonly message: string;
}

/**
 * What bash refuses of the steps that our parser took. What the parser refused stays refused: where bash is
 * milder, the text is one that nobody means (an empty `[[ ]]`). Without bash on the PATH nothing is told.
 * @param problems of the document, which name the steps that are refused already.
 */
export function askBash(runbook: Runbook, problems: readonly Problem[]): readonly Problem[] {
  const steps = runbook.steps.filter((step) => step.kind === 'shell' && step.language !== 'zsh' && step.interpreter === undefined);
  const taken = steps.filter((step) => !problems.some((problem) => problem.code === 'shell-syntax' && isIn(step, problem)));
  if (taken.length === 0 || readByBash(taken.map((step) => step.source).join('\n')) === 'valid') return [];
  const lines = indexLines(runbook.text);
  return taken.flatMap((step) => faultIn(runbook.file, step, lines));
}

function faultIn(file: string, step: Step, lines: ReturnType<typeof indexLines>): Problem[] {
  const fault = readByBash(step.source);
  if (fault === 'valid' || fault === 'unknown') return [];
  const rows = step.source.split('\n');
  const offset = rows.slice(0, Math.min(fault.line, rows.length) - 1).reduce((sum, row) => sum + row.length + 1, 0);
  return [makeLintProblem('shell-syntax', { file, ...locateInStep(lines, step)(offset) }, `this is not valid shell: ${fault.message}`, 'Correct the command.')];
}

function isIn(step: Step, { line }: Problem): boolean {
  return line >= step.codeLine && line <= step.codeLine + step.source.split('\n').length;
}

function readByBash(source: string): Fault | 'valid' | 'unknown' {
  // a file, because only then bash tells the line: standard input is a socket here, and an argument would stand in the process list
  const folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  try {
    const file = join(folder, 'block');
    writeFileSync(file, source, { mode: 0o600 });
    const { status, stderr, error } = spawnSync('bash', ['--norc', '--noprofile', '-n', file], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }, timeout: 10_000 });
    if (error !== undefined || status === null) return 'unknown';
    // bash reads on behind a broken `[[ … ]]` and ends well, but says so; a warning (a here-document without end) is no fault
    const said = /: line (\d+): (?!warning:)(.*)$/m.exec(stderr);
    if (said === null) return status === 0 ? 'valid' : 'unknown';
    return { line: Number(said[1]), message: said[2] ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
