// Conducts one execution of a run, new or resumed: opens the journal, wires the ports, shows what happens, prints the end.
import { createRedactor, shortestSecret, type Mode, type Redactor } from '@runbook/access';
import { foldReport, type Finding, type Json, type Owner, type Plan, type RunEvent } from '@runbook/model';
import { renderReport } from '@runbook/render';
import { createScriptSession, createShellSession, currentOwner, dropSignal, execute, isHandedOver, openJournal, readSignals, type Task, type People, type Ports, type RunFolder } from '@runbook/runner';
import { stderrStyle } from './console.ts';
import { firstFolder } from './document.ts';
import { createDisplay, type Display } from './display/display.ts';
import { exitCodeOf, exitCodes } from './exit.ts';
import { githubLogin, loginVariables, tokenOfGh, type GithubLogin } from './github-login.ts';
import type { ScopeValues } from './included.ts';
import { isLiveTerminal } from './palette.ts';
import { hasTerminal, informed, nobody, terminalPeople, worldPeople } from './people.ts';
import { tellEnd } from './run-closing.ts';
import { stepGuide } from './step-guide.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { lendTerminal } from './person-terminal.ts';
import { scriptChild, toolkitModule } from './places.ts';
import { machineClock, type WorldLink } from './world-link.ts';

/** Everything one execution is made from. */
export interface Performance {
  readonly plan: Plan;
  readonly mode: Mode;
  readonly folder: RunFolder;
  /** The claim of this process. */
  readonly owner: Owner;
  /** The document's path, for messages and for imports of script blocks. */
  readonly file: string;
  readonly values: Readonly<Record<string, Json>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What included documents work with, by the id of their scope. */
  readonly scopes: Readonly<Record<string, Pick<ScopeValues, 'values' | 'secrets'>>>;
  readonly past: readonly RunEvent[];
  /** The steps to run; all that the document does not exclude unless given. */
  readonly selected?: ReadonlySet<string>;
  readonly world: WorldLink | undefined;
  /** Nobody is asked: the world's people tick in a rehearsal, and only there. */
  readonly yes: boolean;
  /** A program that is told when the run waits or is over. */
  readonly notify: string | undefined;
  /** Ask before each step. */
  readonly stepByStep: boolean;
  /** End as waiting at a gate that is not met. */
  readonly detachOnGate: boolean;
  readonly task: Task;
  /** What somebody found who looked after writes that were cut off, by step. */
  readonly findings?: ReadonlyMap<string, Finding>;
  readonly json: boolean;
  readonly reports: readonly string[];
}

/** Runs it to its end and gives the command's exit code. */
export async function conduct(performance: Performance): Promise<number> {
  const { plan, mode, folder, world, past } = performance;
  const clock = world?.clock ?? machineClock;
  const login = await loginOf(performance);
  const ofGh = login.fromGh === true ? [login.githubToken ?? ''] : [];
  const hidden = [...secretTexts(performance), ...environmentSecrets(world?.env ?? process.env), ...ofGh];
  const redactor = createRedactor(hidden);
  if (hidden.length > 0) await world?.hide(hidden);
  const journal = openJournal(folder.journal, (written) => currentOwner(written)?.id === performance.owner.id && !isHandedOver(written));
  const events: RunEvent[] = [...past];
  const isFirst = past.every((event) => event.kind === 'run-started');
  const display = createDisplay({
    out: process.stderr,
    plan,
    palette: stderrStyle().palette,
    now: () => clock.now(),
    tick: true,
    live: isLiveTerminal(process.env, process.stderr) && !performance.json,
    past: isFirst ? [] : past,
  });
  if (isFirst) for (const event of past) display.event(event);
  if (ofGh.length > 0) display.note('GitHub is asked with the token of gh auth token, as no variable holds one.');
  const stop = listenForSignals();
  const notifier = notifierFor(performance, redactor, (why) => display.note(why));
  const ports: Ports = {
    clock,
    redactor,
    people: peopleFor(performance, display, redactor),
    sessions: sessionsFor(performance, redactor, { times: clock.environment(), login }),
    journal(told) {
      journal.append(...told);
      events.push(...told);
      for (const event of told) if (event.kind === 'signal' && event.id !== undefined) dropSignal(folder.signals, event.id);
    },
    show(event) {
      display.event(event);
      notifier?.event(event);
    },
    output: (step, bytes) => display.output(step, bytes),
    progress: (step, text) => display.progress(step, text),
    signals: () => readSignals(folder.signals, events),
    entering: (step) => world?.entering(step) ?? Promise.resolve(),
    ask: async (kind, data) => {
      if (kind === 'report') return redactor.redact(renderReport(foldReport(plan, events), 'md', { plan }));
      if (kind === 'sleep') return sleepInRun(clock, data, stop.signal);
      throw new Error(`a block asked its run for ${kind}, which it does not know`);
    },
    ...(hasTerminal() ? { terminal: lendTerminal(display) } : {}),
    folders: { run: folder.path, work: folder.work, logs: folder.logs, state: folder.state, document: performance.file },
  };
  try {
    const outcome = await execute(plan, ports, {
      mode,
      values: performance.values,
      secrets: performance.secrets,
      scopes: performance.scopes,
      past,
      ...(performance.selected === undefined ? {} : { selected: performance.selected }),
      signal: stop.signal,
      stepByStep: performance.stepByStep,
      detachOnGate: performance.detachOnGate,
      task: performance.task,
      undoWithoutAsking: performance.yes && (mode === 'rehearse' || performance.task === 'undo'),
    });
    await notifier?.close();
    display.close();
    const isTold = await tellEnd({ report: foldReport(plan, events), plan, folder, redactor }, { ...performance, jobSummary: process.env['GITHUB_STEP_SUMMARY'] });
    // whoever asked for the end of the run got what they asked for
    const code = performance.task === 'cancel' && outcome.state === 'cancelled' ? exitCodes.done : exitCodeOf(outcome.state, stop.signal.aborted);
    return code === exitCodes.done && !isTold ? exitCodes.failed : code;
  } finally {
    display.close();
    journal.close();
    stop.forget();
  }
}

