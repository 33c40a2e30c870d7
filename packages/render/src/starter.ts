// A first runbook from a few answers. What it writes passes `check` and rehearses as it is; the author replaces its commands.
// Names are refused here, before anything is written, so that no answer can become code or mark-up.
import { reservedNames, type InputType, type Json } from '@runbook/model';
import { imageChapters, imageInputs } from './starter-image.ts';
import { escapeMarkdown } from './markdown-text.ts';
import { oneLine } from './width.ts';

/** What a step of a starter does. `write` brings its verifier, `wait` is a gate, `person` is a manual step. */
export type StarterKind = 'read' | 'local' | 'write' | 'wait' | 'person';

/** A step to begin with. */
export interface StarterStep {
  readonly name: string;
  readonly kind: StarterKind;
}

/** An input to begin with. */
export interface StarterInput {
  readonly name: string;
  readonly type: InputType;
  /** An example; for a choice the first of `choices`. Absent for a secret. */
  readonly value?: Json;
  readonly choices?: readonly string[];
}

/** What an author answered. */
export interface StarterAnswers {
  readonly title: string;
  readonly inputs: readonly StarterInput[];
  readonly steps: readonly StarterStep[];
  /** Whether the runbook releases an image of a Kubernetes subproject; it then has inputs of its own. */
  readonly kubernetesImage: boolean;
}

/** An answer that could be read, or what is wrong with it. */
export type Answer<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'fault'; readonly message: string };

const kinds: readonly StarterKind[] = ['read', 'local', 'write', 'wait', 'person'];
const types: readonly InputType[] = ['string', 'number', 'boolean', 'choice', 'list', 'secret'];

/** Steps of a starter whose author named none. */
export const defaultSteps: readonly StarterStep[] = [
  { name: 'look', kind: 'read' },
  { name: 'go-ahead', kind: 'person' },
  { name: 'change', kind: 'write' },
  { name: 'settled', kind: 'wait' },
];

/** Reads `NAME` or `NAME:KIND`. */
export function parseStarterStep(text: string): Answer<StarterStep> {
  const [name = '', kind = 'read', ...rest] = text.trim().split(':');
  const known = kinds.find((one) => one === kind);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)) return fault(`${show(name)} cannot be the name of a step; expected letters, digits and . _ -, beginning with a letter or digit`);
  if (known === undefined || rest.length > 0) return fault(`${show([kind, ...rest].join(':'))} is no kind of step; expected one of ${kinds.join(', ')}`);
  return { kind: 'value', value: { name, kind: known } };
}

/** Reads `NAME`, `NAME:TYPE` or `NAME:TYPE=VALUE`. The value of a choice is its choices, with commas between. */
export function parseStarterInput(text: string): Answer<StarterInput> {
  const [, name = '', typeText = 'string', value] = /^([^:]*)(?::([^=]*))?(?:=(.*))?$/s.exec(text.trim()) ?? [];
  const type = types.find((one) => one === typeText);
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) return fault(`${show(name)} cannot be the name of an input; expected letters, digits and _, beginning with a letter`);
  if (reservedNames.has(name)) return fault(`the name ${show(name)} belongs to JavaScript, the shell or the toolkit`);
  if (type === undefined) return fault(`${show(typeText)} is no type; expected one of ${types.join(', ')}`);
  return readValue({ name, type }, value);
}

function readValue(input: { readonly name: string; readonly type: InputType }, text: string | undefined): Answer<StarterInput> {
  const made = (value: Json): Answer<StarterInput> => ({ kind: 'value', value: { ...input, value } });
  const items = (text ?? '').split(',').map((item) => oneLine(item)).filter((item) => item !== '');
  if (input.type === 'secret') return text === undefined ? { kind: 'value', value: input } : fault(`${input.name} is a secret; no value of it belongs into a document`);
  if (input.type === 'choice') return items[0] === undefined ? fault(`${input.name} needs choices: ${input.name}:choice=one,two`) : { kind: 'value', value: { ...input, value: items[0], choices: items } };
  if (input.type === 'list') return made(items.length === 0 ? ['example'] : items);
  if (input.type === 'boolean') return text === undefined || text === 'true' || text === 'false' ? made(text === 'true') : fault(`${input.name} is ${show(text)}; expected true or false`);
  if (input.type === 'string') return made(text === undefined || oneLine(text) === '' ? 'example' : oneLine(text));
  const number = text === undefined ? 1 : Number(text);
  return text?.trim() !== '' && Number.isFinite(number) ? made(number) : fault(`${input.name} is ${show(text ?? '')}; expected a number`);
}

