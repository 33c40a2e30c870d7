// Is an image promoted everywhere, and is it the same one? Every registry of the manifest is asked, and the public front.
import type { Registry } from '@runbook/registry';
import type { Project } from './project.ts';

/** What one production registry answers for an image. Data only. */
export interface ProductionAnswer {
  readonly reference: string;
  /** Absent where the registry does not have it. */
  readonly digest?: string;
}

/** How many registries are asked at once. */
const concurrency = 6;

/** Asks registry.k8s.io and every destination for one image and tag, in the manifest's order. */
export async function productionAnswers(registry: Registry, project: Project, image: string, tag: string): Promise<readonly ProductionAnswer[]> {
  const references = [project.publicPrefix, ...project.destinations].map((prefix) => `${prefix}/${image}:${tag}`);
  const answers: ProductionAnswer[] = [];
  for (let start = 0; start < references.length; start += concurrency) {
    const batch = references.slice(start, start + concurrency);
    answers.push(...(await Promise.all(batch.map((reference) => ask(registry, reference)))));
  }
  return answers;
}

async function ask(registry: Registry, reference: string): Promise<ProductionAnswer> {
  const found = await registry.find(reference);
  return found === undefined ? { reference } : { reference, digest: found.digest };
}

/**
 * True when every registry answers with this digest.
 * @throws Error when one answers with another digest: that is never a matter of waiting
 */
export function isEverywhere(answers: readonly ProductionAnswer[], digest: string): boolean {
  const wrong = answers.find((answer) => answer.digest !== undefined && answer.digest !== digest);
  if (wrong !== undefined) throw new Error(`${wrong.reference} is ${wrong.digest ?? ''}, not ${digest}`);
  return answers.every((answer) => answer.digest === digest);
}
