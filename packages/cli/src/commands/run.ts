// `runbook run`: from a document to a run. Everything that can be refused is refused before anything is begun.
import { execFile } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { existsSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Mode } from '@runbook/access';
import type { Owner, Plan, RunEvent, Selection } from '@runbook/model';
import { nearest } from '@runbook/problem';
import { renderPlan } from '@runbook/render';
import { claimRun, createRunFolder, homeOf, openJournal, placeOf, type RunFolder } from '@runbook/runner';
import { askInputs, missingInputs } from '../ask-inputs.ts';
import { conduct } from '../conduct.ts';
import { insistOnReports } from '../report-file.ts';
import { say, stderrStyle } from '../console.ts';
import { githubLogin } from '../github-login.ts';
import { insistOnInterpreters, warnOfNotice } from '../machine-programs.ts';
import { insistOnFolders, parseDocument, planDocument, readRunbook, type PlannedDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { parseInputs, secretsIn, splitSecrets } from '../given-inputs.ts';
import { keepIncluded } from '../included.ts';
import { insistOnInteraction } from '../person-terminal.ts';
import { insistOnSelection, selectionOf } from '../selection.ts';
import { takeReleaseLock } from '../release-lock.ts';
import { hasTerminal, insistOnTerminal, terminalPeople } from '../people.ts';
import { defaultSeed } from '../places.ts';
import { toolVersions } from '../tool-versions.ts';
import { version } from '../version.ts';
import { enterWorld } from '../closed-world.ts';
import { machineClock, parsePace, type WorldLink } from '../world-link.ts';

/** The flags of `run`. */
export interface RunFlags {
  readonly input?: readonly string[];
  readonly rehearse?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly report?: readonly string[];
  readonly seed?: string;
  readonly fault?: readonly string[];
  readonly manual?: boolean;
  readonly pace?: string;
  readonly step?: boolean;
  readonly notify?: string;
  readonly detachOnGate?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly only?: readonly string[];
  readonly tag?: readonly string[];
}

/** A world and how to let go of it. */
interface Stage {
  readonly world: WorldLink | undefined;
  /** @param isOver whether the run will not go on: its own world is not needed any more. */
  close(isOver: boolean): Promise<void>;
}

/** Runs a document. */
export async function run(file: string, flags: RunFlags): Promise<number> {
  const mode = modeOf(flags);
  if (flags.step === true) insistOnTerminal();
  insistOnReports(flags.report ?? []);
  if (flags.notify !== undefined) warnOfNotice(flags.notify, process.env['PATH'] ?? '');
  const selection = selectionOf(flags);
  const text = readRunbook(file);
  const sound = parseDocument(file, text);
  insistOnFaultSteps(flags.fault ?? [], sound.runbook);
  if (mode !== 'rehearse') githubLogin(process.env); // a login that is none is told before anything is begun
  const { given, secretValues } = splitSecrets(parseInputs(flags.input ?? []), sound.runbook.inputs);
  const typed = mode === 'live' && hasTerminal() ? await askInputs(missingInputs(sound.runbook.inputs, { ...given, ...secretValues }, process.env)) : { given: {}, secrets: {} };
  const known = { given: { ...given, ...typed.given }, secretValues: { ...secretValues, ...typed.secrets } };
  const planIn = (env: Environment): PlannedDocument => planDocument(sound, { ...known, env, examples: mode !== 'live', secrets: secretsIn(mode) });
  if (mode === 'live' && (process.env['RUNBOOK_WORLD'] ?? '') === '') insistOnSelection(planIn(process.env).plan, selection); // before anything is made on disk
  const home = homeOf(file, process.cwd());
  const folder = createRunFolder(home, text, mode === 'rehearse' ? { rehearsalOf: JSON.stringify([given, selection, flags.fault ?? []]) } : { at: Date.now() });
  const stage = await openStage(mode, flags, folder, userOf(sound.runbook.inputs, given));
  let code: number | undefined;
  try {
    const document = planIn(stage.world?.env ?? process.env);
    insistOnSteps(document.plan);
    insistOnFolders(document.plan);
    const selected = insistOnSelection(document.plan, selection);
    await insistOnInteraction(document.plan, { mode, selected });
    insistOnInterpreters(document.plan, { mode, selected }, (stage.world?.env ?? process.env)['PATH'] ?? '');
    if (mode === 'live' && !(await isConfirmed(partOf(document.plan, selected), flags.yes === true))) return exitCodes.waiting;
    if (mode === 'live' && document.plan.lock !== undefined) takeReleaseLock(home, document.plan.lock, folder.id);
    keepIncluded(folder.path, sound.texts);
    const { past, owner } = await begin(document, { mode, folder, home, file, world: stage.world, forge: await forgeOf(document.plan, mode, stage.world), selection });
    code = exitCodes.failed;
    const { plan, values, secrets, scopes } = document;
    code = await conduct({ plan, mode, folder, file, values, secrets, scopes, past, owner, ...(selected === undefined ? {} : { selected }), world: stage.world, yes: flags.yes === true, notify: flags.notify, stepByStep: flags.step === true, detachOnGate: flags.detachOnGate === true, task: 'steps', json: flags.json === true, reports: flags.report ?? [] });
    return code;
  } finally {
    await stage.close(code === undefined || code === exitCodes.done);
    if (code === undefined) rmSync(folder.path, { recursive: true, force: true }); // it never began
  }
}

/** Nothing may be said to have passed where there is nothing. @throws UsageError (2) */
function insistOnSteps({ steps, runbook: { file } }: Plan): void {
  if (!steps.some(({ role }) => role === 'step')) throw new UsageError(`${file} has no step that runs, so there is nothing to do. runbook list ${file} shows what it holds.`);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A fault may wait for a step: `NAME@STEP`. @throws UsageError where the document has no such step */
function insistOnFaultSteps(faults: readonly string[], { steps, file }: PlannedDocument['runbook']): void {
  const known = steps.map(({ id }) => id);
  for (const given of faults) {
    const [, step] = given.split('@');
    // steps of included documents are known once the plan is made; a fault that waits for none of them never begins
    if (step === undefined || step.includes('/') || known.includes(step)) continue;
    const meant = nearest(step, known);
    throw new UsageError(`--fault ${given}: ${file} has no step ${step === '' ? 'without a name' : step}. ${meant === undefined ? `Its steps are: ${known.join(', ')}.` : `Did you mean ${meant}?`}`);
  }
}

function modeOf(flags: RunFlags): Mode {
  if (flags.rehearse === true && flags.dryRun === true) throw new UsageError('--rehearse and --dry-run exclude each other: the one writes into a rehearsal world, the other writes nothing.');
  if (flags.rehearse !== true && (flags.seed !== undefined || (flags.fault ?? []).length > 0 || flags.pace !== undefined || flags.manual === true)) throw new UsageError('--seed, --fault, --pace and --manual belong to --rehearse.');
  if (flags.detachOnGate === true && (flags.rehearse === true || flags.dryRun === true)) throw new UsageError('--detach-on-gate belongs to a live run: a dry run tries a gate once, and the time of a rehearsal passes only while somebody waits.');
  if (flags.notify !== undefined && (flags.rehearse === true || flags.dryRun === true)) throw new UsageError('--notify belongs to a live run: a rehearsal and a dry run tell nobody outside.');
  return flags.rehearse === true ? 'rehearse' : flags.dryRun === true ? 'dry-run' : 'live';
}

/** The login that an input drawn from GITHUB_USER gives: the rehearsing person's name in the world. */
function userOf(inputs: PlannedDocument['runbook']['inputs'], given: Readonly<Record<string, string>>): string | undefined {
  const name = inputs.find((input) => input.env === 'GITHUB_USER')?.name;
  return name === undefined ? undefined : given[name];
}

/** The world of a run: the one of the environment, one of its own for a rehearsal, or none. */
async function openStage(mode: Mode, flags: RunFlags, folder: RunFolder, user: string | undefined): Promise<Stage> {
  const address = process.env['RUNBOOK_WORLD'] ?? '';
  // somebody who plays the reviewers needs time to do so: a minute passes in a second
  const pace = parsePace(flags.pace ?? (flags.manual === true ? '60x' : '0'));
  if (address !== '') {
    if (flags.seed !== undefined || (flags.fault ?? []).length > 0 || flags.manual === true) throw new UsageError('--seed, --fault and --manual make a new world, but RUNBOOK_WORLD names one that is up. Give them to runbook world up, or unset RUNBOOK_WORLD.');
    return enterWorld(address, pace);
  }
  if (mode !== 'rehearse') return { world: undefined, close: () => Promise.resolve() };
  const { endRehearsal, startRehearsal } = await import('../rehearsal-world.ts');
  const world = await startRehearsal({
    dir: join(folder.path, 'world'),
    defaultSeed,
    ...(flags.seed === undefined ? {} : { seed: resolve(flags.seed) }),
    ...(user === undefined ? {} : { user: { login: user } }),
    ...(flags.fault === undefined ? {} : { faults: flags.fault }),
    ...(flags.manual === true ? { manual: true } : {}),
  });
  if (flags.manual === true) say(playing(world.url));
  const entered = await enterWorld(world.url, pace);
  return {
    world: entered.world,
    close: async (isOver) => {
      await entered.close();
      await endRehearsal(world, folder.path, isOver);
    },
  };
}

/** What somebody has to know who plays the people of the world. */
function playing(url: string): string {
  return `You play the people of this world; nobody else does anything. In another terminal:\n  export RUNBOOK_WORLD=${url}\n  runbook world comment kubernetes/k8s.io#1 '/lgtm' --as alice\n  runbook world comment kubernetes/k8s.io#1 '/approve' --as bob`;
}

/** The part of a plan that this run may do: what was selected, with what verifies it, undoes it or runs after a failure. */
function partOf(plan: Plan, selected: ReadonlySet<string> | undefined): Plan {
  return selected === undefined ? plan : { ...plan, steps: plan.steps.filter((step) => (step.role === 'verifier' ? selected.has(step.verifies ?? '') : step.role === 'undo' ? selected.has(step.undoes ?? '') : step.role !== 'step' || selected.has(step.id))) };
}

async function isConfirmed(plan: Plan, yes: boolean): Promise<boolean> {
  say(renderPlan(plan, { ...stderrStyle(), wholeCode: true }));
  if (yes) return true;
  if (!hasTerminal()) {
    const writes = plan.steps.some((step) => step.effect === 'write') ? 'This run writes to the outside and nobody' : 'Nobody';
    say(`${writes} is here to confirm it. Look at the plan, then run it in a terminal or with --yes; --dry-run and --rehearse write nothing outside.`);
    return false;
  }
  const quiet = { suspend: () => undefined, resume: () => undefined };
  if ((await terminalPeople(quiet).confirm('Do all this?')) === true) return true;
  say('Not confirmed: nothing was begun.');
  return false;
}

/** The first records of the journal: the run, and who owns it. */
async function begin(document: PlannedDocument, run: { readonly mode: Mode; readonly folder: RunFolder; readonly home: string; readonly file: string; readonly world: WorldLink | undefined; readonly forge: string | undefined; readonly selection: Selection | undefined }): Promise<{ readonly past: RunEvent[]; readonly owner: Owner }> {
  const { plan } = document;
  const asked = toolVersions(plan, run.world?.env ?? process.env);
  const commit = commitOf(run.home, run.file);
  const at = (run.world?.clock ?? machineClock).now();
  const journal = openJournal(run.folder.journal);
  const started: RunEvent = {
    at,
    kind: 'run-started',
    format: 1,
    run: run.folder.id,
    mode: run.mode,
    tool: `runbook ${version}`,
    file: run.file,
    from: relative(run.home, process.cwd()) || '.',
    hash: plan.runbook.hash,
    inputs: plan.inputs,
    ...(plan.lock === undefined ? {} : { lock: plan.lock }),
    ...(run.forge === undefined ? {} : { forge: run.forge }),
    ...(plan.scopes === undefined ? {} : { scopes: Object.fromEntries(Object.entries(document.scopes).map(([id, scope]) => [id, scope.planned])) }),
    ...(run.selection === undefined ? {} : { selection: run.selection }),
    place: placeOf(run.folder.journal),
    ...(await commit),
    tools: await asked,
    ...worldSentence(run.world),
  };
  journal.append(started);
  journal.close();
  const claim = claimRun(run.folder.journal, at);
  if (claim.kind !== 'won') throw new Error(`a new run was claimed by somebody else: ${claim.kind}`);
  return { past: [started], owner: claim.owner };
}

/** Whose word a live run takes for the logins of approvers; undefined where nobody approves anything. */
async function forgeOf(plan: Plan, mode: Mode, world: WorldLink | undefined): Promise<string | undefined> {
  if (mode !== 'live' || world !== undefined || !plan.steps.some((step) => step.kind === 'manual')) return undefined;
  return (await import('../identity.ts')).forgeOf(process.env);
}

async function commitOf(home: string, file: string): Promise<{ commit?: string; dirty?: boolean }> {
  if (!existsSync(join(home, '.git'))) return {};
  const git = async (...args: string[]): Promise<string> => (await promisify(execFile)('git', ['-C', home, ...args])).stdout.trim();
  try {
    const [commit, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain', '--', resolve(file))]);
    return { commit, dirty: status !== '' };
  } catch {
    // not in a git working copy, or no git: the hash of the document has to do
    return {};
  }
}

/** The first line of the report of a run that was not live. */
function worldSentence(world: WorldLink | undefined): { world?: string } {
  if (world === undefined) return {};
  const closed = 'Blocks had no credentials; their network held nothing but the world, and the usual places of credentials were hidden from them.';
  const open = 'Blocks had no credentials and a refusing proxy; the network itself was not closed, and files of the person can be read by who knows their absolute path.';
  return { world: `This took place in a rehearsal world: nothing outside was touched by the clients. ${world.launch === undefined ? open : closed}` };
}
