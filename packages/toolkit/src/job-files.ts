// The jobs of a Prow job config that lies in files and folders. Of a large config, only files that can hold jobs of the wanted
// repository are parsed.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '@runbook/problem';
import { mayHoldJobsOf, parseJobs, type Job } from '@runbook/prow-config';
import { listYamlFiles } from './yaml-files.ts';

/** Jobs with what is wrong in their files. */
export interface JobFiles {
  readonly jobs: readonly Job[];
  readonly problems: readonly Problem[];
  /** Text of every parsed file, by the path that places name. */
  readonly texts: ReadonlyMap<string, string>;
  /** How many files there are, parsed or not. */
  readonly files: number;
}

/** How many files are read side by side. */
const abreast = 64;

/**
 * Reads job config files and folders of them, each file once, by path.
 * @param repo only files that can hold jobs of this repository (`org/name`) are parsed; all of them unless given.
 * @throws Error of the file system when a path cannot be read
 */
export async function readJobFiles(paths: readonly string[], repo?: string): Promise<JobFiles> {
  const names = new Set<string>();
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) for (const { name } of await listYamlFiles(path)) names.add(join(path, name));
    else names.add(path);
  }
  const texts = new Map<string, string>();
  const all = [...names];
  for (let at = 0; at < all.length; at += abreast) {
    const part = all.slice(at, at + abreast);
    const read = await Promise.all(part.map((name) => readFile(name, 'utf8')));
    part.forEach((name, index) => {
      const text = read[index] ?? '';
      if (repo === undefined || mayHoldJobsOf(text, repo)) texts.set(name, text);
    });
  }
  const parsed = [...texts].map(([name, text]) => parseJobs(text, name));
  return { jobs: parsed.flatMap((one) => one.jobs), problems: parsed.flatMap((one) => one.problems), texts, files: all.length };
}
