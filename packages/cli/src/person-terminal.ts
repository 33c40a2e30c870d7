// The terminal of the person at the keyboard, lent to an interactive block: keys go there raw, what it draws is shown as it is.
import type { Plan } from '@runbook/model';
import { ptyObstacle, type PersonTerminal } from '@runbook/runner';
import { UsageError } from './exit.ts';
import { hasTerminal, type Stage } from './people.ts';
import { isLeftOut, type Part } from './selection.ts';

/** Lends the terminal; nothing else is drawn meanwhile. */
export function lendTerminal(stage: Stage): { lend<T>(use: (terminal: PersonTerminal) => Promise<T>): Promise<T> } {
  return {
    async lend(use) {
      stage.suspend();
      try {
        return await use(personTerminal());
      } finally {
        stage.resume();
      }
    },
  };
}

function personTerminal(): PersonTerminal {
  const { stdin, stderr } = process;
  return {
    // a terminal that does not say its size says 0
    columns: stderr.columns || 80,
    rows: stderr.rows || 24,
    write: (text) => void stderr.write(text),
    listen(onKeys, onResize) {
      const keys = (bytes: Buffer | string): void => onKeys(bytes.toString());
      const resize = (): void => onResize(stderr.columns ?? 80, stderr.rows ?? 24);
      const wasRaw = stdin.isRaw;
      stdin.setRawMode(true);
      stdin.on('data', keys).resume();
      stderr.on('resize', resize);
      return () => {
        stdin.off('data', keys).pause();
        stderr.off('resize', resize);
        stdin.setRawMode(wasRaw);
      };
    },
  };
}

/** Insists on a terminal where steps that will run are interactive. What a dry run withholds needs none. @throws UsageError (2) */
export async function insistOnInteraction(plan: Plan, part: Part): Promise<void> {
  const [first, ...others] = plan.steps.filter((step) => step.interactive && step.role === 'step' && !isLeftOut(step, part));
  if (first === undefined) return;
  const obstacle = await ptyObstacle();
  if (obstacle !== undefined) throw new UsageError(`${plan.runbook.file}:${first.line}  ${first.id} is interactive, but ${obstacle} Nothing was begun.`);
  if (hasTerminal()) return;
  const more = others.length === 0 ? '' : ` (so are ${others.map((step) => step.id).join(', ')})`;
  throw new UsageError(`${plan.runbook.file}:${first.line}  ${first.id} is interactive${more}: it needs a terminal, and there is none. Nothing was begun. Call it in a terminal, or leave the step out with --only, --from or --until.`);
}