/** A login, and whether it is that of GitHub's own command line. */
type RunLogin = GithubLogin & { readonly fromGh?: true };

/** Who asks GitHub for the clients of the blocks. `gh` is only asked where a block has GitHub to ask, and never for a world. */
async function loginOf({ plan, mode, world }: Performance): Promise<RunLogin> {
  const named = githubLogin(world?.env ?? process.env);
  const asksGithub = plan.steps.some((step) => step.kind === 'script' && /\b(?:github|release)\b/.test(step.source));
  if (world !== undefined || mode === 'rehearse' || Object.keys(named).length > 0 || !asksGithub) return named;
  const token = await tokenOfGh(process.env);
  return token === '' ? named : { githubToken: token, fromGh: true };
}

function secretTexts({ secrets, scopes }: Performance): string[] {
  return [secrets, ...Object.values(scopes).map((scope) => scope.secrets)].flatMap((some) => Object.values(some));
}

/** The names under which a block may see a secret, in whichever document. */
function secretNames({ plan }: Performance): ReadonlySet<string> {
  const inputs = [plan.inputs, ...(plan.scopes ?? []).map((scope) => scope.inputs)].flatMap((some) => Object.entries(some));
  // a name that is handed over may be a secret: the including document knows, and nothing is lost by not writing it to disk
  return new Set(inputs.flatMap(([name, input]) => (input.kind === 'value' ? [] : [name])));
}

/** Tokens of the environment that are secrets whatever a runbook says. */
function environmentSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return loginVariables.flatMap((name) => env[name] ?? []).filter((value) => value.length >= shortestSecret);
}

function notifierFor({ notify, plan, folder, file }: Performance, redactor: Redactor, onFailure: (why: string) => void): Notifier | undefined {
  if (notify === undefined) return undefined;
  const manual = new Set(plan.steps.filter((step) => step.kind === 'manual').map((step) => step.id));
  const env = withoutLogins(process.env);
  return createNotifier({ program: notify, run: folder.id, runbook: file, env, manual, redact: (text) => redactor.redact(text), onFailure });
}

function peopleFor({ mode, yes, stepByStep, folder, world, findings = new Map() }: Performance, display: Display, redactor: Redactor): People {
  // credentials of the machine are no business of a rehearsal: there the user of the machine has to do
  const who = mode === 'live' && world === undefined ? async () => (await import('./identity.ts')).identify(process.env, folder.path) : undefined;
  const here = hasTerminal() ? terminalPeople(display, who) : nobody;
  const people = informed(mode === 'rehearse' && yes ? worldPeople(world?.people ?? []) : here, findings);
  return stepByStep ? { ...people, before: stepGuide(display, folder.path, redactor) } : people;
}

function sessionsFor(performance: Performance, redactor: Redactor, { times, login: { fromGh: _, ...init } }: { readonly times: Readonly<Record<string, string>>; readonly login: RunLogin }): Ports['sessions'] {
  const { folder, world } = performance;
  const secrets = secretNames(performance);
  const own = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
  const environment = { ...(world === undefined ? own : { ...world.env, ...pick(own, ['TERM', 'RUNBOOK_TRACE']) }), ...times, RUNBOOK_RUN: folder.id };
  const launched = world?.launch === undefined ? {} : { launch: world.launch };
  return {
    environment,
    openShell: (restore, document, onGroup) => createShellSession({ ...launched, onGroup, name: document.file, cwd: firstFolder(document, folder.work), env: environment, secrets, holdsSecret: (text) => redactor.redact(text) !== text, ...(restore === undefined ? {} : { restore }) }),
    openScript: (document, onGroup) => createScriptSession({ ...launched, onGroup, childModule: scriptChild, toolkitModule, runbookFile: document.file, cwd: firstFolder(document, folder.work), env: withoutLogins(environment), init }),
  };
}

function withoutLogins<V>(env: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !loginVariables.includes(name)));
}

function pick(env: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])));
}

/** `sleep` of a block passes on the run's clock, so that a rehearsal does not wait for it. */
async function sleepInRun(clock: Ports['clock'], data: Json, signal: AbortSignal): Promise<null> {
  const ms = data !== null && typeof data === 'object' && 'ms' in data ? Number(data.ms) : Number.NaN;
  if (!Number.isFinite(ms) || ms < 0) throw new Error('sleep wants a number of milliseconds');
  await clock.sleepUntil(clock.now() + ms, signal);
  return null;
}

/** Ctrl-C: the first ends the run cleanly, the second at once. */
function listenForSignals(): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return {
    signal: controller.signal,
    forget: () => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, onSignal);
    },
  };
}
