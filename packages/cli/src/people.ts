// Who can be asked: the person at the terminal, the world's people in a rehearsal, or nobody.
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { safeText } from '@runbook/access';
import { UsageError } from './exit.ts';
import type { Finding, Person, PlanStep } from '@runbook/model';
import type { People, Settlement, Tick } from '@runbook/runner';

/** What the terminal needs around a question. */
export interface Stage {
  suspend(): void;
  resume(): void;
}

/** Nobody: no terminal, no rehearsal. A question stays open. */
export const nobody: People = { confirm: () => Promise.resolve(undefined), tick: () => Promise.resolve(undefined), settle: () => Promise.resolve(undefined) };

/** The world's people, who tick everything in a rehearsal with `--yes`. */
export const worldPeople: People = {
  // whether something happened that was cut off in the middle is nothing they could know: the question stays open
  confirm: () => Promise.resolve(undefined),
  tick: () => Promise.resolve({ decision: 'approve', by: { name: 'rehearsal:alice', verified: 'rehearsal' } }),
  settle: () => Promise.resolve(undefined),
};

/** The person who calls, as the system knows them. */
export function thisPerson(): Person {
  return { name: userInfo().username, verified: 'os' };
}

/** People to whom somebody has said beforehand what became of writes. */
export function informed(people: People, findings: ReadonlyMap<string, Finding>): People {
  return {
    ...people,
    settle: (step) => {
      const found = findings.get(step.id);
      return found === undefined ? people.settle(step) : Promise.resolve({ found, by: thisPerson() });
    },
  };
}

/** True when a person can be asked. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && (process.env['CI'] ?? '') === '';
}

/** @throws UsageError (2) where nobody can be asked. */
export function insistOnTerminal(): void {
  if (!hasTerminal()) throw new UsageError('--step asks before each step, and nobody is here to answer: it needs a terminal.');
}

/** The person at the terminal. */
export function terminalPeople(stage: Stage): People {
  const ask = async (question: string, signal?: AbortSignal): Promise<string | undefined> => {
    stage.suspend();
    const line = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await Promise.race([line.question(question, signal === undefined ? {} : { signal }), closed(line)]);
    } catch (error) {
      if (signal?.aborted === true) return undefined;
      throw error;
    } finally {
      line.close();
      stage.resume();
    }
  };
  return {
    async confirm(question) {
      const answer = await ask(`${safeText(question)} [y/N] `);
      return answer === undefined ? undefined : /^y(es)?$/i.test(answer.trim());
    },
    tick: (step, signal) => askTick(ask, step, signal),
    settle: (step) => askSettlement(ask, step),
  };
}

/** Ctrl-D or Ctrl-C at a question: no answer. */
export function closed(line: ReturnType<typeof createInterface>): Promise<undefined> {
  return new Promise((resolve) => {
    line.once('close', () => resolve(undefined));
    line.once('SIGINT', () => {
      process.kill(process.pid, 'SIGINT');
      resolve(undefined);
    });
  });
}

async function askSettlement(ask: (question: string) => Promise<string | undefined>, step: PlanStep): Promise<Settlement | undefined> {
  for (;;) {
    const answer = (await ask(`\n${step.source.split('\n').map((line) => `  │ ${safeText(line)}`).join('\n')}\n  ${safeText(step.id)} was begun before and may have happened; nothing verifies it. Look.\n  [d]one, [n]ot done: run it again, [s]top: `))?.trim().toLowerCase();
    if (answer === undefined || answer === 's' || answer === 'stop') return undefined;
    if (answer === 'd' || answer === 'done') return { found: 'done', by: thisPerson() };
    if (answer === 'n' || answer === 'not done') return { found: 'absent', by: thisPerson() };
  }
}

async function askTick(ask: (question: string, signal?: AbortSignal) => Promise<string | undefined>, step: PlanStep, signal: AbortSignal): Promise<Tick | undefined> {
  for (;;) {
    const answer = await ask(`\n  ${safeText(step.source)}\n  Done? [y]es, [n]o, or a link or line as evidence: `, signal);
    if (answer === undefined) return undefined;
    const text = answer.trim();
    if (text === '') continue;
    const by = thisPerson();
    if (/^n(o)?$/i.test(text)) return { decision: 'decline', by };
    return { decision: 'approve', by, ...(/^y(es)?$/i.test(text) ? {} : { evidence: text }) };
  }
}
