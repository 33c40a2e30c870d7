// The clients of the command's own verbs: made from this process's environment, or from that of a rehearsal world when
// RUNBOOK_WORLD leads into one. What a verb may do to the outside is its declared effect, asked by the write lock as in a run.
import { createWriteLock, type Effect } from '@runbook/access';
import { createToolkit, type ToolkitGlobals } from '@runbook/toolkit';
import { AddressError } from '@runbook/http';
import { say } from './console.ts';
import { UsageError } from './exit.ts';

/** How clients are opened. */
export interface ClientOptions {
  /** What the verb may do; reading unless said. */
  readonly effect?: Effect;
  /** Shows every write and holds it back. */
  readonly dryRun?: boolean;
}

/** Opens the clients. Nothing is sent yet. */
export async function openClients({ effect = 'read', dryRun = false }: ClientOptions = {}): Promise<ToolkitGlobals> {
  const env = process.env;
  const lock = createWriteLock(() => ({ mode: dryRun ? 'dry-run' : 'live', effect }), () => undefined);
  const token = env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? '';
  try {
    const { globals } = await createToolkit({ env, lock, init: token === '' ? null : { githubToken: token }, progress: say, ask: () => Promise.reject(new Error('there is no run')) });
    return globals;
  } catch (cause) {
    if (cause instanceof AddressError) throw new UsageError(cause.message, undefined, { cause });
    throw cause;
  }
}
