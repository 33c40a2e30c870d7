// The text of a heading as a reader sees it: without anchors, link targets and emphasis marks. For names only, so an
// approximation is enough; it must be fast on any text.

/** The visible text of a heading's source, cut at 200 characters. */
export function headingText(source: string): string {
  return source
    .slice(0, 500)
    .replace(/\s*\{#[^{}]*\}\s*$/, '')
    .replace(/!?\[([^[\]]*)\]\([^()\n]{0,400}\)/g, '$1')
    .replace(/<(https?:[^<>\s]*)>/g, '$1')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/[`*]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

/** A short name made of a heading: lower case letters, digits and dashes; empty when nothing is left. */
export function slug(heading: string): string {
  return heading
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}
