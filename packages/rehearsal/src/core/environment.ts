// All that a code block of a rehearsal gets: a fresh HOME, git led to the world, a stand-in signer, and shims
// that refuse by name the tools the world cannot serve. Nothing of the person's own set-up is read.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { WorldConfig } from '../services.ts';
import { shimScript, shimmedTools, signerScript } from './scripts.ts';

/** The world's one token. It opens nothing anywhere else. */
export const worldToken = 'rehearsal-token-for-practice-only';

/** What the environment is written for. */
export interface EnvironmentParts {
  readonly dir: string;
  /** URL of the world, without a slash at the end. */
  readonly url: string;
  readonly user: WorldConfig['user'];
  /** The PATH behind the shims. */
  readonly path: string;
}

/** Writes the files below `dir/home` and `dir/bin` and gives the whole environment of a block. */
export function writeEnvironment(parts: EnvironmentParts): Readonly<Record<string, string>> {
  const home = join(parts.dir, 'home');
  const bin = join(parts.dir, 'bin');
  const signer = join(parts.dir, 'signer');
  const gitConfig = join(parts.dir, 'gitconfig');
  mkdirSync(home, { recursive: true });
  mkdirSync(bin, { recursive: true });
  for (const tool of shimmedTools) writeProgram(join(bin, tool), shimScript(tool));
  writeProgram(signer, signerScript);
  writeFileSync(gitConfig, gitConfigText(parts, signer));
  const { url } = parts;
  const proxies = Object.fromEntries(['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].map((name) => [name, url]));
  return {
    HOME: home,
    PATH: `${bin}${delimiter}${parts.path}`,
    GIT_CONFIG_GLOBAL: gitConfig,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GITHUB_TOKEN: worldToken,
    GITHUB_USER: parts.user.login,
    RUNBOOK_WORLD: url,
    RUNBOOK_ROUTES: `https://*=${url}/*`,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    ...proxies,
    no_proxy: '127.0.0.1,localhost',
    NO_PROXY: '127.0.0.1,localhost',
  };
}

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function gitConfigText(parts: EnvironmentParts, signer: string): string {
  const { url, user } = parts;
  const remotes = ['https://github.com/', 'http://github.com/', 'git://github.com/', 'git@github.com:', 'ssh://git@github.com/'];
  const helper = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ${shellWord(user.login)} ${shellWord(worldToken)}; }; f`;
  const advice = ['detachedHead', 'pushUpdateRejected', 'statusHints', 'commitBeforeMerge', 'addEmptyPathspec', 'addIgnoredFile', 'implicitIdentity', 'resolveConflict', 'fetchShowForcedUpdates'];
  return [
    '[user]',
    `\tname = ${quoted(user.name)}`,
    `\temail = ${quoted(user.email)}`,
    // Blocks of a rehearsal are short: their clones need no housekeeping.
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[init]',
    '\tdefaultBranch = main',
    '[gpg]',
    `\tprogram = ${quoted(signer)}`,
    `[url ${quoted(`${url}/github.com/`)}]`,
    ...remotes.map((remote) => `\tinsteadOf = ${remote}`),
    `[credential ${quoted(url)}]`,
    '\thelper =',
    `\thelper = ${quoted(helper)}`,
    '[advice]',
    ...advice.map((name) => `\t${name} = false`),
    '',
  ].join('\n');
}

/** A value of a git config file. */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function shellWord(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
