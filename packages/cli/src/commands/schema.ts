// `runbook schema`: the JSON schemas of what people write and of what programs read, for editors and checks that know nothing of
// runbooks.
import { frontMatterSchema } from '@runbook/editor';
import { loadReportSchema } from '@runbook/render';
import { print } from '../console.ts';
import { exitCodes } from '../exit.ts';

/** Prints a schema. */
export async function schema(of: 'front-matter' | 'report'): Promise<number> {
  print(JSON.stringify(of === 'report' ? await loadReportSchema() : frontMatterSchema, null, 2));
  return exitCodes.done;
}
