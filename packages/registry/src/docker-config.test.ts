import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { dockerCredentials } from './docker-config.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A home with files; programs among them can be run. */
function home(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'docker-config-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: path.startsWith('bin/') ? 0o755 : 0o600 });
  }
  return folder;
}

const docker = '.docker/config.json';
const auth = (text: string): string => Buffer.from(text).toString('base64');
const helper = (answer: string): string => `#!/bin/sh\nread -r host\nprintf '%s' '${answer}'\n`;

test.each<[what: string, files: Readonly<Record<string, string>>, host: string, login: unknown]>([
  ['a name and a password', { [docker]: JSON.stringify({ auths: { 'r.test': { auth: auth('me:pass:word') } } }) }, 'r.test', { username: 'me', password: 'pass:word' }],
  ["gcloud's token under the name it wants", { [docker]: JSON.stringify({ auths: { 'https://gcr.io': { auth: auth('oauth2accesstoken:ya29.abc') } } }) }, 'gcr.io', { username: 'oauth2accesstoken', password: 'ya29.abc' }],
  ['an identity token', { [docker]: JSON.stringify({ auths: { 'r.test': { auth: auth('me:'), identitytoken: 'identity-of-me' } } }) }, 'r.test', { identityToken: 'identity-of-me' }],
  ['Docker Hub under its old address', { [docker]: JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth: auth('me:password') } } }) }, 'docker.io', { username: 'me', password: 'password' }],
  ['a helper for one host', { [docker]: JSON.stringify({ credHelpers: { 'gcr.io': 'x' } }), 'bin/docker-credential-x': helper('{"Username":"me","Secret":"password"}') }, 'gcr.io', { username: 'me', password: 'password' }],
  ['a helper whose secret is an identity token', { [docker]: JSON.stringify({ credsStore: 'x' }), 'bin/docker-credential-x': helper('{"Username":"<token>","Secret":"identity-of-me"}') }, 'r.test', { identityToken: 'identity-of-me' }],
  ['a helper that has none', { [docker]: JSON.stringify({ credsStore: 'x' }), 'bin/docker-credential-x': '#!/bin/sh\necho none; exit 1\n' }, 'r.test', undefined],
  ["podman's file", { '.config/containers/auth.json': JSON.stringify({ auths: { 'r.test': { auth: auth('me:password') } } }) }, 'r.test', { username: 'me', password: 'password' }],
  ['another host', { [docker]: JSON.stringify({ auths: { 'r.test': { auth: auth('me:password') } } }) }, 'r.test.evil', undefined],
  ['no file', {}, 'r.test', undefined],
])('%s', async (_, files, host, login) => {
  const HOME = home(files);
  expect(await dockerCredentials({ HOME, PATH: `${join(HOME, 'bin')}:${process.env['PATH'] ?? ''}` })(host)).toEqual(login);
});

test.each<[what: string, files: Readonly<Record<string, string>>, says: string]>([
  ['a file that is none', { [docker]: '{' }, 'is no JSON object. Repair it, or log in again.'],
  ['a helper that is not there', { [docker]: JSON.stringify({ credsStore: 'gone' }) }, 'names the helper docker-credential-gone, which cannot be started'],
  ['a helper that is no name', { [docker]: JSON.stringify({ credsStore: '../../evil' }) }, 'which is no name of a program'],
  ['a helper that says something else', { [docker]: JSON.stringify({ credsStore: 'x' }), 'bin/docker-credential-x': helper('hello') }, 'gave no login for r.test'],
])('%s is told', async (_, files, says) => {
  const HOME = home(files);
  await expect(dockerCredentials({ HOME, PATH: `${join(HOME, 'bin')}:${process.env['PATH'] ?? ''}` })('r.test')).rejects.toThrow(says);
});
