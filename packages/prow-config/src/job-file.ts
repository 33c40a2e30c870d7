import type { Problem } from '@runbook/problem';
import type { Job } from './job.ts';
export function parseJobs(text: string, file: string): { readonly jobs: readonly Job[]; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${text.length} ${file}`);
}
