// Asks the person at the terminal for inputs that a live run needs and nobody gave. A secret is typed unseen.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { safeText } from '@runbook/access';
import type { InputDeclaration } from '@runbook/model';

/** What was typed, ready for `resolveInputs`. */
export interface TypedInputs {
  readonly given: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The inputs that would be missing: required, not given, and neither in the environment nor with a default. */
export function missingInputs(declarations: readonly InputDeclaration[], given: Readonly<Record<string, string>>, env: Readonly<Record<string, string | undefined>>): readonly InputDeclaration[] {
  return declarations.filter((input) => input.required && given[input.name] === undefined && (input.env === undefined || (env[input.env] ?? '') === ''));
}

/** Asks for each input in turn. An empty answer leaves it missing, so that the usual error names it. */
export async function askInputs(inputs: readonly InputDeclaration[]): Promise<TypedInputs> {
  const given: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const input of inputs) {
    const answer = await ask(questionFor(input), input.type === 'secret');
    if (answer === '') continue;
    if (input.type === 'secret') secrets[input.name] = answer;
    else given[input.name] = answer;
  }
  return { given, secrets };
}

function questionFor({ name, description, choices, example }: InputDeclaration): string {
  const hints = [description, choices === undefined ? undefined : `one of ${choices.join(', ')}`, example === undefined ? undefined : `for example ${typeof example === 'string' ? example : JSON.stringify(example)}`];
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
