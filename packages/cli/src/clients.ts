// The clients of the command's own verbs: made from this process's environment, or from that of a rehearsal world when
// RUNBOOK_WORLD leads into one. What a verb may do to the outside is its declared effect, asked by the write lock as in a run.
import { createWriteLock, safeText, type Call, type Effect } from '@runbook/access';
import { AddressError } from '@runbook/http';
import { createToolkit, type ToolkitGlobals } from '@runbook/toolkit';
import { say } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';

/** How clients are opened. */
export interface ClientOptions {
  /** What the verb may do; reading unless said. */
  readonly effect?: Effect;
  /** Holds every write back. */
  readonly dryRun?: boolean;
}

/** The clients, and the environment that leads to where they look. */
export interface Clients extends ToolkitGlobals {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The time there: a rehearsal world has its own. */
  readonly now: Date;
}

/** Opens the clients. Nothing is sent to a service yet. @throws UsageError when the environment leads nowhere */
export async function openClients({ effect = 'read', dryRun = false }: ClientOptions = {}): Promise<Clients> {
  const { env, now } = await surroundings();
  const lock = createWriteLock(() => ({ mode: dryRun ? 'dry-run' : 'live', effect }), () => undefined);
  const token = env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? '';
  try {
    const { globals } = await createToolkit({ env, lock, init: token === '' ? null : { githubToken: token }, progress: say, ask: () => Promise.reject(new Error('there is no run')) });
    return { ...globals, env, now };
  } catch (cause) {
    if (cause instanceof AddressError) throw new UsageError(cause.message, undefined, { cause });
    throw cause;
  }
}

async function surroundings(): Promise<Pick<Clients, 'env' | 'now'>> {
  const world = process.env['RUNBOOK_WORLD'] ?? '';
  if (world === '') return { env: process.env, now: new Date() };
  const { connectWorld } = await import('./world-link.ts');
  const link = await connectWorld(world, 0);
  return { env: { ...process.env, ...link.env }, now: new Date(link.clock.now()) };
}

const outsideCodes: readonly string[] = ['absent', 'unauthorized', 'forbidden', 'conflict', 'rate-limited', 'unreachable', 'unexpected-answer'];

/**
 * Does what a verb does with clients, and turns what goes wrong outside into a sentence and an exit code: 2 for a reference or
 * address that is none, 1 for an answer from outside.
 */
export async function withClients(options: ClientOptions, work: (clients: Clients) => Promise<number>): Promise<number> {
  const clients = await openClients(options);
  try {
    return await work(clients);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') throw cause;
    if (cause.code === 'bad-reference' || cause.code === 'bad-address') throw new UsageError(safeText(cause.message), exitCodes.usage, { cause });
    if (cause.code === 'withheld' && 'call' in cause) throw new UsageError(describeWithheld(cause.call as Call), exitCodes.done, { cause });
    if (outsideCodes.includes(cause.code)) throw new UsageError(safeText(cause.message), exitCodes.failed, { cause });
    throw cause;
  }
}

/** What a dry run held back, in full. */
function describeWithheld(call: Call): string {
  return safeText(`withheld: ${call.method ?? ''} ${call.target}${call.body === undefined ? '' : `\n${call.body}`}\nNothing was written: --dry-run.`);
}
