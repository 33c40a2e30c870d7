// The pages that prove what a step did: the addresses among what it published, and the one that a person gave as evidence.
import type { Json } from './runbook.ts';

/** More pages than this are no proof to look at any more, but a list. */
const mostLinks = 20;

/** How deep lists in lists are looked through. */
const deepest = 4;

/** Every https address among outputs, alone, in a list or under `url`, in their order and each once; behind them the evidence, where that is one. */
export function findLinks(outputs: Readonly<Record<string, Json>>, evidence?: string): readonly string[] {
  const found = new Set<string>();
  for (const value of Object.values(outputs)) collect(value, found, 0);
  if (evidence !== undefined) collect(evidence, found, 0);
  return [...found];
}

function collect(value: Json, found: Set<string>, depth: number): void {
  if (found.size >= mostLinks || depth > deepest) return;
  if (typeof value === 'string') {
    if (/^https:\/\/[^\s]+$/.test(value)) found.add(value);
  } else if (isList(value)) {
    for (const item of value) collect(item, found, depth + 1);
  } else if (typeof value === 'object' && value !== null && typeof value['url'] === 'string') {
    // what is called so is the page of the thing itself; other addresses in it are about parts of it
    collect(value['url'], found, depth + 1);
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
