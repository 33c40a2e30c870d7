// A planted secret in every place where it may leak: nothing under the run's folder, no report, no export and no byte at a
// terminal may show it, plain, encoded, cut or quoted. What is looked for is made here by other programs than the redactor.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, inside, launcher, setUpBench, type Finished } from './command-harness.ts';
import { canOpenTerminals, openTerminal } from './terminal.ts';

const bench = setUpBench();

const token = `pl4nted/T0ken+with 'quotes' & $igns~`;
const key = ['planted key, first line', 'Zm9v/second+line==', 'short', 'planted key, last line of it'].join('\n');
const env = { PLANTED_TOKEN: token, PLANTED_KEY: key, GITHUB_STEP_SUMMARY: 'summary.md' };

/** What must be found nowhere. A line of a key may be left out where it is too short to be one. */
const traces = once(makeTraces);

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function makeTraces(): ReadonlyMap<string, Buffer> {
  const shell = (script: string, value: string): string => execFileSync('bash', ['-c', script, 'bash', value], { encoding: 'utf8' });
  const pieces = (text: string): string[] => text.split('\n').filter((line) => line.length >= 8);
  const found = new Map<string, Buffer>();
  for (const [name, value] of Object.entries({ token, key })) {
    const forms: Record<string, string> = {
      plain: value,
      address: encodeURIComponent(value),
      form: new URLSearchParams({ v: value }).toString().slice(2),
      quoted: shell(`printf %q "$1"`, value),
      declared: shell('x=$1; declare -p x', value).trim().slice('declare -- x="'.length, -1),
      json: JSON.stringify(value).slice(1, -1),
    };
    for (const [form, text] of Object.entries(forms)) for (const [i, piece] of pieces(text).entries()) found.set(`${name} ${form} ${i}`, Buffer.from(piece));
    for (const before of ['', 'x', 'xy']) {
      const encoded = shell('printf %s "$1" | base64', `${before}${value}`);
      for (const [i, line] of pieces(encoded).entries()) found.set(`${name} base64 behind ${before.length} ${i}`, Buffer.from(line.slice(4, -4)));
    }
  }
  return found;
}

function leaks(place: string, bytes: Buffer): string[] {
  return [...traces()].flatMap(([what, trace]) => (bytes.includes(trace) ? [`${place}: ${what}`] : []));
}

function leaksBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = join(folder, name);
    return statSync(file).isFile() ? [...leaks(name, readFileSync(file)), ...leaks(`the name of ${name}`, Buffer.from(name))] : [];
  });
}

const block = (language: string, attributes: string, code: string): string => `\`\`\`${language} {${attributes}}\n${code}\n\`\`\`\n\n`;

