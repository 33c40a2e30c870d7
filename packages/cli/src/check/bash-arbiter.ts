// Bash has the last word on what is valid shell: our parser may take what it refuses.
// `bash -n` only reads, it executes nothing. It is asked once for a whole document, while others look at it, and step by step only
// where something is wrong.
import { spawn } from 'node:child_process';
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

/** What bash is asked, and not waited for yet. */
export interface BashAnswer {
  /**
   * What bash refuses of the steps that our parser took. What the parser refused stays refused: where bash is
   * milder, the text is one that nobody means (an empty `[[ ]]`). Without bash on the PATH nothing is told.
   * @param problems of the document, which name the steps that are refused already.
   */
  problems(problems: readonly Problem[]): Promise<readonly Problem[]>;
}

/** Asks bash about all steps of a document at once. */
export function askBash(runbook: Runbook): BashAnswer {
  const steps = runbook.steps.filter((step) => step.kind === 'shell' && step.language !== 'zsh' && step.interpreter === undefined);
  const whole = steps.length === 0 ? Promise.resolve('valid' as const) : readByBash(sourceOf(steps));
  // told by whoever waits for it; another part of the check may fail before that
  whole.catch(() => undefined);
  return {
    async problems(problems) {
      const first = await whole;
      if (first === 'valid' || first === 'absent') return [];
      const taken = steps.filter((step) => !problems.some((problem) => problem.code === 'shell-syntax' && isIn(step, problem)));
      if (taken.length < steps.length && (await readByBash(sourceOf(taken))) === 'valid') return [];
      const lines = indexLines(runbook.text);
      const found: Problem[] = [];
      // one after another: a document may have thousands
      for (const step of taken) found.push(...(await faultIn(runbook.file, step, lines)));
      return found;
    },
  };
}

function sourceOf(steps: readonly Step[]): string {
  return steps.map((step) => step.source).join('\n');
}

async function faultIn(file: string, step: Step, lines: ReturnType<typeof indexLines>): Promise<Problem[]> {
  const fault = await readByBash(step.source);
  if (typeof fault === 'string') return [];
  const rows = step.source.split('\n');
  const offset = rows.slice(0, Math.min(fault.line, rows.length) - 1).reduce((sum, row) => sum + row.length + 1, 0);
  return [makeLintProblem('shell-syntax', { file, ...locateInStep(lines, step)(offset) }, `this is not valid shell: ${fault.message}`, 'Correct the command.')];
}

function isIn(step: Step, { line }: Problem): boolean {
  return line >= step.codeLine && line <= step.codeLine + step.source.split('\n').length;
}

async function readByBash(source: string): Promise<Fault | 'valid' | 'unknown' | 'absent'> {
  // a file, because only then bash tells the line: standard input is a socket here, and an argument would stand in the process list
  const folder = mkdtempSync(join(tmpdir(), 'runbook-check-'));
  try {
    const file = join(folder, 'block');
    writeFileSync(file, source, { mode: 0o600 });
    const { status, stderr } = await bashOn(file);
    if (typeof status !== 'number') return status ?? 'unknown';
    // bash reads on behind a broken `[[ … ]]` and ends well, but says so; a warning (a here-document without end) is no fault
    const said = /: line (\d+): (?!warning:)(.*)$/m.exec(stderr);
    if (said === null) return status === 0 ? 'valid' : 'unknown';
    return { line: Number(said[1]), message: said[2] ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How bash ends, and what it says; no status where it takes too long. */
function bashOn(file: string): Promise<{ readonly status: number | 'absent' | null; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['--norc', '--noprofile', '-n', file], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' }, timeout: 10_000 });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', () => resolve({ status: 'absent', stderr }));
    child.once('close', (status) => resolve({ status, stderr }));
  });
}
