// Asks the person at the terminal for inputs that a live run needs and nobody gave. A secret is typed unseen.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { safeText } from '@runbook/access';
import { fitInput, type InputDeclaration } from '@runbook/model';
import { say } from './console.ts';

/** What was typed, ready for `resolveInputs`. */
export interface TypedInputs {
  readonly given: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The inputs that would be missing: required, not given, and neither in the environment nor with a default. */
export function missingInputs(declarations: readonly InputDeclaration[], given: Readonly<Record<string, string>>, env: Readonly<Record<string, string | undefined>>): readonly InputDeclaration[] {
  return declarations.filter((input) => input.required && given[input.name] === undefined && (input.env === undefined || (env[input.env] ?? '') === ''));
}

/** Asks for each input in turn, again where the answer does not fit. An empty one leaves it missing, so that the usual error names it. */
export async function askInputs(inputs: readonly InputDeclaration[]): Promise<TypedInputs> {
  const given: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const input of inputs) {
    const answer = await fittingAnswer(input);
    if (answer === '') continue;
    if (input.type === 'secret') secrets[input.name] = answer;
    else given[input.name] = answer;
  }
  return { given, secrets };
}

async function fittingAnswer(input: InputDeclaration): Promise<string> {
  for (;;) {
    const answer = await ask(questionFor(input), input.type === 'secret');
    // a secret is judged where it is resolved: it must not be said what is wrong with its characters
    const fit = answer === '' || input.type === 'secret' ? undefined : fitInput(input, answer);
    if (fit?.kind !== 'mismatch') return answer;
    say(safeText(`${JSON.stringify(answer.slice(0, 80))} does not fit: expected ${fit.expected}. Nothing and Enter ends this.`));
  }
}

function questionFor({ name, type, description, choices, example }: InputDeclaration): string {
  const hints = [type === 'secret' ? 'a secret, not shown as you type' : undefined, description, choices === undefined ? undefined : `one of ${choices.join(', ')}`, example === undefined ? undefined : `for example ${typeof example === 'string' ? example : JSON.stringify(example)}`];
  const hint = hints.flatMap((part) => part ?? []).join('; ');
  return safeText(`${name}${hint === '' ? '' : ` (${hint})`}: `);
}

async function ask(question: string, isSecret: boolean): Promise<string> {
  let isMuted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isMuted) process.stderr.write(chunk);
      done();
    },
  });
  const line = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = line.question(question);
    isMuted = isSecret;
    return (await Promise.race([answer, new Promise<string>((resolve) => line.once('close', () => resolve('')))])).trim();
  } finally {
    line.close();
    if (isSecret) process.stderr.write('\n');
  }
}