/** What is wrong with answers that are fine one by one; undefined when nothing is. */
export function findStarterFault({ title, inputs, steps, kubernetesImage }: StarterAnswers): string | undefined {
  if (oneLine(title) === '') return 'the title is empty';
  if (kubernetesImage && inputs.length > 0) return 'a runbook for a Kubernetes image has inputs of its own: leave out the others';
  const names = [...(kubernetesImage ? imageChapters.flatMap(({ steps: own }) => own) : []), ...steps.flatMap(({ name, kind }) => (kind === 'write' ? [name, verifierOf(name)] : [name]))];
  const double = [...names, ...inputs.map(({ name }) => `input ${name}`)].find((name, index, all) => all.indexOf(name) < index);
  return double === undefined ? undefined : `the name ${show(double)} is given twice`;
}

/** The text of a first runbook. The answers must have no fault. */
export function renderStarter(answers: StarterAnswers): string {
  const title = oneLine(answers.title);
  const inputs = answers.kubernetesImage ? imageInputs : answers.inputs.map(inputLines);
  const front = ['---', `title: ${yamlText(title)}`, 'requires: runbook >= 0.1', ...(answers.kubernetesImage ? ['lock: "{project}-{version}"'] : []), ...(inputs.length === 0 ? [] : ['inputs:', ...inputs.flat()]), '---'];
  const explained = new Set<StarterKind>();
  const shown = answers.inputs.filter(({ type }) => type !== 'secret').map(({ name }) => name);
  const first = answers.steps.findIndex(({ kind }) => kind !== 'person');
  const chapters = answers.steps.map((step, index) => chapter(step, explained, index === first ? shown : []));
  const parts = [front.join('\n'), `# ${escapeMarkdown(title)}`, ...introduction(answers), ...chapters];
  return `${parts.join('\n\n')}\n`;
}

function introduction({ kubernetesImage }: StarterAnswers): string[] {
  if (kubernetesImage) return imageChapters.map(({ text }) => text);
  return ['Say in a few sentences what this runbook does, for whom, and what must be true before it begins. Whoever reads this page\nshould understand it without running it.'];
}

function inputLines({ name, type, value, choices }: StarterInput): string[] {
  const key = type === 'boolean' || type === 'choice' ? 'default' : 'example';
  return [
    `  ${name}:`,
    `    type: ${type}`,
    ...(choices === undefined ? [] : [`    choices: [${choices.map(yamlText).join(', ')}]`]),
    ...(value === undefined ? [] : [`    ${key}: ${yamlValue(value)}`]),
    ...(type === 'secret' ? [`    env: ${name.toUpperCase()}`] : []),
    `    description: Say what ${name} is for`,
  ];
}

const explanations: Readonly<Record<StarterKind, string>> = {
  read: 'A step with `effect=read` changes nothing, anywhere. Put commands here that look whether all is as it should be.',
  local: 'A step with `effect=local` changes only the work folder of the run, and may be repeated.',
  write: 'A step with `effect=write` changes something outside. It is shown before it runs, and withheld in a dry run.',
  wait: 'This step is a gate: it is tried again until it succeeds. Exit code 1 says "not yet"; any other fails at once.',
  person: 'A person ticks this step, and the report says who it was.',
};

const verifierText = 'Is it done? Exit code 0 says yes, 1 says no, and any other that nobody knows. It is asked before the step and after it.';

function chapter({ name, kind }: StarterStep, explained: Set<StarterKind>, inputs: readonly string[]): string {
  const isNew = !explained.has(kind);
  explained.add(kind);
  const show = inputs.map((input) => `echo "${input}: $${input}"`);
  const mark = `${name}.txt`;
  const blocks: Readonly<Record<StarterKind, readonly string[]>> = {
    read: [shellBlock(`name=${name} effect=read`, [...show, `echo "${name}: nothing to look at yet"`])],
    local: [shellBlock(`name=${name} effect=local`, [...show, `echo "${name}" > "${mark}"`])],
    write: [shellBlock(`name=${name} effect=write`, [...show, `echo "${name}" > "${mark}"    # stands for the real change`]), ...(isNew ? [verifierText] : []), shellBlock(`name=${verifierOf(name)} verifies=${name} effect=read`, [`test -e "${mark}" || exit 1`])],
    wait: [shellBlock(`name=${name} effect=read poll=30s timeout=1h`, [...show, 'true    # stands for the real question'])],
    person: [`- [ ] Say what a person has to look at or decide. <!-- {name=${name}} -->`],
  };
  return [`## ${escapeMarkdown(titleOf(name))}`, ...(isNew ? [explanations[kind]] : []), ...blocks[kind]].join('\n\n');
}

function shellBlock(attributes: string, lines: readonly string[]): string {
  return ['```bash {' + attributes + '}', ...lines, '```'].join('\n');
}

function verifierOf(name: string): string {
  return `${name}-is-done`;
}

/** `push-tag` as a heading: `Push tag`. */
function titleOf(name: string): string {
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words === '' ? name : words[0]?.toUpperCase() + words.slice(1);
}

/** Any text as a double-quoted scalar of YAML 1.2; what is not printable is escaped. */
function yamlText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function yamlValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  return typeof value === 'string' ? yamlText(value) : JSON.stringify(value);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function fault(message: string): { readonly kind: 'fault'; readonly message: string } {
  return { kind: 'fault', message };
}
