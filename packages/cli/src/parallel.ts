// Many things at once, but not all of them: `--parallel`, and a list that is worked through with so many hands.
import { UsageError } from './exit.ts';

/** What `--parallel` says. @throws UsageError */
export function readParallel(text: string): number {
  const hands = Number(text);
  if (!(Number.isInteger(hands) && hands >= 1 && hands <= 32)) throw new UsageError(`--parallel ${text}: expected a number from 1 to 32.`);
  return hands;
}

/** Does something with each of a list, with so many at once; gives what came of it in the order of the list. */
export async function eachInParallel<T, R>(items: readonly T[], hands: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = Array.from({ length: items.length });
  const waiting = items.entries();
  const hand = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(hands, items.length) }, hand));
  return results;
}
