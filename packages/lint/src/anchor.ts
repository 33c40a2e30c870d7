// The names that headings get on GitHub, so that a link can lead to them; and those that authors give themselves. Pure.

/** Collects the anchors of one document, in its order. */
export interface Anchors {
  /** A heading by its visible text. Hugo's `{#name}` at its end is a name of its own. */
  addHeading(text: string): void;
  /** An explicit name. */
  addName(name: string): void;
  names(): ReadonlySet<string>;
}

/** Makes an empty collection. */
export function createAnchors(): Anchors {
  const names = new Set<string>();
  const counts = new Map<string, number>();
  const addSlug = (slug: string): void => {
    const seen = counts.get(slug);
    counts.set(slug, (seen ?? 0) + 1);
    // Some readers count past names that are taken, some do not; a link may be meant for either.
    let name = slug;
    for (let next = seen ?? 1; names.has(name); next += 1) name = `${slug}-${next}`;
    names.add(name);
    if (seen !== undefined) names.add(`${slug}-${seen}`);
  };
  return {
    addHeading: (text) => {
      const explicit = /^(.*?)\s*\{\s*#([^\s{}]+)[^{}]*\}\s*$/s.exec(text);
      if (explicit !== null) names.add(explicit[2] ?? '');
      addSlug(headingSlug(text));
      names.add(headingSlug(text.trim()));
      if (explicit !== null) names.add(headingSlug(explicit[1] ?? ''));
    },
    addName: (name) => void names.add(name),
    names: () => names,
  };
}

/**
 * The anchor of a heading on GitHub: lower case, everything but letters, marks, digits, `_`, `-` and spaces left out, spaces
 * made dashes. (The pipeline behind GitHub's pages does this with Ruby's `\p{Word}`.)
 */
function headingSlug(text: string): string {
  return text.toLowerCase().replace(/[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
}
