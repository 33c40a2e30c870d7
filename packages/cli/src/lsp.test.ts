// `runbook lsp` as an editor meets it: the built command, spoken to in bytes. The client here is written by hand, so that it
// shares nothing with the server.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { callRunbook, launcher, repositoryFolder } from './command-harness.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly uri: string; readonly version?: number; readonly diagnostics: readonly { readonly code?: string; readonly message: string; readonly range: object }[] };
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

interface Editor {
  request(method: string, params?: object): Promise<Message>;
  notify(method: string, params?: object): void;
  write(bytes: string): void;
  /** The next problems that are published for a version. */
  problems(version: number): Promise<NonNullable<Message['params']>>;
  hangUp(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts the server. */
function startEditor(): Editor {
  const child = spawn(process.execPath, [launcher, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' } });
  const waiting: { wants: (message: Message) => boolean; take: (message: Message) => void; fail: (error: Error) => void }[] = [];
  const seen: Message[] = [];
  let stderr = '';
  let rest = Buffer.alloc(0);
  let nextId = 1;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString('latin1', 0, 100));
      const start = header?.[0].length ?? 0;
      const length = Number(header?.[1] ?? 0);
      if (header === null || rest.length < start + length) return;
      const message = JSON.parse(rest.toString('utf8', start, start + length)) as Message;
      rest = rest.subarray(start + length);
      const index = waiting.findIndex(({ wants }) => wants(message));
      if (index === -1) seen.push(message);
      else waiting.splice(index, 1)[0]?.take(message);
    }
  });
  const next = (wants: (message: Message) => boolean): Promise<Message> => {
    const index = seen.findIndex(wants);
    if (index !== -1) return Promise.resolve(seen.splice(index, 1)[0] as Message);
    return new Promise((take, fail) => waiting.push({ wants, take, fail }));
  };
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  return {
    notify: (method, params = {}) => send({ method, params }),
    request: (method, params = {}) => {
      const id = nextId;
      nextId += 1;
      send({ id, method, params });
      return next((message) => message.id === id);
    },
    write: (bytes) => void child.stdin.write(bytes),
    problems: async (version) => {
      const { params } = await next((message) => message.method === 'textDocument/publishDiagnostics' && message.params?.version === version);
      if (params === undefined) throw new Error('problems without a document');
      return params;
    },
    hangUp: () => void child.stdin.end(),
    ended: new Promise((resolve) => {
      child.once('close', (code) => {
        for (const { fail } of waiting) fail(new Error(`the server ended with ${String(code)}: ${stderr}`));
        resolve({ code, stderr });
      });
    }),
  };
}

const uri = 'file:///work/release.md';
const release = readFileSync(join(repositoryFolder, 'runbooks/release.md'), 'utf8');
const open = (editor: Editor, text: string): void => editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version: 1, text } });
const change = (editor: Editor, version: number, text: string): void => editor.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });

/** The place of a text in a document, `into` signs behind its beginning. */
function placeOf(document: string, text: string, into = 0): { line: number; character: number } {
  const before = document.slice(0, document.indexOf(text) + into).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

test('an editor opens, changes, asks and leaves', async () => {
  const editor = startEditor();
  expect((await editor.request('initialize', { processId: process.pid, rootUri: null, capabilities: {} })).result).toMatchObject({ serverInfo: { name: 'runbook' }, capabilities: { hoverProvider: true } });
  editor.notify('initialized');
  open(editor, release);
  expect(await editor.problems(1)).toMatchObject({ uri, diagnostics: [] });

  const typo = release.replace('name=push-tag effect=write', 'name=push-tag effct=write');
  change(editor, 2, typo);
  const { diagnostics } = await editor.problems(2);
  expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'unknown-attribute', severity: 1, range: { start: placeOf(typo, 'effct'), end: placeOf(typo, 'effct=write', 11) } }));

  change(editor, 3, release);
  expect((await editor.problems(3)).diagnostics).toEqual([]);
  const at = (text: string, into: number): object => ({ textDocument: { uri }, position: placeOf(release, text, into) });
  expect((await editor.request('textDocument/hover', at('effect=write', 2))).result).toMatchObject({ contents: { value: expect.stringContaining('**effect**') } });
  expect((await editor.request('textDocument/hover', at('"$version"', 3))).result).toMatchObject({ contents: { value: expect.stringContaining('input `version`') } });
  expect((await editor.request('textDocument/definition', at('verifies=push-tag', 12))).result).toMatchObject({ uri, range: { start: placeOf(release, '{name=push-tag', 6) } });
  const completed = (await editor.request('textDocument/completion', at('verifies=push-tag', 9))).result as { label: string }[];
  expect(completed.map(({ label }) => label)).toEqual(expect.arrayContaining(['push-tag', 'source', 'preflight', 'go-ahead']));
  expect(JSON.stringify((await editor.request('textDocument/documentSymbol', { textDocument: { uri } })).result)).toContain('"push-tag"');

  expect((await editor.request('shutdown')).result).toBeNull();
  editor.notify('exit');
  expect(await editor.ended).toEqual({ code: 0, stderr: '' });
});

