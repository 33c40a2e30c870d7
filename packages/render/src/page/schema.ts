// What of a document's mark-up may reach the page. Everything that is not named here is dropped: elements keep their text,
// those in `strip` lose it too. Images come through only to be turned into links (anchor.ts); nothing of a document is loaded.
import type { Options } from 'rehype-sanitize';
import { slotTag } from './slot.ts';

/** What stands before every id that comes from a document, so that it can meet neither ours nor names of the browser. */
export const foreignIdPrefix = 'user-content-';

/** The rules of the sanitiser. */
export const schema: Options = {
  tagNames: words(
    `a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd li ol p pre q s samp section span strike
    strong sub summary sup table tbody td tfoot th thead tr tt ul var ${slotTag}`,
  ),
  attributes: {
    a: ['href', 'name', ['ariaLabel', /^Back to reference [\d-]+$/]],
    details: ['open'],
    img: ['src', 'alt'],
    input: [['type', 'checkbox'], 'checked'],
    li: ['value'],
    ol: ['start'],
    td: ['align', 'colSpan', 'rowSpan'],
    th: ['align', 'colSpan', 'rowSpan'],
    [slotTag]: ['dataKey'],
    '*': ['id'],
  },
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  required: { input: { type: 'checkbox' } },
  strip: words(
    `applet audio base canvas embed frame frameset head iframe link math meta noembed noframes noscript object param plaintext script select style
    svg template textarea title video xmp`,
  ),
  ancestors: { tbody: ['table'], td: ['table'], tfoot: ['table'], th: ['table'], thead: ['table'], tr: ['table'], summary: ['details'] },
  clobber: ['id', 'name'],
  clobberPrefix: foreignIdPrefix,
  allowComments: false,
  allowDoctypes: false,
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
