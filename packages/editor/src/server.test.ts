import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProtocolConnection } from 'vscode-languageserver-protocol/node';
import type { ProtocolConnection, PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';
import { serveEditor } from './index.ts';
import { release } from './page.test.marked.ts';

const uri = 'file:///r/a.md';
const broken = '```sh {effct=read name=a}\nls\n```\n';

interface Bench {
  readonly client: ProtocolConnection;
  readonly published: PublishDiagnosticsParams[];
  readonly troubles: string[];
  /** What waits for a pause in typing, oldest first. */
  readonly waiting: Set<() => void>;
  readonly toServer: PassThrough;
  readonly farewell: Promise<string>;
  /** Ends the pause, and lets every message arrive. */
  pause(): Promise<void>;
}

function bench(): Bench {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const waiting = new Set<() => void>();
  const troubles: string[] = [];
  const farewell = serveEditor({
    input: toServer,
    output: toClient,
    version: '1.2.3',
    onTrouble: (message) => troubles.push(message),
    whenQuiet: (does) => {
      waiting.add(does);
      return () => waiting.delete(does);
    },
  });
  const client = createProtocolConnection(toClient, toServer);
  const published: PublishDiagnosticsParams[] = [];
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => void published.push(params));
  client.listen();
  return {
    client, published, troubles, waiting, toServer, farewell,
    pause: async () => {
      // Messages arrive in order, so an answer says that all before it were taken.
      await client.sendRequest('textDocument/hover', { textDocument: { uri: 'none' }, position: { line: 0, character: 0 } });
      const due = [...waiting];
      waiting.clear();
      for (const does of due) does();
      await client.sendRequest('textDocument/hover', { textDocument: { uri: 'none' }, position: { line: 0, character: 0 } });
    },
  };
}

async function ready(): Promise<Bench> {
  const one = bench();
  await one.client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await one.client.sendNotification('initialized', {});
  return one;
}

const open = (client: ProtocolConnection, text: string, version = 1): Promise<void> => client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'markdown', version, text } });
const change = (client: ProtocolConnection, text: string, version: number): Promise<void> => client.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });

describe('problems', () => {
  test('are told after a pause, for the newest text only', async () => {
    const { client, published, waiting, pause } = await ready();
    await open(client, broken, 1);
    for (let version = 2; version <= 50; version += 1) await change(client, `${broken}${'x'.repeat(version)}`, version);
    await change(client, release, 51);
    await client.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 0 } });
    expect(waiting.size).toBe(1);
    await pause();
    expect(published).toEqual([{ uri, version: 51, diagnostics: [] }]);
    await change(client, broken, 52);
    await pause();
    expect(published.at(-1)).toMatchObject({ version: 52, diagnostics: [{ code: 'unknown-attribute' }] });
    client.dispose();
  });

  test('of an older version, or of a document that is not open, are not told', async () => {
    const { client, published, pause } = await ready();
    await change(client, broken, 1);
    await open(client, release, 5);
    await change(client, broken, 4);
    await change(client, broken, 5);
    await pause();
    expect(published).toEqual([{ uri, version: 5, diagnostics: [] }]);
    client.dispose();
  });

  test('go when the document is closed, also before they were told', async () => {
    const { client, published, waiting, pause } = await ready();
    await open(client, broken);
    await client.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await pause();
    expect(waiting.size).toBe(0);
    expect(published).toEqual([{ uri, diagnostics: [] }]);
    await open(client, broken, 1);
    await pause();
    expect(published.at(-1)).toMatchObject({ version: 1, diagnostics: [{ code: 'unknown-attribute' }] });
    client.dispose();
  });

  test('an answer is about the newest text, without a pause', async () => {
    const { client } = await ready();
    await open(client, 'text');
    await change(client, broken.replace('effct', 'effect'), 2);
    expect(await client.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 8 } })).toMatchObject({ contents: { kind: 'markdown' } });
    client.dispose();
  });

  test('parts of a text are refused, because whole texts were agreed on', async () => {
    const { client, published, troubles, pause } = await ready();
    await open(client, release);
    await client.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: broken }] });
    await pause();
    expect(published).toEqual([{ uri, version: 1, diagnostics: [] }]);
    expect(troubles).toHaveLength(1);
    client.dispose();
  });
});

describe('questions', () => {
  test('are answered over the open document', async () => {
    const { client } = await ready();
    await open(client, release);
    const line = release.split('\n').findIndex((text) => text.includes('verifies=push-tag'));
    const at = { textDocument: { uri }, position: { line, character: (release.split('\n')[line] ?? '').indexOf('push-tag') + 2 } };
    expect(await client.sendRequest('textDocument/hover', at)).toMatchObject({ contents: { value: expect.stringContaining('step `push-tag`') } });
    expect(await client.sendRequest('textDocument/definition', at)).toMatchObject({ uri, range: { start: { line: 17 } } });
    expect(await client.sendRequest('textDocument/completion', at)).toMatchObject([{ label: 'push-tag' }, {}, {}, {}, {}]);
    expect(await client.sendRequest('textDocument/documentSymbol', { textDocument: { uri } })).toMatchObject([{ name: 'Release' }]);
    client.dispose();
  });

  test('over an unknown document have no answer', async () => {
    const { client } = await ready();
    const at = { textDocument: { uri: 'file:///none.md' }, position: { line: 0, character: 0 } };
    expect(await client.sendRequest('textDocument/hover', at)).toBeNull();
    expect(await client.sendRequest('textDocument/completion', at)).toEqual([]);
    client.dispose();
  });

  test('that nobody knows are refused, and the server goes on', async () => {
    const { client } = await ready();
    await expect(client.sendRequest('textDocument/rename', {})).rejects.toMatchObject({ code: -32601 });
    await client.sendNotification('workspace/didChangeConfiguration', { settings: {} });
    await expect(client.sendRequest('textDocument/hover', {})).rejects.toThrow('textDocument');
    expect(await client.sendRequest('shutdown')).toBeNull();
    client.dispose();
  });
});

describe('beginning and end', () => {
  test('says what it can', async () => {
    const { client } = bench();
    expect(await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} })).toEqual({
      serverInfo: { name: 'runbook', version: '1.2.3' },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: 1 },
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['{', ' ', '=', ',', '"', '$', ':'] },
        definitionProvider: true,
        documentSymbolProvider: true,
      },
    });
    client.dispose();
  });

  test('nothing before initialize, and initialize once', async () => {
    const { client } = bench();
    await expect(client.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 0 } })).rejects.toMatchObject({ code: -32002 });
    await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
    await expect(client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} })).rejects.toMatchObject({ code: -32600 });
    client.dispose();
  });

  test('shutdown, exit', async () => {
    const { client, farewell } = await ready();
    await client.sendRequest('shutdown');
    await expect(client.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 0 } })).rejects.toMatchObject({ code: -32600 });
    await client.sendNotification('exit');
    expect(await farewell).toBe('shut down');
    client.dispose();
  });

  test.each([
    ['exit without shutdown', async ({ client }: Bench) => client.sendNotification('exit'), 'cut off'],
    ['the end of the input', async ({ toServer }: Bench) => void toServer.end(), 'cut off'],
    ['garbage', async ({ toServer }: Bench) => void toServer.write('GET / HTTP/1.1\r\n\r\n'), 'not understood'],
  ])('%s', async (_name, act, expected) => {
    const one = await ready();
    await open(one.client, broken);
    await act(one);
    expect(await one.farewell).toBe(expected);
    expect(one.waiting.size).toBe(0);
    expect(one.troubles).toHaveLength(expected === 'not understood' ? 1 : 0);
    one.client.dispose();
  });
});
