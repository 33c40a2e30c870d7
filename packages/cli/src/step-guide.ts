// Going step by step: shows what the next step will do, with the values it will have, and asks what to do with it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Redactor } from '@runbook/access';
import type { PlanStep } from '@runbook/model';
import { effectPaint, kindWord, oneLine, safeLines } from '@runbook/render';
import type { StepAnswer, StepPreview } from '@runbook/runner';
import { say, stderrStyle } from './console.ts';
import { closed, thisPerson, type Stage } from './people.ts';

/** As many last lines of a log are shown. */
const shownLines = 40;

/** Makes what asks before each step. @param runFolder where logs lie */
export function stepGuide(stage: Stage, runFolder: string, redactor: Redactor): (step: PlanStep, preview: StepPreview) => Promise<StepAnswer> {
  return async (step, preview) => {
    stage.suspend();
    const line = createInterface({ input: process.stdin, output: process.stderr });
    const ask = (question: string): Promise<string | undefined> => Promise.race([line.question(question), closed(line)]);
    try {
      say(redactor.redact(describe(step, preview)));
      for (;;) {
        const answer = (await ask('  [g]o on, [s]kip, [l]og of the step before, [q]uit? '))?.trim().toLowerCase();
        if (answer === undefined || answer === 'q' || answer === 'quit') return { kind: 'stop' };
        if (answer === 'g' || answer === 'go' || answer === 'y') return { kind: 'go' };
        if (answer === 'l' || answer === 'log') showLog(runFolder, preview.lastLog);
        if (answer !== 's' && answer !== 'skip') continue;
        const reason = (await ask('  Why is it skipped? '))?.trim();
        if (reason === undefined) return { kind: 'stop' };
        if (reason !== '') return { kind: 'skip', reason: redactor.redact(reason), by: thisPerson() };
        say('  A reason is recorded with it; without one it is not skipped.');
      }
    } finally {
      line.close();
      stage.resume();
    }
  };
}

/** The step as it will run. */
function describe(step: PlanStep, { values, secrets }: StepPreview): string {
  const { palette } = stderrStyle();
  const head = `\n${palette.bold(`Next: ${oneLine(step.id)}`)} ${effectPaint(step, palette)(`[${step.effect}]`)} ${kindWord(step)}, line ${step.line}${step.scope === undefined ? '' : ' of the included document'}`;
  const given = Object.entries(values).map(([name, value]) => `  ${name} = ${oneLine(typeof value === 'string' ? value : JSON.stringify(value))}`);
  const hidden = secrets.map((name) => `  ${name} = (secret)`);
  return [head, ...given, ...hidden, ...safeLines(step.source.replace(/\n$/, '')).map((row) => palette.dim(`  │ ${row}`))].join('\n');
}

/** The last part of a file, which may be large. */
function endOf(file: string): string {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, 65_536));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

function showLog(runFolder: string, log: string | undefined): void {
  if (log === undefined) return say('  No step has written a log yet.');
  const rows = safeLines(endOf(join(runFolder, log)).replace(/\n$/, ''));
  const { palette } = stderrStyle();
  if (rows.length > shownLines) say(palette.dim(`  … more above, in ${log}`));
  say(rows.slice(-shownLines).map((row) => palette.dim(`  │ ${row}`)).join('\n'));
}
