// Tells a program of the person's choice when a run waits or is over (`--notify`). The program gets no shell and no arguments:
// what happened is in its environment and, as JSON, on its standard input. Whatever becomes of it, the run goes on.
import { spawn } from 'node:child_process';
import type { RunEvent } from '@runbook/model';

/** What a notice is about. */
type Occasion = 'gate-opened' | 'gate-met' | 'person-needed' | 'run-ended';

/** What the program gets. */
interface Notice {
  readonly occasion: Occasion;
  readonly run: string;
  readonly runbook: string;
  readonly step?: string;
  readonly message: string;
}

/** Something that hears of events. */
export interface Notifier {
  event(event: RunEvent): void;
  /** Waits for programs that still run. */
  close(): Promise<void>;
}

/** What a notifier needs. */
export interface NotifierOptions {
  readonly program: string;
  readonly run: string;
  readonly runbook: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of the steps that a person does. */
  readonly manual: ReadonlySet<string>;
  /** Hides secrets. */
  readonly redact: (text: string) => string;
  /** Told when the program fails. */
  readonly onFailure: (why: string) => void;
}

/** How long the program may take. Milliseconds. */
const patience = 10_000;

/** Starts a notifier. */
export function createNotifier(options: NotifierOptions): Notifier {
  const open = new Set<string>();
  const running = new Set<Promise<void>>(); // few: a run has a few such moments
  const tell = (occasion: Occasion, message: string, step?: string): void => {
    const notice = { occasion, run: options.run, runbook: options.runbook, ...(step === undefined ? {} : { step }), message: options.redact(message) };
    running.add(call(options, notice));
  };
  return {
    event(event) {
      if (event.kind === 'gate-waiting' && !open.has(event.step)) {
        open.add(event.step);
        tell('gate-opened', `${event.step} waits until ${new Date(event.deadline).toISOString()}${event.answer === undefined ? '' : `: ${event.answer}`}`, event.step);
      } else if (event.kind === 'step-started' && options.manual.has(event.step)) tell('person-needed', `${event.step} waits for a person`, event.step);
      else if (event.kind === 'step-ended' && open.delete(event.step) && event.state !== 'waiting') tell('gate-met', `${event.step} is ${event.state}${event.reason === undefined ? '' : `: ${event.reason}`}`, event.step);
      else if (event.kind === 'step-ended' && event.state === 'interrupted') tell('person-needed', `${event.step}: ${event.reason ?? 'interrupted'}`, event.step);
      else if (event.kind === 'run-ended') tell('run-ended', `the run is ${event.state}${event.reason === undefined ? '' : `: ${event.reason}`}`);
    },
    async close() {
      await Promise.all(running);
    },
  };
}

function call({ program, env, onFailure }: NotifierOptions, notice: Notice): Promise<void> {
  return new Promise((resolve) => {
    const own = { RUNBOOK_OCCASION: notice.occasion, RUNBOOK_RUN: notice.run, RUNBOOK_FILE: notice.runbook, RUNBOOK_STEP: notice.step ?? '', RUNBOOK_MESSAGE: notice.message };
    const child = spawn(program, [], { env: { ...env, ...own }, stdio: ['pipe', 'ignore', 'ignore'] });
    // not spawn's own timeout: where the program cannot be started, that one would keep this process waiting all the same
    const timer = setTimeout(() => child.kill(), patience);
    const fail = (why: string): void => onFailure(`--notify ${program}: ${why}`);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
      resolve();
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== null) fail(`was ended by ${signal} (it may take ${patience / 1000} s)`);
      else if (code !== null && code > 0) fail(`ended with ${code}`);
      resolve();
    });
    child.stdin.on('error', () => undefined); // a program that reads nothing may be gone already
    child.stdin.end(`${JSON.stringify(notice)}\n`);
  });
}
