import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FrameReader } from './frame-reader.ts';

const frame = (value: object): string => `Content-Length: ${Buffer.byteLength(JSON.stringify(value))}\r\n\r\n${JSON.stringify(value)}`;

/** What is read of chunks: messages as JSON, then the error. */
async function read(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const input = new PassThrough();
  const reader = new FrameReader(input);
  const seen: string[] = [];
  const closed = new Promise<void>((resolve) => {
    reader.onClose(() => resolve());
    reader.onError((error) => seen.push(error.message));
  });
  reader.listen((message) => void seen.push(JSON.stringify(message)));
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await closed;
  return seen;
}

const one = { jsonrpc: '2.0', method: 'a', params: { text: 'é🎉' } };
const two = { jsonrpc: '2.0', id: 2, method: 'b' };

describe('messages', () => {
  test.each<readonly [string, readonly (string | Buffer)[], readonly object[]]>([
    ['one', [frame(one)], [one]],
    ['two in one chunk', [frame(one) + frame(two)], [one, two]],
    ['a message byte by byte', [...Buffer.from(frame(one) + frame(two))].map((byte) => Buffer.from([byte])), [one, two]],
    ['a header with other fields', [`Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n${frame(one)}`], [one]],
    ['a header in other letters', [frame(one).replace('Content-Length', 'content-length')], [one]],
    ['nothing', [], []],
  ])('%s', async (_name, chunks, expected) => {
    expect(await read(chunks)).toEqual(expected.map((message) => JSON.stringify(message)));
  });
});

test.each<readonly [string, readonly string[], string]>([
  ['another protocol', ['{"jsonrpc":"2.0"}'], 'the input is not the language server protocol: it begins with "{\\"jsonrpc\\":\\"2.0\\"}", expected Content-Length'],
  ['a header without a length', ['Content-Type: x\r\n\r\n'], 'a message has no usable Content-Length: "Content-Type: x"'],
  ['a length that is no number', ['Content-Length: many\r\n\r\n'], 'a message has no usable Content-Length: "Content-Length: many"'],
  ['a negative length', ['Content-Length: -5\r\n\r\n'], 'a message has no usable Content-Length: "Content-Length: -5"'],
  ['a huge message', ['Content-Length: 99999999999\r\n\r\n'], 'a message of 99999999999 bytes is announced; the limit is 67108864'],
  ['a header without end', [`Content-Length: ${'0'.repeat(5000)}`], `the input is not the language server protocol: it begins with ${JSON.stringify(`Content-Length: ${'0'.repeat(24)}`)}, expected Content-Length`],
  ['no JSON', ['Content-Length: 3\r\n\r\nabc'], 'a message is not JSON: "abc"'],
  ['no message', ['Content-Length: 2\r\n\r\n[]'], 'a message is not JSON-RPC: "[]"'],
  ['an end too soon', ['Content-Length: 10\r\n\r\n{'], 'the input ends in the middle of a message'],
  ['an end in the header', ['Content-Le'], 'the input ends in the middle of a message'],
])('%s is told, once', async (_name, chunks, message) => {
  expect(await read(chunks)).toEqual([message]);
});

test('what was right before is read, what follows is not', async () => {
  expect(await read([`${frame(one)}garbage\r\n\r\n${frame(two)}`])).toEqual([JSON.stringify(one), 'a message has no usable Content-Length: "garbage"']);
});
