// The value of a `source=` attribute: which file a block quotes, and which part of it. Pure; nothing is fetched here.
import { parseSelection } from './selection.ts';
import type { Selection } from './selection.ts';

/** A quoted file: one of the web, or one beside the document. `shown` is how people may see it. */
export type SourceAddress =
  | { readonly kind: 'web'; readonly url: string; readonly shown: string; readonly selection: Selection }
  | { readonly kind: 'file'; readonly path: string; readonly shown: string; readonly selection: Selection }
  | { readonly kind: 'fault'; readonly message: string; readonly hint: string };

const howTo = 'Write an address such as https://github.com/OWNER/REPO/blob/REF/PATH#L1-L5, or a path beside the document.';

/**
 * Reads the value of `source=`. A page of a file on github.com stands for the file itself, on raw.githubusercontent.com.
 * Never throws.
 */
export function parseSource(value: string): SourceAddress {
  const hash = value.indexOf('#');
  const address = hash === -1 ? value : value.slice(0, hash);
  const selection = parseSelection(hash === -1 ? '' : value.slice(hash + 1));
  if (selection === undefined) return fault(`"${value.slice(hash)}" names no part of a file`, 'Write #L1-L5 for lines, or #steps[0].args for a key in YAML or JSON.');
  if (!/^[a-z][a-z0-9+.-]*:/i.test(address)) {
    if (address === '' || address.startsWith('/') || address.startsWith('~') || address.includes('\\')) return fault(`"${address}" is no path beside the document`, howTo);
    return { kind: 'file', path: address, shown: value, selection };
  }
  if (!URL.canParse(address)) return fault(`"${address}" is no address`, howTo);
  const url = new URL(address);
  if (url.protocol !== 'https:') return fault(`"${url.protocol}" is not spoken here; expected https`, howTo);
  if (url.username !== '' || url.password !== '') return fault('the address carries credentials', 'Leave them out: a document is for everybody.');
  return webSource(url, value, selection);
}

function webSource(url: URL, shown: string, selection: Selection): SourceAddress {
  if (url.host !== 'github.com' && url.host !== 'www.github.com') return { kind: 'web', url: url.href, shown, selection };
  const [, owner, repo, view, ...rest] = url.pathname.split('/');
  if ((view !== 'blob' && view !== 'raw') || rest.length < 2 || rest.at(-1) === '') return fault('this page of github.com is no file', howTo);
  return { kind: 'web', url: `https://raw.githubusercontent.com/${owner ?? ''}/${repo ?? ''}/${rest.join('/')}`, shown, selection };
}

function fault(message: string, hint: string): SourceAddress {
  return { kind: 'fault', message, hint };
}
