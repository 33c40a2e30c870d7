import { expect, test } from 'vitest';
import { outsideError } from './outside-error.ts';

test.each([
  [401, {}, '', 'unauthorized'],
  [403, {}, '', 'forbidden'],
  [403, { 'x-ratelimit-remaining': '0' }, '', 'rate-limited'],
  [403, {}, '{"message":"You have exceeded a secondary rate limit."}', 'rate-limited'],
  [403, { 'retry-after': '60' }, '', 'rate-limited'],
  [404, {}, '', 'absent'],
  [405, {}, '', 'unexpected-answer'],
  [408, {}, '', 'unreachable'],
  [409, {}, '', 'conflict'],
  [410, {}, '', 'absent'],
  [412, {}, 'Container Registry is deprecated and shutting down', 'unexpected-answer'],
  [422, {}, '{"message":"Reference already exists"}', 'conflict'],
  [422, {}, '{"message":"Validation Failed","errors":[{"code":"already_exists","field":"tag_name"}]}', 'conflict'],
  [422, {}, '{"message":"Validation Failed"}', 'unexpected-answer'],
  [429, {}, '', 'rate-limited'],
  [500, {}, '', 'unreachable'],
  [501, {}, '', 'unexpected-answer'],
  [502, {}, '', 'unreachable'],
  [503, {}, '', 'unreachable'],
  [504, {}, '', 'unreachable'],
])('%i %o %s is %s', (status, headers, body, code) => {
  const error = outsideError({ service: 's', request: 'GET https://a.test/', status, headers: new Headers(headers), body });
  expect(error.code).toBe(code);
  expect(error.message.startsWith(`${code}: a.test answered ${status}`)).toBe(true);
});

test.each([
  ['{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such manifest"},{"code":"DENIED","message":"no"}]}', 'application/json', 'MANIFEST_UNKNOWN: no such manifest; DENIED: no'],
  ['<html><body>proxy</body></html>', 'text/html', 'the answer is an HTML page'],
  ['plain\n words', 'text/plain', 'plain words'],
  ['{"broken', 'application/json', '{"broken'],
])('the detail of %s', (body, type, detail) => {
  expect(outsideError({ service: 's', request: 'GET https://a.test/', status: 400, headers: new Headers({ 'content-type': type }), body }).detail).toBe(detail);
});
