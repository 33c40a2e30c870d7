// What a script block finds in scope. The runner's child process makes one for a run; a verb of the command line makes one too.
import { createRedactor, type WriteLock } from '@runbook/access';
import { createGithub, type AppLogin, type Github } from '@runbook/github';
import { createHttp, createRoutes, type Routes } from '@runbook/http';
import type { Json } from '@runbook/model';
import { createProw, type Prow } from '@runbook/prow';
import { createRegistry, type Credentials, type Registry } from '@runbook/registry';
import { cloudbuild, promoter, prowConfig } from './formats.ts';
import { createReleaseTools, type ReleaseTools } from './release.ts';

/** What the toolkit is made from. */
export interface ToolkitContext {
  /** The run's environment. Addresses and routes are read from it, tokens are not. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lock: WriteLock;
  /** The fetch below the write lock, where the process's own is behind it. */
  readonly fetch?: typeof globalThis.fetch;
  /** `{ githubToken? }` or `{ githubApp? }` (an `AppLogin`): handed over by the runner, never through the environment or argv. */
  readonly init: Json;
  /** Shows one line of what is going on. */
  readonly progress: (text: string) => void;
  /** Logins for registries; anonymous unless given. */
  readonly registryLogins?: Credentials;
  /** Asks the run, for example for the report so far. */
  readonly ask: (kind: string, data: Json) => Promise<Json>;
}

/** The run, as a block may ask about it. */
export interface RunTools {
  /** The report so far, as Markdown. */
  report(): Promise<string>;
}

/** Names a block has in scope besides inputs, outputs, `$`, `sleep` and `retry`. */
export interface ToolkitGlobals {
  readonly github: Github;
  readonly prow: Prow;
  readonly registry: Registry;
  readonly release: ReleaseTools;
  readonly run: RunTools;
  readonly prowConfig: typeof prowConfig;
  readonly cloudbuild: typeof cloudbuild;
  readonly promoter: typeof promoter;
}

/** Makes the toolkit of a run. Nothing is sent before a block calls. */
export function createToolkit(context: ToolkitContext): Promise<{ readonly globals: ToolkitGlobals; readonly route: Routes }> {
  const login = loginOf(context.init);
  const redactor = createRedactor([...(login.token === undefined ? [] : [login.token]), ...(login.app === undefined ? [] : [login.app.privateKey])]);
  const http = createHttp({ lock: context.lock, env: context.env, redactor, progress: context.progress, ...(context.fetch === undefined ? {} : { fetch: context.fetch }) });
  const github = createGithub({ http, env: context.env, lock: context.lock, progress: context.progress, ...login });
  const prow = createProw({ http, env: context.env });
  const registry = createRegistry({ http, ...(context.registryLogins === undefined ? {} : { credentials: context.registryLogins }) });
  const release = createReleaseTools({ github, prow, registry, progress: context.progress, print: (text) => console.log(text) });
  const run: RunTools = { report: async () => textOf(await context.ask('report', null)) };
  return Promise.resolve({ globals: { github, prow, registry, release, run, prowConfig, cloudbuild, promoter }, route: createRoutes(context.env) });
}

function textOf(answer: Json): string {
  if (typeof answer !== 'string') throw new Error('the run did not answer with a report');
  return answer;
}

/** The login that was handed over. */
function loginOf(init: Json): { readonly token?: string; readonly app?: AppLogin } {
  if (init === null || typeof init !== 'object' || Array.isArray(init)) return {};
  const { githubToken, githubApp } = init as { readonly githubToken?: Json; readonly githubApp?: Json };
  if (typeof githubToken === 'string' && githubToken !== '') return { token: githubToken };
  if (githubApp === null || typeof githubApp !== 'object' || Array.isArray(githubApp)) return {};
  return { app: githubApp as unknown as AppLogin };
}
