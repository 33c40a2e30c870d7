import { describe, expect, test } from 'vitest';
import { createRoutes } from './routes.ts';

const env = (routes: string) => ({ RUNBOOK_ROUTES: routes });

describe('createRoutes', () => {
  const routes = createRoutes(env('https://*=http://127.0.0.1:4000/*\n https://prow.k8s.io=http://localhost:9/x  https://mirror.test:8443=https://m.test'));

  test.each([
    ['https://gcr.io/v2/', 'http://127.0.0.1:4000/gcr.io/v2/'],
    ['https://gcr.io', 'http://127.0.0.1:4000/gcr.io/'],
    ['https://gcr.io:444/a?b=c%2Fd', 'http://127.0.0.1:4000/gcr.io:444/a?b=c%2Fd'],
    ['https://prow.k8s.io/prowjobs.js?omit=x', 'http://localhost:9/x/prowjobs.js?omit=x'],
    ['https://mirror.test:8443/a/', 'https://m.test/a/'],
  ])('%s is answered at %s, and back', (publicUrl, url) => {
    const routed = routes(publicUrl);
    expect(routed).toEqual({ url, routed: true, headers: { 'x-forwarded-host': new URL(publicUrl).host, 'x-forwarded-proto': 'https' } });
    expect(routes.publicUrl(url)).toBe(new URL(publicUrl).href);
  });

  test('leaves other addresses alone', () => {
    expect(routes('http://127.0.0.1:7/a')).toEqual({ url: 'http://127.0.0.1:7/a', routed: false, headers: {} });
    expect(routes.publicUrl('https://elsewhere.test/a')).toBe('https://elsewhere.test/a');
    expect(createRoutes({})('https://gcr.io/').routed).toBe(false);
  });

  test.each(['https://a.test=http://evil.test/', 'https://*=ftp://127.0.0.1/', 'https://a.test', 'a=b', 'https://a.test/path=http://127.0.0.1:1/', 'https://a.test=http://u:p@127.0.0.1/', 'https://a.test=http://127.0.0.1.evil.test/'])(
    'refuses %s',
    (word) => {
      expect(() => createRoutes(env(word))).toThrow(/^bad-address: RUNBOOK_ROUTES/);
    },
  );
});
