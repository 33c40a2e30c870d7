import type { Problem } from '@runbook/problem';
import type { Cloudbuild } from './build.ts';
export function parseCloudbuild(text: string, file: string): { readonly build?: Cloudbuild; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${text.length} ${file}`);
}
