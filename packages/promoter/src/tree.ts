import type { Problem } from '@runbook/problem';
export function checkTree(files: Readonly<Record<string, string>>): readonly Problem[] {
  throw new Error(`being written: ${Object.keys(files).length}`);
}
