// `runbook logs RUN [STEP]`: the output of a step as it was, or as it comes. It streams: a log may be larger than the memory.
import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as pause } from 'node:timers/promises';
import { safeText } from '@runbook/access';
import { nearest } from '@runbook/problem';
import { layOutRows, oneLine, stateWord, type Cell } from '@runbook/render';
import { readJournal } from '@runbook/runner';
import { print, say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { isLog, logFile } from '../stored-log.ts';
import { recallRun, type RecalledRun } from '../stored-run.ts';

/** The flags of `logs`. */
export interface LogFlags {
  readonly follow?: boolean;
  readonly lines?: string;
}

/** How often a log that is followed is looked at. Milliseconds. */
const lookEveryMs = 200;

/** Shows a log, or without a step lists those that there are. At a terminal, control characters of the output are shown and not obeyed. */
export async function logs(id: string, step: string | undefined, { follow, lines }: LogFlags): Promise<number> {
  if (lines !== undefined && !/^[1-9]\d{0,6}$/.test(lines)) throw new UsageError(`--lines ${lines}: expected a number from 1.`);
  const run = recallRun(id);
  if (step === undefined) {
    if (follow === true || lines !== undefined) throw new UsageError(`${follow === true ? '--follow' : '--lines'} needs a step: runbook logs ${run.folder.id} STEP. runbook logs ${run.folder.id} lists them.`);
    return listLogs(run);
  }
  const found = run.report.steps.find((candidate) => candidate.id === step);
  if (found === undefined) {
    const ids = run.report.steps.map((candidate) => candidate.id);
    const near = nearest(step, ids);
    throw new UsageError(`${run.folder.id} has no step ${step}${near === undefined ? '.' : `; did you mean ${near}?`} Its steps are: ${ids.join(', ')}.`);
  }
  const file = logFile(run.folder, found);
  if (follow !== true && !isLog(file)) {
    say(`${step} has no log: it is ${found.state}.`);
    return exitCodes.done;
  }
  let offset = lines === undefined || !isLog(file) ? 0 : lastLinesAt(file, Number(lines));
  const write = createWriter();
  for (;;) {
    // asked before reading: what was written until then is shown
    const isOver = follow !== true || !isGoingOn(run, step);
    if (isLog(file)) offset = await copy(file, offset, write);
    if (isOver) return exitCodes.done;
    await pause(lookEveryMs);
  }
}

/** The steps that have said something, with how much. */
function listLogs({ folder, report }: RecalledRun): number {
  const rows = report.steps.flatMap((step): Cell[][] => {
    const file = logFile(folder, step);
    return isLog(file) ? [[{ text: oneLine(step.id) }, { text: stateWord(step.state) }, { text: `${statSync(file).size} bytes` }]] : [];
  });
  if (rows.length === 0) say(`No step of ${folder.id} has a log.`);
  else print(layOutRows(rows, [{}, {}, { align: 'right' }], Infinity).join('\n'));
  return exitCodes.done;
}

/** Whether more of the step's output may come: it has not ended, and neither has the run. */
function isGoingOn({ folder }: RecalledRun, step: string): boolean {
  const events = readJournal(folder.journal);
  const last = events.findLast((event) => event.kind === 'run-ended' || event.kind === 'owned' || (event.kind === 'step-ended' && event.step === step) || (event.kind === 'step-started' && event.step === step));
  return last === undefined || last.kind === 'owned' || last.kind === 'step-started';
}

function createWriter(): (chunk: Buffer) => Promise<void> {
  const decoder = new StringDecoder('utf8');
  const isTerminal = process.stdout.isTTY === true;
  return async (chunk) => {
    if (process.stdout.write(isTerminal ? safeText(decoder.write(chunk)) : chunk)) return;
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  };
}

async function copy(file: string, from: number, write: (chunk: Buffer) => Promise<void>): Promise<number> {
  let offset = from;
  for await (const chunk of createReadStream(file, { start: from })) {
    const bytes = chunk as Buffer;
    offset += bytes.length;
    await write(bytes);
  }
  return offset;
}

/** Where the last lines of a file begin, found from its end. */
function lastLinesAt(file: string, lines: number): number {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const piece = Buffer.alloc(65_536);
    let wanted = lines;
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - piece.length);
      const length = readSync(fd, piece, 0, end - start, start);
      for (let at = length - 1; at >= 0; at -= 1) {
        // the line feed at the very end ends the last line and begins none
        if (piece[at] !== 10 || start + at === size - 1) continue;
        wanted -= 1;
        if (wanted === 0) return start + at + 1;
      }
      end = start;
    }
    return 0;
  } finally {
    closeSync(fd);
  }
}
