// A data block that becomes a file of the work folder. Its path cannot leave that folder, not even through a link.
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { PlanStep } from '@runbook/model';
import type { Execution } from './execution.ts';
import { startAttempt, type StepEnd } from './ending.ts';

/** Writes the block's text, as it stands in the document, below the work folder. */
export function writeDataFile(execution: Execution, step: PlanStep): StepEnd {
  startAttempt(execution, step);
  const { work } = execution.ports.folders;
  const wanted = step.path ?? '';
  if (wanted === '' || isAbsolute(wanted) || !isBelow(work, resolve(work, wanted))) return outside(wanted);
  const folder = dirname(resolve(work, wanted));
  mkdirSync(folder, { recursive: true });
  const real = realpathSync(folder);
  if (!isBelow(realpathSync(work), join(real, basename(wanted)))) return outside(wanted);
  try {
    writeFileSync(join(real, basename(wanted)), step.source.endsWith('\n') ? step.source : `${step.source}\n`);
  } catch (error) {
    return { state: 'failed', reason: `could not write ${wanted}: ${error instanceof Error ? error.message : String(error)}` };
  }
  return { state: 'passed' };
}

function outside(path: string): StepEnd {
  return { state: 'failed', reason: `file=${path} leaves the work folder; give a path below it` };
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
