// Where the display's lines go: to a stream as they are, or above a live region. Both hold back while a question is asked.
import { createLiveRegion, type TerminalStream } from './live-region.ts';

/** Takes lines. After `close` they are written as they are. */
export interface Screen {
  readonly isLive: boolean;
  /** Writes lines; `soon` may wait for the next frame. */
  write(lines: readonly string[], when: 'now' | 'soon'): void;
  suspend(): void;
  resume(): void;
  close(lines: readonly string[]): void;
}

/** What a live screen needs. */
export interface LiveScreenOptions {
  readonly out: TerminalStream;
  /** Whether to draw by a timer, too. */
  readonly tick: boolean;
  /** The lines of the region in a frame; frames are counted. */
  readonly region: (frame: number) => readonly string[];
}

const frameMs = 100;
/** More lines than this are not held for the next frame. */
const mostHeld = 500;

/** Lines as they are, at once. */
export function createPlainScreen(out: TerminalStream): Screen {
  let held: string[] = [];
  let isSuspended = false;
  const write = (lines: readonly string[]): void => {
    held.push(...lines);
    if (isSuspended || held.length === 0) return;
    out.write(held.map((line) => `${line}\n`).join(''));
    held = [];
  };
  const go = (lines: readonly string[]): void => {
    isSuspended = false;
    write(lines);
  };
  return { isLive: false, write, suspend: () => void (isSuspended = true), resume: () => go([]), close: go };
}

/** Lines above a region that is drawn anew with them, and by a timer where it ticks. The timer keeps no process alive. */
export function createLiveScreen({ out, tick, region: regionOf }: LiveScreenOptions): Screen {
  const region = createLiveRegion(out);
  let state: 'idle' | 'live' | 'suspended' | 'closed' = 'idle';
  let held: string[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const draw = (): void => {
    const lines = held;
    held = [];
    region.draw(lines, regionOf(frame));
  };
  const beat = (): void => {
    frame += 1;
    draw();
  };
  const start = (): void => {
    state = 'live';
    out.on?.('resize', draw);
    process.once('exit', leave);
    if (tick) timer = setInterval(beat, frameMs).unref();
  };
  const stop = (next: 'suspended' | 'closed', lines: readonly string[]): void => {
    if (state === 'live') {
      out.off?.('resize', draw);
      process.off('exit', leave);
    }
    clearInterval(timer);
    state = next;
    const rest = [...held, ...lines];
    held = [];
    region.clear(rest);
  };
  /** A process that ends in the middle still gives the cursor back. */
  const leave = (): void => stop('closed', []);
  return {
    isLive: true,
    write(lines, when) {
      held.push(...lines);
      if (state === 'suspended') return;
      if (state === 'closed') return stop('closed', []);
      if (state === 'idle') start();
      if (!tick || when === 'now' || held.length > mostHeld) draw();
    },
    suspend() {
      if (state !== 'closed' && state !== 'suspended') stop('suspended', []);
    },
    resume() {
      if (state !== 'suspended') return;
      start();
      draw();
    },
    close: (lines) => stop('closed', lines),
  };
}
