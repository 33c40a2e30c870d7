// Which programs this machine has. It only looks; it starts nothing.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Plan, PlanStep } from '@runbook/model';
import { say } from './console.ts';
import { UsageError } from './exit.ts';
import { isLeftOut, type Part } from './selection.ts';

/** Makes a judge of programs for a search path such as that of `PATH`. Each is looked for once. A path must be absolute. */
export function programFinder(searchPath: string): (name: string) => boolean {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? (name.startsWith('/') ? isProgram(name) : folders.some((folder) => isProgram(join(folder, name))));
    known.set(name, found);
    return found;
  };
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

/** Says at once that the program of `--notify` is not there: when somebody is to be told is too late. The run goes on without. */
export function warnOfNotice(program: string, searchPath: string): void {
  const isHere = program.includes('/') ? isProgram(resolve(program)) : programFinder(searchPath)(program);
  if (!isHere) say(`--notify ${program}: there is no such program, so nobody will be told. Give the name of one in PATH or its path, without arguments.`);
}

/**
 * Insists on the interpreters of the steps that will run, before any of them does: in the middle of a release is too late.
 * One that an earlier block may bring (it names it, or sets PATH) is left to the run.
 * @throws UsageError (2)
 */
export function insistOnInterpreters(plan: Plan, part: Part, searchPath: string): void {
  const isHere = programFinder(searchPath);
  const lacking = plan.steps.flatMap((step, index) => {
    const program = interpreterOf(step);
    if (program === undefined || isOut(plan, step, part) || isHere(program)) return [];
    return plan.steps.slice(0, index).some(({ source }) => source.includes(program) || /\bPATH=/.test(source)) ? [] : [{ step, program }];
  });
  const [first, ...others] = lacking;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (others that lack theirs: ${others.map(({ step, program }) => `${step.id}, ${program}`).join('; ')})`;
  throw new UsageError(`${plan.runbook.file}:${first.step.line}  ${first.step.id} is run by ${first.program}, and this machine has none${first.program.startsWith('/') ? '' : ' in PATH'}${more}. Nothing was begun. Install it, or leave the step out with --only, --from or --until.`);
}

/** The program that a step needs beside bash; undefined where it needs none, or where only its folder can tell. */
function interpreterOf({ kind, interpreter, language }: PlanStep): string | undefined {
  if (kind !== 'shell') return undefined;
  const [program] = (interpreter ?? (language === 'zsh' ? 'zsh' : '')).split(/\s+/).filter((word) => word !== '');
  return program === undefined || (program.includes('/') && !program.startsWith('/')) ? undefined : program;
}

/** Whether a step cannot come to run this time: a verifier and an undoing go with their step. */
function isOut(plan: Plan, step: PlanStep, part: Part): boolean {
  const owner = step.verifies ?? step.undoes;
  return step.role !== 'failure' && isLeftOut(plan.steps.find(({ id }) => id === owner) ?? step, part);
}
