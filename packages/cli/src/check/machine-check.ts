// Which programs of a document this machine lacks (`check --env`). It only looks; it starts nothing.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { listPrograms } from '@runbook/lint';
import type { Runbook } from '@runbook/model';
import type { Problem } from '@runbook/problem';
import { makeReferenceProblem } from './reference-code.ts';

/** Makes a judge for a search path such as that of `PATH`. Each program is looked for once. */
export function createMachineJudge(searchPath: string): (runbook: Runbook) => Problem[] {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const known = new Map<string, boolean>();
  const isHere = (name: string): boolean => {
    const found = known.get(name) ?? (name.startsWith('/') ? isProgram(name) : folders.some((folder) => isProgram(join(folder, name))));
    known.set(name, found);
    return found;
  };
  return (runbook) =>
    listPrograms(runbook)
      .filter(({ name }) => !isHere(name))
      .map(({ name, line, column }) =>
        makeReferenceProblem({ file: runbook.file, line, column }, { code: 'missing-command', message: `this machine has no ${name}${name.startsWith('/') ? '' : ' in PATH'}`, hint: 'Install it, or run the document elsewhere.' }),
      );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false; // not there, or not for us: either way it cannot be started
    throw error;
  }
}
