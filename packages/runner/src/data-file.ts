// A data block that becomes a file of the work folder. Its path cannot leave that folder, not even through a link.
import { lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { PlanStep } from '@runbook/model';
import type { Execution } from './execution.ts';
import { startAttempt, type StepEnd } from './ending.ts';

/** Writes the block's text, as it stands in the document, below the work folder. */
export function writeDataFile(execution: Execution, step: PlanStep): StepEnd {
  startAttempt(execution, step);
  const wanted = step.path ?? '';
  try {
    const place = placeBelow(execution.ports.folders.work, wanted);
    if (place === undefined) return { state: 'failed', reason: `file=${wanted} leaves the work folder; give a path below it` };
    const there = lstatSync(place, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile()) return { state: 'failed', reason: `could not write ${wanted}: there is ${there.isDirectory() ? 'a folder' : 'something that is no file'}` };
    // a new file, not new content: the old one may have a second name outside
    rmSync(place, { force: true });
    writeFileSync(place, step.source.endsWith('\n') ? step.source : `${step.source}\n`, { flag: 'wx', ...(there === undefined ? {} : { mode: there.mode }) });
  } catch (error) {
    return { state: 'failed', reason: `could not write ${wanted}: ${error instanceof Error ? error.message : String(error)}` };
  }
  return { state: 'passed' };
}

/** Where the file really goes, its folders made; undefined where that is not below the work folder. */
function placeBelow(work: string, wanted: string): string | undefined {
  const root = realpathSync(work);
  const path = resolve(root, wanted);
  if (wanted === '' || isAbsolute(wanted) || !isBelow(root, path)) return undefined;
  let there = dirname(path);
  while (!isThere(there)) there = dirname(there);
  const folder = realOf(there);
  if (folder === undefined || (folder !== root && !isBelow(root, folder))) return undefined;
  mkdirSync(dirname(path), { recursive: true });
  const place = join(realpathSync(dirname(path)), basename(path));
  if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place;
  const end = realOf(place);
  return end === undefined || !isBelow(root, end) ? undefined : end;
}

/** Where a path leads, undefined for a link to nothing. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}
