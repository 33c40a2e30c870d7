// A registry in front of another one that behaves as badly as real ones do on a bad day. Only tests use it.
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it can be asked to do to every read of a manifest or blob, which no client may bear. */
export type Malice = 'wrong-digest' | 'truncated' | 'loop' | 'html' | 'html-absent' | 'to-this-machine-elsewhere';

/** The registry. */
export interface NastyRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Credentials that came where none belong. */
  readonly caught: readonly string[];
  /** How often each kind of trouble was made. */
  readonly made: ReadonlyMap<string, number>;
  turn(malice: Malice | undefined): void;
  close(): Promise<void>;
}

/**
 * Starts it in front of a registry. It always: wants tokens, which it forgets after a few uses; answers some reads with a 429 and a
 * date, some with a 502 in HTML; knows no HEAD of manifests; gives relative locations for uploads; and sends those who want blobs
 * to another host, which looks for credentials.
 * @param behind `127.0.0.1:PORT` of the registry that does the work.
 */
export async function startNastyRegistry(behind: string): Promise<NastyRegistry> {
  const made = new Map<string, number>();
  const caught: string[] = [];
  const note = (what: string): void => void made.set(what, (made.get(what) ?? 0) + 1);
  let malice: Malice | undefined;
  const store = await listen(createServer((req, res) => {
    if (req.headers.authorization !== undefined || req.headers.cookie !== undefined) caught.push(`${req.url ?? ''}: ${req.headers.authorization ?? req.headers.cookie ?? ''}`);
    pass(req, res, { behind });
  }));
  const gate = createGate(note);
  const isTrouble = everyFew(note);
  const front: Server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', `http://${req.headers.host ?? ''}`);
    if (url.pathname === '/token') return gate.give(req, res);
    if (!gate.lets(req, res, req.headers.host ?? '')) return undefined;
    const isRead = req.method === 'GET' || req.method === 'HEAD';
    if (malice !== undefined && isRead && /\/(?:manifests|blobs)\//.test(url.pathname)) return misbehave(malice, { req, res, behind });
    if (isRead && isTrouble(res)) return void req.resume();
    if (req.method === 'HEAD' && url.pathname.includes('/manifests/')) {
      note('no HEAD');
      return res.writeHead(405).end();
    }
    if (req.method === 'GET' && url.pathname.includes('/blobs/sha256')) {
      note('other host');
      return res.writeHead(307, { location: `http://localhost:${store.port}${req.url ?? ''}` }).end();
    }
    return pass(req, res, { behind, relative: true });
  });
  const { port } = await listen(front);
  return {
    host: `127.0.0.1:${port}`,
    caught,
    made,
    turn: (next) => void (malice = next),
    close: async () => {
      for (const server of [front, store.server]) {
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        });
      }
    },
  };
}

async function listen(server: Server): Promise<{ readonly server: Server; readonly port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Hands a request on to the registry that does the work. */
function pass(req: IncomingMessage, res: ServerResponse, { behind, relative = false }: { readonly behind: string; readonly relative?: boolean }): void {
  const { authorization: _, host: __, ...headers } = req.headers;
  const [hostname = '', port = ''] = behind.split(':');
  const onward = forward({ hostname, port, method: req.method, path: req.url, headers: { ...headers, host: behind } }, (answer) => {
    const { location } = answer.headers;
    const told = location !== undefined && relative ? { ...answer.headers, location: location.replace(/^https?:\/\/[^/]+/, '') } : answer.headers;
    answer.pipe(res.writeHead(answer.statusCode ?? 500, told));
  });
  onward.on('error', () => res.destroy());
  req.pipe(onward);
}

/** Tokens that are forgotten after a few uses. */
function createGate(note: (what: string) => void): { give(req: IncomingMessage, res: ServerResponse): void; lets(req: IncomingMessage, res: ServerResponse, host: string): boolean } {
  const uses = new Map<string, number>();
  return {
    give(req, res) {
      req.resume();
      const token = `token-${uses.size + 1}`;
      uses.set(token, 5);
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expires_in: 3600 }));
    },
    lets(req, res, host) {
      const token = (req.headers.authorization ?? '').replace(/^Bearer /, '');
      const left = uses.get(token) ?? 0;
      uses.set(token, left - 1);
      if (left > 0) return true;
      uses.delete(token);
      note(token === '' ? 'challenge' : 'expired token');
      req.resume();
      res.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="nasty"${token === '' ? '' : ',error="invalid_token"'}`, 'content-type': 'text/html' }).end('<html>who are you?</html>');
      return false;
    },
  };
}

/** Every fifth read is one too many, every seventh meets a web page of something between. */
function everyFew(note: (what: string) => void): (res: ServerResponse) => boolean {
  let reads = 0;
  return (res) => {
    reads += 1;
    if (reads % 5 === 0) {
      note('429');
      res.writeHead(429, { 'retry-after': new Date(Date.now() - 1000).toUTCString(), 'content-type': 'application/json' }).end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
      return true;
    }
    if (reads % 7 === 0) {
      note('502');
      res.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return true;
    }
    return false;
  };
}

function misbehave(malice: Malice, { req, res, behind }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly behind: string }): void {
  req.resume();
  if (req.method === 'HEAD') return void res.writeHead(405).end();
  if (malice === 'loop') return void res.writeHead(307, { location: `${req.url ?? ''}` }).end();
  if (malice === 'html') return void res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
  if (malice === 'html-absent') return void res.writeHead(404, { 'content-type': 'text/html' }).end('<html>404</html>');
  if (malice === 'to-this-machine-elsewhere') return void res.writeHead(307, { location: 'http://10.0.0.1/blob' }).end();
  const [hostname = '', port = ''] = behind.split(':');
  const { authorization: _, ...headers } = req.headers;
  forward({ hostname, port, method: 'GET', path: req.url, headers: { ...headers, host: behind } }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks);
      if (malice === 'wrong-digest') return res.writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] ?? 'application/octet-stream', 'content-length': body.length }).end(Buffer.from(body.map((byte, index) => (index === body.length - 1 ? byte ^ 1 : byte))));
      res.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': body.length });
      res.write(body.subarray(0, Math.floor(body.length / 2)));
      return setImmediate(() => res.destroy());
    });
  }).end();
}
