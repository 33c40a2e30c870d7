// node tools/github-shapes.mjs
// Asks the rehearsal world's GitHub for everything that it serves, and holds each answer against GitHub's published OpenAPI
// description (npm package @octokit/openapi, fetched into node_modules/.cache, never committed). Not part of `npm test`: it
// needs the npm registry. Build first: npx tsc -b
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { startWorld } from '@runbook/rehearsal';

const root = fileURLToPath(new URL('..', import.meta.url));
const version = '23.0.2';

/** The description, references resolved. @returns {{ paths: Record<string, Record<string, any>> }} */
function description() {
  const cache = join(root, 'node_modules/.cache/github-openapi', version);
  if (!existsSync(join(cache, 'package'))) {
    mkdirSync(cache, { recursive: true });
    const file = execFileSync('npm', ['pack', '--silent', `@octokit/openapi@${version}`], { cwd: cache, encoding: 'utf8' }).trim();
    execFileSync('tar', ['-xzf', file], { cwd: cache });
  }
  return JSON.parse(readFileSync(join(cache, 'package/generated/api.github.com.deref.json'), 'utf8'));
}

const api = description();
const templates = Object.keys(api.paths).map((template) => ({ template, regex: new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(?:path|ref|basehead)\}/g, '(.+)').replace(/\{[^}]+\}/g, '([^/]+)')}$`) }));
/** OpenAPI 3.0 says `nullable` where JSON Schema says `null` among the types. @param {any} schema @returns {any} */
function asJsonSchema(schema) {
  if (Array.isArray(schema)) return schema.map(asJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, example: _, examples: __, ...rest } = schema;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, asJsonSchema(value)]));
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false });

/** The template that GitHub documents for a path: the one with the most words of its own. @param {string} path @param {string} method */
function templateOf(path, method) {
  return templates.filter(({ template, regex }) => regex.test(path) && api.paths[template]?.[method] !== undefined).sort((a, b) => a.template.replace(/\{[^}]+\}/g, '').length - b.template.replace(/\{[^}]+\}/g, '').length).at(-1)?.template;
}

const dir = mkdtempSync(join(tmpdir(), 'github-shapes-'));
const world = await startWorld({ dir, defaultSeed: join(root, 'packages/rehearsal/seed') });
/** @type {Map<string, string[]>} */
const wrong = new Map();
/** @type {Set<string>} */
const right = new Set();

/** @param {string} call @param {unknown} [body] @returns {Promise<any>} */
async function ask(call, body) {
  const [method = '', path = ''] = call.split(' ');
  const base = path.startsWith('uploads:') ? `${world.url}/uploads.github.com${path.slice('uploads:'.length)}` : `${world.url}/api.github.com${path}`;
  const answer = await fetch(base, { method, headers: { authorization: `Bearer ${world.env['GITHUB_TOKEN'] ?? ''}`, ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }) }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  const text = await answer.text();
  const bare = decodeURI(path.replace('uploads:', '').split('?')[0] ?? '');
  const template = templateOf(bare, method.toLowerCase());
  const name = `${method} ${template ?? bare} ${answer.status}`;
  // what the world does not serve names itself, with a status that GitHub never has
  if (answer.status === 501) return undefined;
  if (template === undefined) wrong.set(name, ['GitHub documents no such route']);
  else judge(name, api.paths[template]?.[method.toLowerCase()]?.responses?.[String(answer.status)], text);
  return text === '' ? undefined : JSON.parse(text);
}

/** @param {string} name @param {any} response @param {string} text */
function judge(name, response, text) {
  if (response === undefined) return void wrong.set(name, ['GitHub documents no such status']);
  const schema = response.content?.['application/json']?.schema;
  // GitHub's description often leaves out the body of an error, which every one has
  if (schema === undefined) return void (text === '' || name.endsWith(' 404') ? right.add(name) : wrong.set(name, ['GitHub documents no body']));
  const validate = ajv.compile(asJsonSchema(schema));
  if (validate(JSON.parse(text))) return void right.add(name);
  // of `anyOf` the deepest misfits tell what is lacking
  wrong.set(name, [...new Set((validate.errors ?? []).filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword)).map(({ instancePath, message, params }) => `${instancePath === '' ? '(whole)' : instancePath} ${message ?? ''} ${JSON.stringify(params)}`))].slice(0, 12));
}

const repo = '/repos/kubernetes-sigs/apisnoop';
try {
  for (const path of ['/user', '/user/repos', '/users/alice', '/rate_limit', repo, `${repo}/branches`, `${repo}/branches/main`, `${repo}/tags`, `${repo}/commits`, `${repo}/commits/main`, `${repo}/git/ref/heads/main`, `${repo}/git/matching-refs/tags`, `${repo}/contents/README.md`, `${repo}/contents/apps`, `${repo}/labels`, `${repo}/forks`, `${repo}/issues`, `${repo}/pulls`, `${repo}/releases`, `${repo}/collaborators/alice/permission`, `${repo}/commits/main/status`, `${repo}/commits/main/statuses`, `${repo}/commits/main/check-runs`, `${repo}/commits/main/check-suites`, `${repo}/compare/main...main`, '/search/issues?q=repo:kubernetes/k8s.io+is:pr']) await ask(`GET ${path}`);
  const head = (await ask(`GET ${repo}/git/ref/heads/main`)).object.sha;
  const commit = await ask(`GET ${repo}/git/commits/${head}`);
  await ask(`GET ${repo}/git/trees/${commit.tree.sha}`);
  const blob = await ask(`POST ${repo}/git/blobs`, { content: 'hello', encoding: 'utf-8' });
  await ask(`GET ${repo}/git/blobs/${blob.sha}`);
  const tree = await ask(`POST ${repo}/git/trees`, { base_tree: commit.tree.sha, tree: [{ path: 'hello', mode: '100644', type: 'blob', sha: blob.sha }] });
  const made = await ask(`POST ${repo}/git/commits`, { message: 'm', tree: tree.sha, parents: [head] });
  await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/shapes', sha: head });
  await ask(`PATCH ${repo}/git/refs/heads/shapes`, { sha: made.sha });
  const tag = await ask(`POST ${repo}/git/tags`, { tag: 'v0.9.0', message: 'm', object: head, type: 'commit' });
  await ask(`GET ${repo}/git/tags/${tag.sha}`);
  await ask(`POST ${repo}/git/refs`, { ref: 'refs/tags/v0.9.0', sha: tag.sha });
  const put = await ask(`PUT ${repo}/contents/new.txt`, { message: 'm', content: 'eA==', branch: 'shapes' });
  await ask(`DELETE ${repo}/contents/new.txt`, { message: 'm', sha: put.content.sha, branch: 'shapes' });
  await ask(`POST ${repo}/statuses/${made.sha}`, { state: 'success', context: 'c', description: 'd', target_url: 'https://example.org/' });
  await ask(`GET ${repo}/commits/${made.sha}/status`);
  const pull = await ask(`POST ${repo}/pulls`, { title: 't', head: 'shapes', base: 'main', body: 'b' });
  for (const rest of ['', '/files', '/commits', '/reviews', '/comments']) await ask(`GET ${repo}/pulls/${pull.number}${rest}`);
  await ask(`PATCH ${repo}/pulls/${pull.number}`, { title: 'u' });
  await ask(`GET ${repo}/issues/${pull.number}`);
  const comment = await ask(`POST ${repo}/issues/${pull.number}/comments`, { body: 'hello' });
  await ask(`GET ${repo}/issues/${pull.number}/comments`);
  await ask(`GET ${repo}/issues/comments/${comment.id}`);
  await ask(`PATCH ${repo}/issues/comments/${comment.id}`, { body: 'again' });
  await ask(`DELETE ${repo}/issues/comments/${comment.id}`);
  await ask(`POST ${repo}/issues/${pull.number}/labels`, { labels: ['lgtm'] });
  await ask(`GET ${repo}/issues/${pull.number}/labels`);
  await ask(`PUT ${repo}/issues/${pull.number}/labels`, { labels: ['approved'] });
  await ask(`DELETE ${repo}/issues/${pull.number}/labels/approved`);
  await ask(`POST ${repo}/pulls/${pull.number}/reviews`, { event: 'COMMENT', body: 'x' });
  await ask(`GET ${repo}/pulls/${pull.number}/reviews`);
  await ask(`GET ${repo}/pulls/${pull.number}/merge`);
  await ask(`PUT ${repo}/pulls/${pull.number}/merge`, { merge_method: 'merge' });
  await ask(`POST ${repo}/issues`, { title: 'i', body: 'b' });
  await ask(`PATCH ${repo}/issues/${pull.number + 1}`, { state: 'closed' });
  await ask(`POST ${repo}/releases/generate-notes`, { tag_name: 'v0.9.0' });
  const release = await ask(`POST ${repo}/releases`, { tag_name: 'v0.9.0', name: 'n', body: 'b' });
  for (const rest of ['', '/latest', `/${release.id}`, '/tags/v0.9.0', `/${release.id}/assets`]) await ask(`GET ${repo}/releases${rest}`);
  await ask(`POST uploads:${repo}/releases/${release.id}/assets?name=a.txt`, 'hello');
  await ask(`PATCH ${repo}/releases/${release.id}`, { name: 'm' });
  await ask(`DELETE ${repo}/releases/${release.id}`);
  await ask(`POST ${repo}/forks`, {});
  await ask('POST /repos/robin/apisnoop/merge-upstream', { branch: 'main' });
  await ask(`DELETE ${repo}/git/refs/heads/shapes`);
} finally {
  await world.close();
  rmSync(dir, { recursive: true, force: true });
}
for (const [name, why] of wrong) process.stdout.write(`✗ ${name}\n${why.map((line) => `    ${line}\n`).join('')}`);
process.stdout.write(`${right.size} answers are as GitHub describes them, ${wrong.size} are not.\n`);
process.exitCode = wrong.size === 0 ? 0 : 1;
