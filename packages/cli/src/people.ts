// Who can be asked: the person at the terminal, the world's people in a rehearsal, or nobody.
import { hostname, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { safeText } from '@runbook/access';
import { UsageError } from './exit.ts';
import type { Finding, Person, PlanStep } from '@runbook/model';
import type { People, Settlement, Standing, Tick } from '@runbook/runner';
import { say } from './console.ts';

/** What the terminal needs around a question. */
export interface Stage {
  suspend(): void;
  resume(): void;
}

/** Nobody: no terminal, no rehearsal. A question stays open. */
export const nobody: People = { confirm: () => Promise.resolve(undefined), tick: () => Promise.resolve(undefined), settle: () => Promise.resolve(undefined) };

/** The world's people, who tick everything in a rehearsal with `--yes`: each step by as many of them as it asks for. */
export function worldPeople(logins: readonly string[]): People {
  return {
    // whether something happened that was cut off in the middle is nothing they could know: the question stays open
    confirm: () => Promise.resolve(undefined),
    tick(_step, _signal, { counted }) {
      const free = logins.map((login) => `rehearsal:${login}`).find((name) => !counted.some((signal) => signal.by.name === name));
      return Promise.resolve(free === undefined ? undefined : { decision: 'approve', by: { name: free, verified: 'rehearsal' } });
    },
    settle: () => Promise.resolve(undefined),
  };
}

/** The user of this process, as the kernel knows it: the real one, whoever's rights it runs with. */
export function thisPerson(): Person {
  const uid = process.getuid?.();
  const name = userName(uid);
  return uid === undefined ? { name, verified: 'none' } : { name, verified: 'os', user: { uid, name, host: hostname() } };
}

function userName(uid: number | undefined): string {
  try {
    // the name belongs to the rights that the process runs with
    const user = userInfo();
    return uid === undefined || user.uid === uid ? user.username : `uid ${uid}`;
  } catch {
    // no entry in the password file, as in many containers
    return `uid ${uid ?? '?'}`;
  }
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

/** How often it is looked, while a question stands, whether it was answered elsewhere. Milliseconds. */
const lookEveryMs = 500;

/**
 * The person at the terminal.
 * @param who tells who that is; asked once, when a manual step is to be ticked.
 */
export function terminalPeople(stage: Stage, who: () => Promise<Person> = () => Promise.resolve(thisPerson())): People {
  let here: Promise<Person> | undefined;
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
    async tick(step, signal, standing) {
      const by = await (here ??= who());
      if (standing.counted.some((one) => one.by.name === by.name && one.by.verified === by.verified)) {
        say(`${safeText(step.id)}: ${safeText(by.name)} has approved; ${standing.missing === 1 ? 'somebody else' : `${standing.missing} others`} must as well.`);
        return undefined;
      }
      return askTick(ask, step, { by, signal, standing });
    },
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

interface TickQuestion {
  readonly by: Person;
  readonly signal: AbortSignal;
  readonly standing: Standing;
}

async function askTick(ask: (question: string, signal?: AbortSignal) => Promise<string | undefined>, step: PlanStep, { by, signal, standing }: TickQuestion): Promise<Tick | 'look-again' | undefined> {
  const news = new AbortController();
  const watch = setInterval(() => {
    if (standing.hasNews()) news.abort();
  }, lookEveryMs);
  const many = standing.missing > 1 ? ` (${standing.missing} people must)` : '';
  try {
    for (;;) {
      const answer = await ask(`\n  ${safeText(step.source)}\n  Done${many}? [y]es, [n]o, a link, or yes or no with a line behind it: `, AbortSignal.any([signal, news.signal]));
      if (answer === undefined) return news.signal.aborted && !signal.aborted ? 'look-again' : undefined;
      const tick = readTick(answer.trim(), by);
      if (tick !== undefined) return tick;
      if (answer.trim() !== '') say('That says neither yes nor no. Evidence goes behind the answer: "y the image starts", "n it does not".');
    }
  } finally {
    clearInterval(watch);
  }
}

/** What an answer says; undefined where it is neither yes nor no: "not yet" and a slip of the hand tick nothing. */
function readTick(answer: string, by: Person): Tick | undefined {
  if (/^https?:\/\/\S+$/.test(answer)) return { decision: 'approve', by, evidence: answer };
  const [, word, evidence] = /^(y|yes|n|no)(?:[,:]?\s+(.+))?$/i.exec(answer) ?? [];
  if (word === undefined) return undefined;
  return { decision: /^y/i.test(word) ? 'approve' : 'decline', by, ...(evidence === undefined ? {} : { evidence }) };
}
