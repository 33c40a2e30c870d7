// Asks staging, and production behind it, about the digests of an images.yaml.
import { OutsideError } from '@runbook/http';
import type { Holding } from '@runbook/promoter';
import type { Registry } from '@runbook/registry';

/** How many questions are open at once. */
const abreast = 16;

/** Where one image is looked for. */
export interface HoldingQuestion {
  readonly image: string;
  readonly digest: string;
  /** Whether its platforms matter. */
  readonly isNew: boolean;
}

/** The key of an answer. */
export function holdingKey(image: string, digest: string): string {
  return `${image}@${digest}`;
}

/** Asks. An answer that does not come is an `unknown`, never an absence. */
export async function readHoldings(registry: Registry, places: { readonly staging: string; readonly publicPrefix: string }, questions: readonly HoldingQuestion[]): Promise<ReadonlyMap<string, Holding>> {
  const found = new Map<string, Holding>();
  const left = [...questions];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) found.set(holdingKey(next.image, next.digest), await ask(registry, places, next));
  };
  await Promise.all(Array.from({ length: abreast }, work));
  return found;
}

async function ask(registry: Registry, { staging, publicPrefix }: { readonly staging: string; readonly publicPrefix: string }, { image, digest, isNew }: HoldingQuestion): Promise<Holding> {
  try {
    const there = `${staging}/${image}@${digest}`;
    if ((await registry.find(there)) !== undefined) return { kind: 'staging', isMultiArch: !isNew || (await registry.isMultiArch(there)) };
    return (await registry.find(`${publicPrefix}/${image}@${digest}`)) === undefined ? { kind: 'lost' } : { kind: 'promoted' };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { kind: 'unknown', why: error.message.replace(/\.$/, '') };
  }
}
