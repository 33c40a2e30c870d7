// A plan for people: what would run, in which order, what it would change, and how that can be checked or undone.
// Says the plan and nothing else: no date, no git state, no environment.
import type { Plan, PlannedInput, PlanStep } from '@runbook/model';
import { layOutRows } from './columns.ts';
import { formatLimit } from './duration.ts';
import { effectPaint, kindWord } from './listing.ts';
import type { TextOptions } from './report-table.ts';
import { clipText, oneLine, safeLines } from './width.ts';

const shownLines = 4;

/** How a plan is shown. */
export interface PlanTextOptions extends TextOptions {
  /** Shows what would be written whole, as before a live run, instead of its first lines. */
  readonly wholeCode?: boolean;
}

/**
 * The plan as text: inputs with where they came from, then each step with its number, effect, place, limits, needs, outputs,
 * verifier and undo, and the first lines of what it would write. Ends with a line feed.
 */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const { palette } = options;
  const steps = plan.steps.filter((step) => step.role === 'step');
  const others = (role: PlanStep['role']): PlanStep[] => plan.steps.filter((step) => step.role === role);
  const placeOf = stepPlaces(plan);
  const show = (step: PlanStep, label: string): string[] => stepLines(step, label, placeOf, options);
  const numberWidth = String(steps.length).length;
  const lines = [
    palette.bold(oneLine(plan.runbook.title)),
    palette.dim(`${oneLine(plan.runbook.file)}, sha256 ${plan.runbook.hash.slice(0, 12)}`),
    ...(plan.lock === undefined ? [] : [`lock: ${oneLine(plan.lock)}`]),
    ...inputLines(plan, options),
    '',
    stepCount(steps),
    ...steps.flatMap((step, i) => show(step, String(i + 1).padStart(numberWidth))),
    ...titled('After a failure, by itself', others('failure').flatMap((step) => show(step, '*'))),
    ...titled('After a failure, when confirmed', others('undo').flatMap((step) => show(step, '↶'))),
  ];
  return `${lines.join('\n')}\n`;
}

function inputLines(plan: Plan, { width = Infinity, palette }: TextOptions): string[] {
  const rows = Object.entries(plan.inputs).map(([name, input]) => [
    { text: `  ${oneLine(name)}`, paint: palette.bold },
    { text: inputValue(input) },
    { text: inputSource(input), paint: input.kind === 'value' && input.from === 'example' ? palette.yellow : palette.dim },
  ]);
  return titled('inputs', layOutRows(rows, [{}, { least: 10 }, {}], width));
}

function inputValue(input: PlannedInput): string {
  if (input.kind === 'secret') return '(secret)';
  return typeof input.value === 'string' ? oneLine(input.value) : oneLine(JSON.stringify(input.value));
}

function inputSource(input: PlannedInput): string {
  if (input.kind === 'secret') return '';
  if (input.from === 'example') return 'EXAMPLE, not given: a live run will ask for it';
  return input.from === 'environment' ? 'from the environment' : input.from;
}

function stepCount(steps: readonly PlanStep[]): string {
  const writes = steps.filter((step) => step.effect === 'write').length;
  return `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${writes} of them ${writes === 1 ? 'writes' : 'write'}`;
}

/** Where each step of a plan stands: `line 10`, or `parts/tag.md line 10` for one of an included document. */
function stepPlaces(plan: Plan): (id: string) => string | undefined {
  const files = new Map((plan.scopes ?? []).map(({ id, file }) => [id, `${oneLine(file)} `]));
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  return (id) => {
    const step = steps.get(id);
    return step === undefined ? undefined : `${files.get(step.scope ?? '') ?? ''}line ${step.line}`;
  };
}

function stepLines(step: PlanStep, label: string, placeOf: ReturnType<typeof stepPlaces>, options: PlanTextOptions): string[] {
  const { palette } = options;
  const indent = ' '.repeat(label.length + 3);
  const badge = effectPaint(step, palette)(`[${step.effect}]`);
  const head = ` ${label}  ${palette.bold(oneLine(step.id))} ${badge} ${palette.dim(`${kindWord(step)}, ${placeOf(step.id) ?? ''}`)}`;
  const facts = [...orderFacts(step), ...processFacts(step), ...limitFacts(step), ...checkFacts(step, placeOf)];
  return ['', head, ...facts.map((fact) => indent + fact), ...codeLines(step, indent, options)];
}

