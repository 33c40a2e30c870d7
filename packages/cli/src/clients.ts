// The clients of the command's own verbs: made from this process's environment, or from that of a rehearsal world when
// RUNBOOK_WORLD leads into one. What a verb may do to the outside is its declared effect, asked by the write lock as in a run.
import { createWriteLock, safeText, type Call, type Effect } from '@runbook/access';
import { AddressError } from '@runbook/http';
import { dockerCredentials } from '@runbook/registry';
import type { Clock } from '@runbook/runner';
import { createToolkit, type ToolkitGlobals } from '@runbook/toolkit';
import { print, say } from './console.ts';
import { exitCodes, UsageError } from './exit.ts';
import { githubLogin, tokenOfGh } from './github-login.ts';
import { connectWorld, machineClock } from './world-link.ts';

/** How clients are opened. */
export interface ClientOptions {
  /** What the verb may do; reading unless said. */
  readonly effect?: Effect;
  /** Holds every write back. */
  readonly dryRun?: boolean;
  /** What a dry run holds back is told as JSON on stdout. */
  readonly json?: boolean;
  /** GitHub is asked: where no variable holds a token, that of its own command line will do. */
  readonly asksGithub?: boolean;
}

/** The clients, and the environment that leads to where they look. */
export interface Clients extends ToolkitGlobals {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The time when the clients were opened: a rehearsal world has its own. */
  readonly now: Date;
  /** The present time there, in milliseconds. */
  time(): number;
  /** Waits; in a rehearsal world its time goes on at once. */
  sleep(ms: number): Promise<void>;
}

/** Opens the clients. Nothing is sent to a service yet. @throws UsageError when the environment leads nowhere */
export async function openClients({ effect = 'read', dryRun = false, asksGithub = false }: ClientOptions = {}): Promise<Clients> {
  const { env, clock } = await surroundings();
  const lock = createWriteLock(() => ({ mode: dryRun ? 'dry-run' : 'live', effect }), () => undefined);
  const login = githubLogin(env);
  const token = Object.keys(login).length === 0 && asksGithub ? await tokenOfGh(env) : '';
  try {
    const { globals } = await createToolkit({ env, lock, init: token === '' ? { ...login } : { githubToken: token }, registryLogins: dockerCredentials(env), progress: say, ask: () => Promise.reject(new Error('there is no run')) });
    return { ...globals, env, now: new Date(clock.now()), time: clock.now, sleep: (ms) => clock.sleepUntil(clock.now() + ms, new AbortController().signal) };
  } catch (cause) {
    if (cause instanceof AddressError) throw new UsageError(cause.message, undefined, { cause });
    throw cause;
  }
}

async function surroundings(): Promise<{ readonly env: Clients['env']; readonly clock: Clock }> {
  const world = process.env['RUNBOOK_WORLD'] ?? '';
  if (world === '') return { env: process.env, clock: machineClock };
  const link = await connectWorld(world, 0);
  return { env: { ...process.env, ...link.env }, clock: link.clock };
}

const outsideCodes: readonly string[] = ['absent', 'unauthorized', 'forbidden', 'conflict', 'rate-limited', 'unreachable', 'unexpected-answer'];

/** Whether something is the answer of a service that says why it did not do it. */
export function isOutsideError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && outsideCodes.includes(error.code);
}

/**
 * Does what a verb does with clients, and turns what goes wrong outside into a sentence and an exit code: 2 for what can be put right here
 * (a reference that is none, a login that cannot be read), 1 for an answer from outside.
 */
export async function withClients(options: ClientOptions, work: (clients: Clients) => Promise<number>): Promise<number> {
  const clients = await openClients(options);
  try {
    return await work(clients);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') throw cause;
    if (['bad-reference', 'bad-address', 'bad-login'].includes(cause.code)) throw new UsageError(safeText(cause.message), exitCodes.usage, { cause });
    if (cause.code === 'withheld' && 'call' in cause && options.json === true) {
      print(JSON.stringify({ withheld: cause.call }, null, 2));
      return exitCodes.done;
    }
    if (cause.code === 'withheld' && 'call' in cause) throw new UsageError(describeWithheld(cause.call as Call), exitCodes.done, { cause });
    if (cause.code === 'no-project' && 'fix' in cause) throw new UsageError(safeText(`${cause.message}. ${String(cause.fix)}`), exitCodes.failed, { cause });
    if (cause.code === 'promotion-refused' || isOutsideError(cause)) throw new UsageError(safeText(cause.message), exitCodes.failed, { cause });
    throw cause;
  }
}

/** What a dry run held back, in full. */
function describeWithheld(call: Call): string {
  return safeText(`withheld: ${call.method ?? ''} ${call.target}${call.body === undefined ? '' : `\n${call.body}`}\nNothing was written: --dry-run.`);
}
