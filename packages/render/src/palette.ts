// The colours a text may have, as an argument. Nothing in this package knows of a terminal or an environment:
// who prints decides whether there are colours at all.

/** Wraps text in one colour or weight. Without colours it returns the text as it is. */
export type Paint = (text: string) => string;

/** The few colours of the house, each with one meaning. */
export interface Palette {
  /** Titles and step ids. */
  readonly bold: Paint;
  /** What matters less: line numbers, things that were not needed. */
  readonly dim: Paint;
  /** Failed, or an error. */
  readonly red: Paint;
  /** Done. */
  readonly green: Paint;
  /** Writes, withheld writes, warnings, what a person declined. */
  readonly yellow: Paint;
  /** What is going on or waited for, and links. */
  readonly cyan: Paint;
  /** What could not be reached or is not known. */
  readonly magenta: Paint;
}

const plain: Paint = (text) => text;

/** No colours: for files, pipes and `NO_COLOR`. */
export const plainPalette: Palette = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  magenta: plain,
};