/** A server that says all that it hears. */
async function startEcho(): Promise<string> {
  const server = createServer((request, answer) => {
    const heard = String(request.headers['authorization']);
    request.resume().on('end', () => answer.writeHead(request.url?.startsWith('/no') === true ? 403 : 200, { 'content-type': 'text/plain', 'x-heard': encodeURIComponent(heard) }).end(`you said ${heard} at ${request.url}\n`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says = [
  'for secret in "$token" "$key"; do',
  '  echo "plain $secret and"; echo "$secret" >&2; printf \'%q\\n\' "$secret"; declare -p secret',
  '  for before in "" x xy; do printf "$before%s" "$secret" | base64; printf "$before%s" "$secret" | base64 -w64; printf "$before%s" "$secret" | base64 -w0; echo; done',
  `  node -p 'const v = process.argv[1]; [encodeURIComponent(v), String(new URLSearchParams({ v })), JSON.stringify({ v })].join(" ")' -- "$secret"`,
  '  ( set -x; : "$secret" )',
  'done',
].join('\n');

const spoken = [
  block('bash', 'name=says effect=read', says),
  block('bash', 'name=in-pieces effect=read', 'for ((i = 0; i < ${#token}; i += 1)); do printf %s "${token:i:1}"; done; printf %s "${token:0:11}"; sleep 0.05; printf \'%s\\n\' "${token:11}"\nprintf %s "${key:0:30}"; sleep 0.05; echo "${key:30}"'),
  block('bash', 'name=child effect=read', 'T="$token" sh -c \'echo "child $T"; printf "\\033]0;%s\\007" "$T"\'; K="$key" node -e \'process.stderr.write(process.env.K)\''),
  block('bash', 'name=keeps effect=read', 'kept="before $token after"; declare -A map=([a]="$key" ["$token"]=b); several=("$key"); eval "hidden() { echo ${token@Q}; }"; alias hid="echo ${token@Q}"; export leaked="$token" listed="$(printf %s "$key" | base64 -w0)"'),
  block('bash', 'name=uses effect=read', 'test "$leaked" = "$token"; echo "$kept ${map[a]}"; hidden'),
  block('ts', 'name=script effect=read', 'console.log({ token, key }, [token]); process.stderr.write(`${key}\\n`);\nexport const mine = { deep: [token] };'),
  block('ts', 'name=commands effect=write', 'const said = await $`echo ${token}`;\nconsole.log(String(said));'),
  block('bash', 'name=lists effect=read', 'ps -eo args > "$list" 2>/dev/null || cat /proc/[0-9]*/cmdline > "$list" 2>/dev/null || :; : "$token"'),
];

async function write(...blocks: readonly string[]): Promise<void> {
  const address = await startEcho();
  const inputs = `inputs:\n  token: { type: secret, env: PLANTED_TOKEN }\n  key: { type: secret, env: PLANTED_KEY }\n  mirror: { type: string, default: '${address}' }\n  list: { type: string, default: '${join(bench.desk.folder, 'processes')}' }`;
  writeFileSync(join(bench.desk.folder, 'doc.md'), `---\n${inputs}\n---\n# Doc\n\n${blocks.join('')}`);
}

async function call(...args: string[]): Promise<Finished> {
  const finished = await callRunbook(args, { cwd: bench.desk.folder, env });
  expect([...leaks(`stdout of ${args[0]}`, Buffer.from(finished.stdout)), ...leaks(`stderr of ${args[0]}`, Buffer.from(finished.stderr))]).toEqual([]);
  return finished;
}

const runFolders = (): string => join(bench.desk.folder, '.runbook');
const reports = ['md', 'json', 'xml', 'html'].map((end) => `report.${end}`);

/** Everything that tells of a run, read by people and machines. */
async function everyTelling(steps: readonly string[]): Promise<void> {
  for (const format of ['md', 'json', 'junit', 'html']) await call('report', '--format', format);
  for (const step of steps) await call('logs', readdirSync(join(runFolders(), 'runs'))[0] ?? '', step);
  await call('runs', '--json');
  expect(leaksBelow(runFolders())).toEqual([]);
  for (const file of [...reports, 'summary.md']) expect(leaks(file, readFileSync(join(bench.desk.folder, file)))).toEqual([]);
  // as mark-up and tables write it: rendering comes after the redaction, and must have nothing left to hide
  const rendered = [...reports, 'summary.md'].map((file) => readFileSync(join(bench.desk.folder, file), 'utf8')).join('');
  for (const form of [token.replaceAll('&', '&#x26;'), token.replaceAll('&', '&amp;'), token.replaceAll(/[&$~]/g, '\\$&')]) expect(rendered).not.toContain(form);
}

test('without redaction the blocks leak every trace that is looked for', () => {
  const said = execFileSync('bash', ['-c', `exec 2>&1\n${says}`], { env: { ...process.env, token, key } });
  const unheard = [...traces()].filter(([, trace]) => !said.includes(trace)).map(([what]) => what);
  expect(unheard).toEqual([]);
});

test('a run whose blocks say, keep, export and pass on a secret', async () => {
  await write(...spoken);
  const run = await call('run', 'doc.md', '--yes', ...reports.flatMap((file) => ['--report', file]));
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).toContain('***');
  await everyTelling(['says', 'in-pieces', 'child', 'script']);
  expect(leaks('ps', readFileSync(join(bench.desk.folder, 'processes')))).toEqual([]);
  const id = readdirSync(join(runFolders(), 'runs'))[0] ?? '';
  await call('diff', id, id);
});

test('runs that fail with a secret in the error, and are resumed', async () => {
  const failing = [
    ['shell', block('bash', 'name=shell effect=read', 'test -e go || { echo "fatal: $token refused" >&2; exit 7; }')],
    ['thrown', block('ts', 'name=thrown effect=read', 'throw new Error(`cannot log in with ${token}`, { cause: new Error(key) })')],
    ['odd', block('ts', 'name=odd effect=read', 'throw { token, key }')],
    ['answer', block('ts', 'name=answer effect=read', 'const answer = await fetch(`${mirror}/no?t=${encodeURIComponent(token)}`, { headers: { authorization: `Bearer ${Buffer.from(`me:${token}`).toString("base64")}` } });\nconsole.log([...answer.headers]);\nthrow new Error(await answer.text())')],
    ['address', block('ts', 'name=address effect=read', 'await fetch(`http://me:${encodeURIComponent(token)}@127.0.0.1:1/${encodeURIComponent(token)}`)')],
    ['gate', block('bash', 'name=gate effect=read poll=1s timeout=1s', 'echo "not yet: $token"; exit 1')],
    ['data', block('ts', 'name=data effect=read', 'export const odd = () => token')],
  ] as const;
  await write(failing.map(([, text]) => text).join(''));
  for (const [step] of failing) {
    const run = await call('run', 'doc.md', '--yes', '--only', step, ...reports.flatMap((file) => ['--report', file]));
    expect(run.code, `${step}: ${run.stderr}`).toBe(1);
  }
  expect((await call('resume', '--yes')).code).toBe(1);
  await everyTelling([]);
});

test('a dry run that withholds requests and commands with a secret in them', async () => {
  await write(
    block('ts', 'name=post effect=write', 'await fetch(`${mirror}/in?t=${encodeURIComponent(token)}`, { method: "POST", headers: { authorization: token }, body: JSON.stringify({ token, key }) })'),
    block('bash', 'name=push effect=write', 'git push "https://x:$token@example.com/" main'),
    block('ts', 'name=command effect=write', 'await $`git push ${`https://x:${token}@example.com/`}`'),
  );
  const dry = await call('run', 'doc.md', '--dry-run', ...reports.flatMap((file) => ['--report', file]));
  expect(dry.stderr).toContain('/in?t=***');
  await everyTelling([]);
});

test('a word of a person with a secret in it, and a run that is handed over', async () => {
  await write(spoken[3] ?? '', '- [ ] Look. <!-- {name=look} -->\n\n', spoken[4] ?? '');
  const run = await call('run', 'doc.md', '--yes', ...reports.flatMap((file) => ['--report', file]));
  expect(run.code, run.stderr).toBe(3);
  const id = readdirSync(join(runFolders(), 'runs'))[0] ?? '';
  const word = await call('approve', id, 'look', '--evidence', `seen with ${token}`, '--out', 'word.json');
  expect(word.code, word.stderr).toBe(0);
  expect(leaks('word', readFileSync(join(bench.desk.folder, 'word.json')))).toEqual([]);
  expect((await call('approve', id, 'look', '--evidence', `seen with ${token}`)).code).toBe(0);
  await everyTelling([]);
  const resumed = await call('resume', id, '--yes');
  expect(resumed.code, resumed.stderr).toBe(0);
  await everyTelling([]);
});

test('a rehearsal: the ledger of the world and all that stays of it', async () => {
  const world = await bench.world();
  await write(spoken[0] ?? '', block('bash', 'name=asks effect=read', 'git ls-remote "https://github.com/x/$token" || true'));
  const run = await callRunbook(['run', 'doc.md', '--rehearse', '--yes', ...reports.flatMap((file) => ['--report', file])], { cwd: bench.desk.folder, env: { ...env, ...inside(world) } });
  expect(run.code, run.stderr).toBe(0);
  expect(leaks('stderr', Buffer.from(run.stderr))).toEqual([]);
  // a rehearsal has no real secrets: what stands in for them is kept out of the ledger as well
  expect(JSON.stringify(world.ledger())).toContain('/x/***');
  expect(JSON.stringify(world.ledger())).not.toContain('rehearsal-token');
  expect(leaksBelow(world.dir)).toEqual([]);
  await everyTelling(['says', 'asks']);
});

test('a secret out of a file: taken by run and again by resume, refused on the command line', async () => {
  const { folder } = bench.desk;
  writeFileSync(join(folder, 'doc.md'), `---\ninputs:\n  token: { type: secret }\n  kind: { type: string, default: rc }\n---\n# Doc\n\n${block('bash', 'name=look effect=read', 'printf %s "$token" > seen; test -e go')}`);
  writeFileSync(join(folder, 'secret'), `${token}\n`);
  const typed = await call('run', 'doc.md', '--yes', '--input', 'token=short-and-public');
  expect([typed.code, typed.stderr]).toEqual([2, expect.stringContaining('other users can read command lines')]);
  const run = await call('run', 'doc.md', '--yes', '--input', 'token=@secret');
  expect(run.code, run.stderr).toBe(1);
  const without = await call('resume', '--yes');
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('input "token" is missing')]);
  const other = await call('resume', '--yes', '--input', 'kind=final');
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('only a secret can be given again, as --input NAME=@FILE. Its secrets: token.')]);
  const work = join(runFolders(), 'runs', readdirSync(join(runFolders(), 'runs'))[0] ?? '', 'work');
  writeFileSync(join(work, 'go'), '');
  const resumed = await call('resume', '--input', 'token=@secret');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(readFileSync(join(work, 'seen'), 'utf8')).toBe(token);
});

