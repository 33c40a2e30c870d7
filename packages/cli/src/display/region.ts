// The lines of the live region: how far the run is, the steps around the present one, and what is waited for.
// Pure: everything comes in, lines that fit the terminal go out.
import { clipText, formatDuration, oneLine, stateMark, statePaint, textWidth, type Paint, type Palette } from '@runbook/render';
import type { Progress, StepView } from './progress.ts';

/** What the region is drawn from. */
export interface RegionInput {
  readonly progress: Progress;
  readonly file: string;
  /** Milliseconds of the run's clock. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  /** Sign of the running step. */
  readonly spinner: string;
  /** Output without a line end so far. */
  readonly partial: string;
  readonly palette: Palette;
}

const mostSteps = 10;

/** The region, never higher than the terminal less two rows and never wider than it less one column. */
export function regionLines(input: RegionInput): string[] {
  const width = Math.max(1, input.columns - 1);
  const budget = Math.max(1, input.rows - 2);
  const { progress, palette } = input;
  const views = progress.list();
  const current = progress.current();
  const header = headerLine(input, views, width);
  if (budget < 4) return [current === undefined ? header : stepLine(current, input, width)];
  const partial = input.partial === '' ? [] : [line(width, ['│ ', palette.dim], [input.partial])];
  const waiting = current === undefined ? [] : waitingLines(current, input, width);
  const room = Math.max(1, Math.min(mostSteps, budget - 1 - partial.length - waiting.length));
  const { shown, before, after } = windowAround(views, current, room);
  const steps = shown.flatMap((view) => [stepLine(view, input, width), ...(view === current ? waiting : [])]);
  const above = before === 0 ? [] : [line(width, [`   … ${before} before`, palette.dim])];
  const below = after === 0 ? [] : [line(width, [`   … ${after} more`, palette.dim])];
  return [...partial, header, ...above, ...steps, ...below].slice(0, budget);
}

/** `── 5 of 17 done  14m 02s  release.md ──────`; what matters most stands first, for narrow terminals. */
function headerLine(input: RegionInput, views: readonly StepView[], width: number): string {
  const { progress, now, palette } = input;
  const done = views.filter((view) => view.number !== undefined && view.state !== 'pending' && view.state !== 'running').length;
  const started = progress.startedAt();
  const elapsed = started === undefined ? '' : `  ${formatDuration(now - started)}`;
  const text = ` ${done} of ${progress.total} done${elapsed}  ${oneLine(input.file)} `;
  return line(width, ['──', palette.dim], [text], ['─'.repeat(Math.max(0, width - 2 - textWidth(text))), palette.dim]);
}

function stepLine(view: StepView, input: RegionInput, width: number): string {
  const { palette, now, spinner } = input;
  const isRunning = view.state === 'running';
  const paint = statePaint(view.state, palette);
  const end = view.endedAt ?? now;
  const took = view.startedAt === undefined ? '' : `  ${formatDuration(end - view.startedAt)}`;
  const effect = view.step.effect === 'write' ? ' (write)' : '';
  const attempt = isRunning && view.attempt > 1 ? `, attempt ${view.attempt}` : '';
  const namePaint = isRunning ? palette.bold : view.state === 'pending' ? palette.dim : undefined;
  const mark = ` ${isRunning ? spinner : stateMark(view.state)} `;
  return line(width, [mark, paint], [oneLine(view.step.id), namePaint], [effect, palette.yellow], [took + attempt, palette.dim]);
}

/** What a gate waits for, its last answer, the next try and the deadline; or what a step says it is doing. */
function waitingLines(view: StepView, input: RegionInput, width: number): string[] {
  const { waiting, said } = view;
  const { now, palette } = input;
  const lines = said === undefined || said === waiting?.answer ? [] : [line(width, [`   ${oneLine(said)}`, palette.cyan])];
  if (waiting === undefined) return lines;
  const answer = waiting.answer === undefined ? [] : [line(width, [`   last answer: ${oneLine(waiting.answer)}`, palette.cyan])];
  const when = waiting.next > now ? `next try in ${formatDuration(waiting.next - now)}` : 'trying now';
  return [...lines, ...answer, line(width, [`   try ${waiting.attempt}, ${when}, deadline in ${formatDuration(waiting.deadline - now)}`, palette.dim])];
}

interface Window {
  readonly shown: readonly StepView[];
  /** How many steps are left out on each side, where there is a row to say so. */
  readonly before: number;
  readonly after: number;
}

/** The steps around the current one in at most `room` rows, the rows that say what is left out included. */
function windowAround(views: readonly StepView[], current: StepView | undefined, room: number): Window {
  const count = views.length;
  if (count <= room) return { shown: views, before: 0, after: 0 };
  const focus = focusOf(views, current);
  if (room < 3) return { shown: views.slice(focus, focus + room), before: 0, after: 0 };
  const size = room - 2;
  const start = Math.min(Math.max(0, focus - Math.floor(size / 3)), count - size);
  const from = start + size === count ? start - 1 : start; // a row that says nothing is left out shows a step instead
  const to = start === 0 ? size + 1 : start + size;
  return { shown: views.slice(from, to), before: from, after: count - to };
}

function focusOf(views: readonly StepView[], current: StepView | undefined): number {
  const found = current === undefined ? -1 : views.indexOf(current);
  if (found !== -1) return found;
  const pending = views.findIndex((view) => view.state === 'pending');
  return pending === -1 ? views.length - 1 : pending;
}

/** Pieces of a line, cut to the width before they are painted. */
function line(width: number, ...pieces: readonly (readonly [string, (Paint | undefined)?])[]): string {
  let room = width;
  let out = '';
  for (const [text, paint] of pieces) {
    const cut = clipText(text, room);
    room -= textWidth(cut);
    out += paint === undefined || cut === '' ? cut : paint(cut);
  }
  return out;
}
