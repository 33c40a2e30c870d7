// `runbook new`: a first runbook from answers, given as flags or asked for in a terminal. It never overwrites a file unless told.
import { writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseRunbook } from '@runbook/model';
import { defaultSteps, findStarterFault, parseStarterInput, parseStarterStep, renderStarter, type Answer, type StarterAnswers } from '@runbook/render';
import { safeText } from '@runbook/access';
import { createAsker, type Asker } from '../asker.ts';
import { print, say } from '../console.ts';
import { insistOnDocument } from '../document.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { hasTerminal } from '../people.ts';

/** The flags of `new`. */
export interface NewFlags {
  readonly title?: string;
  readonly step?: readonly string[];
  readonly input?: readonly string[];
  readonly kubernetesImage?: boolean;
  readonly force?: boolean;
}

/** Writes a first runbook and says what to do with it. The path of the file goes to stdout. */
export async function newRunbook(file: string | undefined, flags: NewFlags): Promise<number> {
  const isAnswered = flags.title !== undefined || flags.kubernetesImage === true || (flags.step ?? []).length > 0 || (flags.input ?? []).length > 0;
  if (!isAnswered && !hasTerminal()) throw new UsageError('Nobody can be asked here. Say what is to be written: --title TEXT, --step NAME[:KIND], --input NAME[:TYPE], --kubernetes-image.');
  const answers = isAnswered ? answersOf(file, flags) : await askAll(file);
  if (answers === undefined) return exitCodes.waiting;
  const fault = findStarterFault(answers);
  if (fault !== undefined) throw new UsageError(`runbook new: ${fault}.`);
  const path = file ?? fileOf(answers.title);
  const text = renderStarter(answers);
  insistOnDocument(parseRunbook(text, path).problems, path, text);
  if (path === '-') {
    print(text);
    return exitCodes.done;
  }
  write(path, text, flags.force === true);
  print(path);
  say(`Next:\n  runbook check ${safeText(path)}\n  runbook run ${safeText(path)} --rehearse --yes`);
  return exitCodes.done;
}

function answersOf(file: string | undefined, flags: NewFlags): StarterAnswers {
  const kubernetesImage = flags.kubernetesImage === true;
  const title = flags.title ?? (kubernetesImage ? 'Release a Kubernetes image' : titleOf(file));
  if (title === undefined || title === '') throw new UsageError('runbook new: the runbook needs a name. Say --title TEXT, or give a file.');
  const steps = (flags.step ?? []).map((text) => insist(parseStarterStep(text), '--step'));
  const inputs = (flags.input ?? []).map((text) => insist(parseStarterInput(text), '--input'));
  return { title, inputs, steps: steps.length === 0 && !kubernetesImage ? defaultSteps : steps, kubernetesImage };
}

function insist<Value>(answer: Answer<Value>, flag: string): Value {
  if (answer.kind === 'fault') throw new UsageError(`runbook new ${flag}: ${answer.message}.`);
  return answer.value;
}

/** `Release it!` → `release-it.md`. */
function fileOf(title: string): string {
  const name = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60).replace(/-+$/, '');
  return `${name === '' ? 'runbook' : name}.md`;
}

function write(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EEXIST') throw new UsageError(`${path} is there already. Give another file, or --force to replace it.`, undefined, { cause });
    throw new UsageError(`${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, { cause });
  }
}

const questions = {
  image: 'Does it release an image of a Kubernetes subproject? [y/N] ',
  input: 'Input, as NAME or NAME:TYPE (string, number, boolean, choice=a,b, list, secret); empty to go on: ',
  step: 'Step, as NAME or NAME:KIND (read, local, write, wait, person); empty to go on: ',
};

/** The answers of the person at the terminal; undefined when the person leaves. */
async function askAll(file: string | undefined): Promise<StarterAnswers | undefined> {
  const asker = createAsker(process.stdin, process.stderr);
  try {
    const title = await askTitle(asker, titleOf(file) ?? '');
    const image = title === undefined ? undefined : await asker.ask(questions.image);
    if (title === undefined || image === undefined) return leave();
    const kubernetesImage = /^y(es)?$/i.test(image);
    const inputs = kubernetesImage ? [] : await askMany(asker, questions.input, parseStarterInput);
    const steps = inputs === undefined ? undefined : await askMany(asker, questions.step, parseStarterStep);
    if (inputs === undefined || steps === undefined) return leave();
    return { title, inputs, steps: steps.length === 0 && !kubernetesImage ? defaultSteps : steps, kubernetesImage };
  } finally {
    asker.close();
  }
}

function leave(): undefined {
  say('\nNothing was written.');
}

async function askTitle(asker: Asker, known: string): Promise<string | undefined> {
  for (;;) {
    const answer = await asker.ask(known === '' ? 'Title: ' : `Title [${safeText(known)}]: `);
    if (answer === undefined || answer !== '' || known !== '') return answer === '' ? known : answer;
  }
}

async function askMany<Value>(asker: Asker, question: string, parse: (text: string) => Answer<Value>): Promise<Value[] | undefined> {
  const values: Value[] = [];
  for (;;) {
    const text = await asker.ask(question);
    if (text === undefined || text === '') return text === undefined ? undefined : values;
    const answer = parse(text);
    if (answer.kind === 'value') values.push(answer.value);
    else say(`  ${safeText(answer.message)}.`);
  }
}

/** `rotate-keys.md` → `rotate keys`. */
function titleOf(file: string | undefined): string | undefined {
  return file === undefined || file === '-' ? undefined : basename(file, extname(file)).replace(/[-_]+/g, ' ').trim();
}
