// Which programs of a document this machine lacks (`check --env`).
import { listPrograms } from '@runbook/lint';
import type { Runbook } from '@runbook/model';
import type { Problem } from '@runbook/problem';
import { programFinder } from '../machine-programs.ts';
import { makeReferenceProblem } from './reference-code.ts';

/** Makes a judge for a search path such as that of `PATH`. Each program is looked for once. */
export function createMachineJudge(searchPath: string): (runbook: Runbook) => Problem[] {
  const isHere = programFinder(searchPath);
  return (runbook) =>
    listPrograms(runbook)
      .filter(({ name }) => !isHere(name))
      .map(({ name, line, column }) =>
        makeReferenceProblem({ file: runbook.file, line, column }, { code: 'missing-command', message: `this machine has no ${name}${name.startsWith('/') ? '' : ' in PATH'}`, hint: 'Install it, or run the document elsewhere.' }),
      );
}
