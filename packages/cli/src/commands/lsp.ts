// `runbook lsp`: the language server, on stdin and stdout. Nothing else may be written to stdout while it serves.
import { safeText } from '@runbook/access';
import { serveEditor } from '@runbook/editor';
import { say } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { version } from '../version.ts';

/** Serves one editor. Ends with 0 when it said farewell, 1 when it just went away, 2 when it speaks something else. */
export async function lsp(): Promise<number> {
  if (process.stdin.isTTY === true) throw new UsageError('runbook lsp talks with an editor, not with a person: name it as language server in the settings of your editor (docs/editors.md).');
  const farewell = await serveEditor({ input: process.stdin, output: process.stdout, version, onTrouble: (message) => say(`runbook lsp: ${safeText(message)}`) });
  process.stdin.destroy();
  return { 'shut down': exitCodes.done, 'cut off': exitCodes.failed, 'not understood': exitCodes.usage }[farewell];
}
