// `runbook schema`: the JSON schema of the front matter, for editors and checks that know nothing of runbooks.
import { frontMatterSchema } from '@runbook/editor';
import { print } from '../console.ts';
import { exitCodes } from '../exit.ts';

/** Prints the schema. */
export function schema(): number {
  print(JSON.stringify(frontMatterSchema, null, 2));
  return exitCodes.done;
}
