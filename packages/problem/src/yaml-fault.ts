// What a YAML reader complains of, told for people. Pure; it knows no YAML library, only the shape of its errors.

/** An error as the `yaml` library gives it. */
export interface YamlError {
  readonly code: string;
  readonly message: string;
  /** Offsets of its beginning and its end. */
  readonly pos: readonly [number, number];
}

/** A complaint with what to do. */
export interface YamlFault {
  /** A key that stands twice; else the text is no YAML. */
  readonly isDuplicate: boolean;
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
}

const nothingElse = 'Correct it; nothing else can be checked before.';

/** Every key that stands twice, and of all else only what comes first: behind it a reader has lost its way, and what it says follows from that. */
export function yamlFaults(text: string, errors: readonly YamlError[]): readonly YamlFault[] {
  if (errors.length > 0 && text.startsWith('\ufeff')) return [{ isDuplicate: false, message: 'the file begins with a byte order mark', hint: 'Save it as UTF-8 without one; nothing else can be checked before.', offset: 0 }];
  const twice = errors.filter(({ code }) => code === 'DUPLICATE_KEY').map(({ pos }): YamlFault => ({ isDuplicate: true, message: 'the file is not valid YAML: a key stands twice in one mapping', hint: 'Keep one.', offset: pos[0] }));
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return first === undefined ? twice : [...twice.filter(({ offset }) => offset < first.pos[0]), describe(first)];
}

function describe({ code, message, pos }: YamlError): YamlFault {
  const offset = pos[0];
  if (code === 'MULTIPLE_DOCS') return { isDuplicate: false, message: 'the file is not valid YAML: it holds several documents, and one is expected', hint: 'Remove the line "---" that begins the next one, and what belongs elsewhere.', offset };
  if (code === 'TAB_AS_INDENT') return { isDuplicate: false, message: 'the file is not valid YAML: a tab indents here', hint: 'Indent with spaces; nothing else can be checked before.', offset };
  return { isDuplicate: false, message: `the file is not valid YAML: ${message.replace(/[\s.:;]+$/, '')}`, hint: nothingElse, offset };
}
