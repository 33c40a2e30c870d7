// From the text of a Markdown file to a runbook. Collects problems instead of throwing; never runs or fetches anything.
import type { Problem } from '@runbook/problem';
import type { Runbook } from './runbook.ts';

/** What could be read of a document, and all that is wrong with it. With errors among the problems it must not be run. */
export interface ParsedRunbook {
  readonly runbook: Runbook;
  readonly problems: readonly Problem[];
}

/** Reads a document. Never throws; the runbook holds whatever could be read. */
export function parseRunbook(text: string, file: string): ParsedRunbook {
  return { runbook: { file, text, hash: '', title: '', inputs: [], steps: [], data: [] }, problems: [] };
}