describe.skipIf(!canOpenTerminals)('every byte at a terminal (skipped without tmux)', () => {
  test('of a run step by step, with its live display', async () => {
    await write(...spoken.slice(0, 6), block('bash', 'name=fails effect=read', 'echo "no $token" >&2; exit 3'));
    const bytes = join(bench.desk.folder, 'bytes');
    const terminal = openTerminal(['script', '-qefc', `'${process.execPath}' '${launcher}' run doc.md --yes --step`, bytes], { cwd: bench.desk.folder, env });
    bench.closeLater(() => terminal.close());
    for (const step of ['says', 'in-pieces', 'child', 'keeps', 'uses', 'script', 'fails']) {
      await terminal.shows(new RegExp(`Next: ${step} [^]*\\[q\\]uit\\?`));
      terminal.type('l');
      // what is typed before the next question stands is lost
      await terminal.shows(new RegExp(`Next: ${step} [^]*\\[q\\]uit\\?[^]*\\[q\\]uit\\?`));
      terminal.type('g');
    }
    expect(await terminal.shows(/\[exit \d+\]/)).toContain('[exit 1]');
    const seen = readFileSync(bytes);
    expect(seen.includes('***')).toBe(true);
    expect(leaks('terminal', seen)).toEqual([]);
    expect(leaksBelow(runFolders())).toEqual([]);
  });
});
