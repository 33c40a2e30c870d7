// The `with` of an include: what the included document gets for its inputs. Plain text, or the value of a name.

/** Where an input of an included document gets its value. */
export type Binding =
  | { readonly kind: 'text'; readonly text: string }
  /** The value of an input or output of the including document. */
  | { readonly kind: 'from'; readonly name: string };

const pair = /^([A-Za-z_]\w*)=(?:\$([A-Za-z_]\w*)|([^\s$]*))$/;

/** Whether a text is `name=$name name=text …`, each name once. */
export function isBindingList(text: string): boolean {
  const words = split(text);
  return words.length > 0 && words.every((word) => pair.test(word)) && new Set(words.map((word) => word.split('=')[0])).size === words.length;
}

/** Reads what `isBindingList` accepts; what it does not is left out. */
export function parseBindings(text: string): Readonly<Record<string, Binding>> {
  return Object.fromEntries(split(text).flatMap((word): [string, Binding][] => {
    const match = pair.exec(word);
    if (match === null) return [];
    const [, input = '', name, value = ''] = match;
    return [[input, name === undefined ? { kind: 'text', text: value } : { kind: 'from', name }]];
  }));
}

function split(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