describe('how it ends', () => {
  test.each<readonly [string, (editor: Editor) => void, number, RegExp]>([
    ['the editor goes away', (editor) => editor.hangUp(), 1, /^$/],
    ['exit without shutdown', (editor) => editor.notify('exit'), 1, /^$/],
    ['a header of something else', (editor) => editor.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 2, /^runbook lsp: .*not the language server protocol.*"GET \/ HTTP/],
    ['bytes without meaning', (editor) => editor.write('\u0000\u001b[2J\u0007'.repeat(50)), 2, /^runbook lsp: .*not the language server protocol/],
    ['a message that is too large', (editor) => editor.write('Content-Length: 99999999999\r\n\r\n{'), 2, /^runbook lsp: a message of 99999999999 bytes is announced; the limit is 67108864\n$/],
    ['a message that is no JSON', (editor) => editor.write('Content-Length: 5\r\n\r\nhello'), 2, /^runbook lsp: a message is not JSON: "hello"\n$/],
  ])('%s', async (_name, act, code, says) => {
    const editor = startEditor();
    await editor.request('initialize', { processId: null, rootUri: null, capabilities: {} });
    open(editor, release);
    act(editor);
    const ended = await editor.ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toContain('\u001b');
  });

  test('a large document is no trouble', async () => {
    const editor = startEditor();
    await editor.request('initialize', { processId: null, rootUri: null, capabilities: {} });
    open(editor, `${release}\n${'All work and no play.\n\n'.repeat(20_000)}`);
    expect((await editor.problems(1)).diagnostics).toEqual([]);
    await editor.request('shutdown');
    editor.notify('exit');
    expect((await editor.ended).code).toBe(0);
  });
});

test('how long a change takes on a document of 1,000 lines is told, not judged', async () => {
  const chapters = Array.from({ length: 67 }, (_, index) => `## Chapter ${index}\n\nSome words about it, and why it has to be done.\n\n\`\`\`bash {name=step-${index} effect=read}\nvalue${index}=$(git ls-remote https://example.com/r refs/heads/main | cut -f1)\nexport value${index}\n\`\`\`\n\n\`\`\`ts {name=look-${index} effect=read poll=30s timeout=2h}\nexport const found${index} = value${index} !== ''\n\`\`\`\n\n- [ ] It looks right. <!-- {name=seen-${index}} -->\n`);
  const document = `---\ninputs:\n  version: { type: string }\n---\n# Long\n\n${chapters.join('\n')}`;
  const lines = document.split('\n').length;
  expect(lines).toBeGreaterThanOrEqual(1000);
  const editor = startEditor();
  await editor.request('initialize', { processId: null, rootUri: null, capabilities: {} });
  open(editor, document);
  await editor.problems(1);
  const times: number[] = [];
  for (let version = 2; version < 12; version += 1) {
    const begin = performance.now();
    change(editor, version, document.replace('name=step-31 ', `name=step-31 timeout=${version} `));
    expect((await editor.problems(version)).diagnostics).toMatchObject([{ code: 'bad-attribute-value' }]);
    times.push(performance.now() - begin);
  }
  const sorted = times.toSorted((a, b) => a - b).map(Math.round);
  console.log(`runbook lsp: ${lines} lines, from a change to its problems ${sorted[5]} ms (median of 10; ${sorted[0]} to ${sorted[9]}), of which 120 ms wait for a pause in typing`);
  await editor.request('shutdown');
  editor.notify('exit');
  expect((await editor.ended).code).toBe(0);
});

test('the schema of the front matter is printed as JSON', async () => {
  const { code, stdout, stderr } = await callRunbook(['schema'], { cwd: repositoryFolder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', properties: { inputs: { additionalProperties: { required: ['type'] } } } });
});
