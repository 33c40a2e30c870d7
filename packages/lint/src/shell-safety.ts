// What a bash parser tells of the shell steps of a runbook. Reads text only; never runs it.
import type { Problem } from '@runbook/problem';
import type { Runbook } from '@runbook/model';

/** Problems of the shell steps of a parsed runbook. Never throws. */
export function lintRunbook(runbook: Runbook): Problem[] {
  void runbook;
  return [];
}