function orderFacts(step: PlanStep): string[] {
  return [
    ...(step.undoes === undefined ? [] : [`undoes ${oneLine(step.undoes)}`]),
    ...(step.excludeFromRunAll ? ['not part of a whole run'] : []),
    ...(step.condition === undefined ? [] : [`if ${oneLine(step.condition)}`]),
    ...(step.needs.length === 0 ? [] : [`needs ${step.needs.map(oneLine).join(', ')}`]),
    ...(step.uses.length === 0 ? [] : [`uses ${step.uses.join(', ')}`]),
    ...(step.publishes.length === 0 ? [] : [`produces ${step.publishes.join(', ')}`]),
    ...(step.path === undefined ? [] : [`writes the file ${oneLine(step.path)} in the work folder`]),
    ...(step.target === undefined ? [] : [`runs ${oneLine(step.target)}`]),
  ];
}

function limitFacts(step: PlanStep): string[] {
  const { gate } = step;
  const attempt = gate?.attemptTimeoutMs === undefined ? '' : `, each try ${formatLimit(gate.attemptTimeoutMs)} at most`;
  return [
    ...(gate === undefined ? [] : [`waits: a try every ${formatLimit(gate.pollMs)}, ${formatLimit(gate.timeoutMs)} at most${attempt}`]),
    ...(gate !== undefined || step.timeoutMs === undefined ? [] : [`stopped after ${formatLimit(step.timeoutMs)}`]),
    ...(step.retry === 0 ? [] : [`tried again ${step.retry === 1 ? 'once' : `${step.retry} times`} when it fails`]),
    ...(step.kind === 'manual' ? [`a person does this${step.approvers > 1 ? `: ${step.approvers} verified people must tick it` : ''}`] : []),
  ];
}

/** How a block runs, where it is not as the ones around it. */
function processFacts(step: PlanStep): string[] {
  return [
    ...(step.background ? [`runs beside the steps below it${step.ready === undefined ? '' : `, ready when ${oneLine(step.ready)} is met`}`] : []),
    ...(step.interactive ? ['a person types into it'] : []),
    ...(step.session === 'none' ? ['in a process of its own'] : []),
    ...(step.interpreter === undefined ? [] : [`run by ${oneLine(step.interpreter)}`]),
    ...(step.cwd === undefined ? [] : [`in the folder ${oneLine(step.cwd)}`]),
  ];
}

function checkFacts(step: PlanStep, placeOf: ReturnType<typeof stepPlaces>): string[] {
  const place = (id: string): string => (placeOf(id) === undefined ? oneLine(id) : `${oneLine(id)} (${placeOf(id)})`);
  return [
    ...(step.expectation === undefined ? [] : [`must print what line ${step.expectation.line} expects`]),
    ...(step.verifier === undefined ? [] : [`verified before and after by ${place(step.verifier)}`]),
    ...(step.undo === undefined ? [] : [`undone by ${place(step.undo)}`]),
  ];
}

/** The code of what changes something, and the text of what a person does; reads are named only. */
function codeLines(step: PlanStep, indent: string, { width = Infinity, palette, wholeCode = false }: PlanTextOptions): string[] {
  if (step.effect !== 'write' && step.kind !== 'manual') return [];
  const lines = safeLines(step.source.replace(/^\n+|\n+$/g, ''));
  const count = wholeCode ? lines.length : shownLines;
  const room = wholeCode ? Infinity : width - indent.length - 2;
  const shown = lines.slice(0, count).map((line) => `${indent}${palette.dim('│')} ${clipText(line, room)}`.trimEnd());
  const more = lines.length - count;
  return more > 0 ? [...shown, indent + palette.dim(`│ … ${more} more ${more === 1 ? 'line' : 'lines'}`)] : shown;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}
