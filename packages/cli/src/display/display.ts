// What a run looks like while it goes: in a terminal a live region below the output, elsewhere plain lines.
// It shows what it is told and decides nothing; every text it gets is already redacted, and is made safe here.
import type { Plan, RunEvent } from '@runbook/model';
import { oneLine, safeLines, type Palette } from '@runbook/render';
import { eventLines, waitingLine } from './event-line.ts';
import { createFloodGate } from './flood.ts';
import { columnsOf, rowsOf, type TerminalStream } from './live-region.ts';
import { createOutputLines } from './output-lines.ts';
import { createProgress, type Progress, type Waiting } from './progress.ts';
import { regionLines } from './region.ts';
import { createLiveScreen, createPlainScreen } from './screen.ts';

/** How a run is shown. After `close` everything is written as plain lines. */
export interface Display {
  /** Shows an event of the run. */
  event(event: RunEvent): void;
  /** Shows a piece of a step's output; of a flood only some. */
  output(step: string, piece: string | Buffer): void;
  /** Shows what a step is doing, or what a gate waits for, just now. */
  progress(step: string, text: string): void;
  /** Writes a text of our own above the region. */
  note(text: string): void;
  /** Takes the region away and holds everything back, so that a question can be asked. */
  suspend(): void;
  /** Goes on after `suspend` and writes what was held back. */
  resume(): void;
  /** Takes the region away and gives the terminal back. Safe to call twice, and from an exit handler. */
  close(): void;
}

/** What a display needs. */
export interface DisplayOptions {
  readonly out: TerminalStream;
  readonly plan: Plan;
  readonly palette: Palette;
  /** The run's clock, milliseconds since 1970: virtual in a rehearsal. */
  readonly now: () => number;
  /** Whether the region moves by itself. Without it the region is drawn at each call only. */
  readonly tick: boolean;
  /** Whether to draw a live region; by default when `out` is a terminal. */
  readonly live?: boolean;
  /** Events of earlier executions of a resumed run: they set the states and are not shown again. */
  readonly past?: readonly RunEvent[];
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
/** Without a live region, an unchanged wait is told again after this much of the run's time. */
const repeatWaitMs = 300_000;

/** Starts a display. Nothing is written before the first call. */
export function createDisplay(options: DisplayOptions): Display {
  const { out, plan, palette, past = [] } = options;
  const progress = createProgress(plan);
  for (const event of past) progress.add(event);
  const output = createOutputLines();
  const gate = createFloodGate(() => process.uptime() * 1000);
  const region = (frame: number): string[] => drawRegion(options, progress, output.partial(progress.current()?.step.id ?? ''), frame);
  const screen = (options.live ?? out.isTTY === true) ? createLiveScreen({ out, tick: options.tick, region }) : createPlainScreen(out);
  const waits = new Map<string, Waiting>();
  const shown = (step: string, lines: readonly string[]): string[] => {
    const name = step === (progress.current()?.step.id ?? step) ? '' : `${oneLine(step)}: `;
    return lines.map((line) => `${palette.dim(`│ ${name}`)}${line}`);
  };
  const flush = (step: string): string[] => shown(step, [...output.push(step, gate.end(step)), ...output.flush(step)]);
  return {
    event(event) {
      const rest = event.kind === 'step-ended' ? flush(event.step) : [];
      progress.add(event);
      const view = 'step' in event ? progress.find(event.step) : undefined;
      const wait = event.kind === 'gate-waiting' && !screen.isLive && isNews(event, waits) ? [waitingLine(event, view?.said)] : [];
      screen.write([...rest, ...eventLines(event, { view, total: progress.total, palette }), ...wait], 'now');
    },
    output(step, piece) {
      const lines = shown(step, output.push(step, gate.pass(step, piece)));
      screen.write(lines, 'soon');
    },
    progress(step, text) {
      const isNew = progress.find(step)?.said !== text;
      progress.say(step, text);
      screen.write(screen.isLive || !isNew ? [] : [`   ${oneLine(text)}`], 'soon');
    },
    note(text) {
      screen.write(safeLines(text), 'now');
    },
    suspend: () => screen.suspend(),
    resume: () => screen.resume(),
    close: () => screen.close(output.steps().flatMap(flush)),
  };
}

function drawRegion({ out, plan, palette, now }: DisplayOptions, progress: Progress, partial: string, frame: number): string[] {
  return regionLines({
    progress,
    file: plan.runbook.file,
    now: now(),
    columns: columnsOf(out),
    rows: rowsOf(out),
    spinner: spinner[frame % spinner.length] ?? spinner[0],
    partial,
    palette,
  });
}

/** Whether a wait says something that the last line of it did not. */
function isNews(event: Waiting, waits: Map<string, Waiting>): boolean {
  const last = waits.get(event.step);
  if (last !== undefined && last.answer === event.answer && last.deadline === event.deadline && event.at - last.at < repeatWaitMs) return false;
  waits.set(event.step, event);
  return true;
}
