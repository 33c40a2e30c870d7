// How the state of a step or a run looks: its mark, its word and its colour. Never one for another (DESIGN §4).
import type { RunState, StepState } from '@runbook/model';
import type { Paint, Palette } from './palette.ts';

interface Look {
  /** One column wide. */
  readonly mark: string;
  readonly word: string;
  readonly colour: keyof Palette;
}

/** In the order in which a summary counts them. */
const looks: Readonly<Record<StepState, Look>> = {
  passed: { mark: '✓', word: 'passed', colour: 'green' },
  skipped: { mark: '=', word: 'skipped', colour: 'green' },
  'not-needed': { mark: '·', word: 'not needed', colour: 'dim' },
  'not-selected': { mark: '·', word: 'not selected', colour: 'dim' },
  withheld: { mark: '∅', word: 'withheld', colour: 'yellow' },
  unreachable: { mark: '?', word: 'unreachable', colour: 'magenta' },
  declined: { mark: '⊘', word: 'declined', colour: 'yellow' },
  waiting: { mark: '…', word: 'waiting', colour: 'cyan' },
  running: { mark: '●', word: 'running', colour: 'cyan' },
  failed: { mark: '✗', word: 'failed', colour: 'red' },
  interrupted: { mark: '!', word: 'interrupted', colour: 'red' },
  cancelled: { mark: '×', word: 'cancelled', colour: 'red' },
  undone: { mark: '↶', word: 'undone', colour: 'yellow' },
  'not-reached': { mark: '-', word: 'not reached', colour: 'dim' },
  pending: { mark: '○', word: 'pending', colour: 'dim' },
};

const runColours: Readonly<Record<RunState, keyof Palette>> = {
  running: 'cyan',
  waiting: 'cyan',
  passed: 'green',
  rehearsed: 'green',
  dry: 'green',
  failed: 'red',
  interrupted: 'red',
  cancelled: 'red',
};

/** What each state says of a step, for readers of a report. */
export const stateMeanings: Readonly<Record<StepState, string>> = {
  passed: 'it was done, and succeeded',
  skipped: 'it was not begun: its verifier found it done',
  'not-needed': 'its condition did not hold, or nothing called for it',
  'not-selected': 'the run was asked for other steps',
  withheld: 'it would have written, and was held back',
  unreachable: 'it depends on something that was held back',
  declined: 'a person said no',
  waiting: 'it waits for a person or a gate',
  running: 'it is being done',
  failed: 'it was begun, and did not succeed',
  interrupted: 'it was cut off; whether it happened is not known',
  cancelled: 'it was stopped when the run was ended',
  undone: 'it was done, and taken back',
  'not-reached': 'the run ended before it',
  pending: 'it is still to come',
};

/** A sign of one column for a state, never the only difference between two states. */
export function stateMark(state: StepState): string {
  return looks[state].mark;
}

/** The state in words for people, for example `not reached`. */
export function stateWord(state: StepState): string {
  return looks[state].word;
}

/** The colour of a state. */
export function statePaint(state: StepState, palette: Palette): Paint {
  return palette[looks[state].colour];
}

/** The colour of a run's state. */
export function runPaint(state: RunState, palette: Palette): Paint {
  return palette[runColours[state]];
}

/** `9 passed, 1 failed, 2 not reached`: every state that occurs, by its own name. */
export function countStates(counts: Readonly<Partial<Record<StepState, number>>>): string {
  const parts = stateOrder.filter((state) => (counts[state] ?? 0) > 0).map((state) => `${counts[state]} ${stateWord(state)}`);
  return parts.length === 0 ? 'no steps' : parts.join(', ');
}

const stateOrder: readonly StepState[] = [
  'passed',
  'skipped',
  'not-needed',
  'not-selected',
  'withheld',
  'unreachable',
  'declined',
  'waiting',
  'running',
  'failed',
  'interrupted',
  'cancelled',
  'undone',
  'not-reached',
  'pending',
];
