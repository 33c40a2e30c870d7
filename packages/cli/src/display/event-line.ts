// What an event leaves behind in the scroll-back, the same in a terminal and in a log file. Foreign text is made safe here.
import type { Person, RunEvent } from '@runbook/model';
import { clipText, formatDuration, oneLine, renderWithheld, statePaint, stateWord, type Palette } from '@runbook/render';
import type { StepView } from './progress.ts';

/** What an event is told with: the step it is about, how many steps are counted, and the colours. */
export interface Telling {
  readonly view: StepView | undefined;
  readonly total: number;
  readonly palette: Palette;
}

type Of<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

/** States of a verifier that its step tells anyway. */
const quietVerifierStates: ReadonlySet<string> = new Set(['passed', 'skipped', 'withheld', 'unreachable', 'not-needed', 'not-selected', 'not-reached']);

/** The lines of one event; none for events that only matter to the journal. `view` is the step after the event. */
export function eventLines(event: RunEvent, telling: Telling): string[] {
  switch (event.kind) {
    case 'run-started':
      return runLines(event, telling);
    case 'step-started':
      return startLines(event, telling);
    case 'write':
      return writeLines(event, telling);
    case 'verified':
      return [verifiedLine(event, telling)];
    case 'step-ended':
      return endLines(event, telling);
    case 'signal':
      return [`   ${event.decision === 'approve' ? 'approved' : 'declined'} by ${personText(event.by)}${event.evidence === undefined ? '' : `: ${oneLine(event.evidence)}`}`];
    case 'settled':
      return [`   ${personText(event.by)} looked: ${event.found === 'done' ? 'it was done' : 'it was not done, and is run again'}`];
    case 'run-ended':
      return [telling.palette.bold(`== run ${event.state === 'dry' ? 'ended as a dry run' : event.state}`)];
    case 'edited':
    case 'handed-over':
    case 'taken-in':
    case 'moved':
    case 'owned':
    case 'tools':
    case 'gate-waiting':
    case 'group-started':
      return [];
  }
}

/** `waiting: the run is pending; try 3, next try in 30s, deadline 2026-11-22 19:04Z (in 1h 58m)`. */
export function waitingLine(event: Of<'gate-waiting'>, said: string | undefined): string {
  const what = oneLine(event.answer ?? said ?? 'not yet');
  const deadline = new Date(event.deadline).toISOString().slice(0, 16).replace('T', ' ');
  const left = formatDuration(event.deadline - event.at);
  return `   waiting: ${what}; try ${event.attempt}, next try in ${formatDuration(event.next - event.at)}, deadline ${deadline}Z (in ${left})`;
}

/** `alice (verified: os)`. */
function personText(person: Person): string {
  return `${oneLine(person.name)} (${person.verified === 'none' ? 'not verified' : `verified: ${person.verified}`})`;
}

function runLines(event: Of<'run-started'>, { palette }: Telling): string[] {
  const mode = event.mode === 'live' ? '' : event.mode === 'rehearse' ? ', rehearsal' : ', dry run';
  const head = palette.bold(`== run ${oneLine(event.run)} of ${oneLine(event.file)}${mode}`);
  return event.world === undefined ? [head] : [head, `   ${oneLine(event.world)}`];
}

function startLines(event: Of<'step-started'>, { view, total, palette }: Telling): string[] {
  if (view?.step.role === 'verifier') return [];
  const again = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
  const effect = event.effect === 'write' ? palette.yellow('(write)') : `(${event.effect})`;
  return [`${palette.bold(`== ${title(event.step, view, total)}`)} ${effect}${part(view)}${again}`];
}

function title(step: string, view: StepView | undefined, total: number): string {
  return view?.number === undefined ? oneLine(step) : `[${view.number}/${total}] ${oneLine(step)}`;
}

/** Why a step runs that is not in the ordinary order. */
function part(view: StepView | undefined): string {
  if (view?.step.role === 'failure') return ', because of the failure';
  return view?.step.undoes === undefined ? '' : `, undoes ${oneLine(view.step.undoes)}`;
}

function writeLines(event: Of<'write'>, { palette }: Telling): string[] {
  if (event.write.withheld) return renderWithheld(event.write, { palette }).trimEnd().split('\n');
  const { method, target } = event.write;
  const [first = '', ...rest] = target.trim().split('\n');
  return [`   ${palette.yellow('write:')} ${method === undefined ? '' : `${oneLine(method)} `}${clipText(oneLine(first), 400)}${rest.length > 0 ? ' …' : ''}`];
}

function verifiedLine(event: Of<'verified'>, { palette }: Telling): string {
  const detail = event.detail === undefined ? '' : `: ${oneLine(event.detail)}`;
  const by = `   verified by ${oneLine(event.verifier)}: `;
  if (event.answer === 'unknown') return by + palette.magenta(`unknown${detail}`);
  if (event.answer === 'done') return by + palette.green(event.moment === 'before' ? 'already done' : 'done') + detail;
  return by + (event.moment === 'before' ? 'not done yet' : palette.red('not done')) + detail;
}

function endLines(event: Of<'step-ended'>, { view, total, palette }: Telling): string[] {
  const paint = statePaint(event.state, palette);
  const reason = event.state === 'passed' || event.reason === undefined ? '' : `: ${oneLine(event.reason)}`;
  const place = event.state === 'failed' && view !== undefined ? ` (line ${view.step.line}${view.step.scope === undefined ? '' : ' of the included document'})` : '';
  const by = event.by === undefined ? '' : ` by ${personText(event.by)}`;
  const evidence = event.evidence === undefined ? '' : `, evidence: ${oneLine(event.evidence)}`;
  if (view?.step.role === 'verifier') {
    return quietVerifierStates.has(event.state) ? [] : [paint(`   verifier ${oneLine(event.step)} ${stateWord(event.state)}${reason}${place}`)];
  }
  const started = view?.startedAt;
  // the end of a block that ran beside others stands below them
  const name = started === undefined || view?.step.background === true ? `${title(event.step, view, total)} ` : '';
  const took = started === undefined ? '' : ` ${formatDuration(Math.max(0, event.at - started))}`;
  const log = event.state === 'failed' && event.log !== undefined ? [palette.dim(`   log: ${oneLine(event.log)}`)] : [];
  return [paint(`-- ${name}${stateWord(event.state)}${took}${by}${reason}${place}${evidence}`), ...log];
}
