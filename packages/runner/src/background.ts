// Blocks that run beside the others: started in their place, watched between the steps that follow, ended with the run.
// Each is an attempt like any other, only that nobody waits for it.
import type { PlanStep } from '@runbook/model';
import { attemptBlock, type Attempt } from './attempt.ts';
import { endOf, limitOf, startAttempt, type StepEnd } from './ending.ts';
import type { Execution } from './execution.ts';
import { doneStates } from './memory.ts';
import { settleByPerson } from './write.ts';

/** The background blocks of one execution. */
export interface Background {
  /** Whether a block runs now. */
  isRunning(step: string): boolean;
  /** The block that runs, or has just ended, and that a gate is the `ready` of. */
  awaiting(gate: string): RunningBlock | undefined;
  /** Aborted when one has ended badly, so that nobody waits for what will not come. */
  readonly trouble: AbortSignal;
  /** Takes note of a block that runs. */
  add(step: PlanStep, attempt: Promise<Attempt>, stop: () => void): void;
  /** Blocks that have ended by themselves since this was last asked. @throws what kept one from being carried out */
  takeEnded(): readonly { readonly step: PlanStep; readonly attempt: Attempt }[];
  /** Whether there is one whose end nobody has taken note of. */
  readonly isAny: boolean;
  /** Ends those that still run, and waits for them. */
  stop(): Promise<readonly { readonly step: PlanStep; readonly attempt: Attempt }[]>;
}

/** A block that runs beside the others. */
export interface RunningBlock {
  readonly step: PlanStep;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
}

interface Running extends RunningBlock {
  readonly attempt: Promise<Attempt>;
  readonly stop: () => void;
  ended?: Attempt;
  error?: Error;
  /** Whether its end has been taken note of. */
  isTold: boolean;
}

/** Starts without any. */
export function createBackground(): Background {
  const blocks = new Map<string, Running>();
  let trouble = new AbortController();
  const untold = (): Running[] => [...blocks.values()].filter((block) => !block.isTold);
  return {
    get trouble() {
      return trouble.signal;
    },
    isRunning: (step) => blocks.has(step) && blocks.get(step)?.over.aborted === false,
    awaiting: (gate) => [...blocks.values()].find(({ step }) => step.ready === gate),
    add(step, attempt, stop) {
      const over = new AbortController();
      const block: Running = { step, attempt, stop, over: over.signal, isTold: false };
      blocks.set(step.id, block);
      const watch = async (): Promise<void> => {
        try {
          block.ended = await attempt;
        } catch (error) {
          block.error = error instanceof Error ? error : new Error(String(error));
        }
        over.abort();
        if (block.ended?.kind !== 'done') trouble.abort();
      };
      void watch();
    },
    takeEnded() {
      // whoever asks knows of it from here on, and may wait for other things
      if (trouble.signal.aborted) trouble = new AbortController();
      return untold().flatMap((block) => {
        if (block.error !== undefined) throw block.error;
        if (block.ended === undefined) return [];
        block.isTold = true;
        return [{ step: block.step, attempt: block.ended }];
      });
    },
    get isAny() {
      return untold().length > 0;
    },
    async stop() {
      const left = untold();
      for (const block of left) {
        block.isTold = true;
        if (block.ended === undefined) block.stop();
      }
      return Promise.all(left.map(async ({ step, attempt }) => ({ step, attempt: await attempt })));
    },
  };
}

/**
 * Starts a background block.
 * @returns its end where it does not run: withheld, cut off before by somebody, or ended at once; undefined where it runs.
 */
export async function startBackground(execution: Execution, step: PlanStep): Promise<StepEnd | undefined> {
  const { memory, options, background } = execution;
  const mayHaveHappened = step.effect === 'write' && options.mode !== 'dry-run' && memory.attempts(step.id) > 0;
  const settled = mayHaveHappened ? await settleByPerson(execution, step) : undefined;
  if (settled !== undefined) return settled;
  startAttempt(execution, step);
  const stop = new AbortController();
  let onStart: () => void = () => undefined;
  const started = new Promise<undefined>((resolve) => {
    onStart = () => resolve(undefined);
  });
  const attempt = attemptBlock(execution, step, { isVerifier: false, ...limitOf(step), beside: { signal: stop.signal, onStart } });
  const early = await Promise.race([started, attempt]);
  if (early !== undefined && early.kind === 'withheld') return endOf(execution, step, early);
  background.add(step, attempt, () => stop.abort());
  return undefined;
}

/** Whether a block that was ended with an earlier execution has to run again, because steps behind it are due. */
export function isNeededAgain({ plan, memory }: Execution, step: PlanStep): boolean {
  if (!step.background || !memory.isStopped(step.id)) return false;
  return plan.steps.slice(plan.steps.indexOf(step) + 1).some((later) => later.role === 'step' && !later.background && !doneStates.has(memory.state(later.id)));
}

/** Tells the blocks that have ended by themselves. @returns the first that failed, which ends the run */
export function reapBackground(execution: Execution): { readonly step: PlanStep; readonly end: StepEnd } | undefined {
  const ends = execution.background.takeEnded().map(({ step, attempt }) => ({ step, end: endOf(execution, step, attempt) }));
  for (const { step, end } of ends) execution.tell({ kind: 'step-ended', step: step.id, ...end });
  return ends.find(({ end }) => end.state !== 'passed');
}

/** Ends what still runs at the end of a run. That it was ended is no failure; how it ended by itself before is told as it is. */
export async function stopBackground(execution: Execution): Promise<void> {
  reapBackground(execution);
  // they are waited for
  if (execution.background.isAny) execution.settle();
  for (const { step, attempt } of await execution.background.stop()) {
    const end = endOf(execution, step, attempt);
    const wasStopped = attempt.kind === 'cut-off' && attempt.why === 'aborted';
    const { tail: _, reason: __, ...rest } = end;
    execution.tell({ kind: 'step-ended', step: step.id, ...(wasStopped ? { ...rest, state: 'passed', reason: 'ended with the run', stopped: true } : end) });
  }
}
