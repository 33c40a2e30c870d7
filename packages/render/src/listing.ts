// What `runbook list` shows: the steps of a document, for people and for programs. Nothing of the document runs.
import type { DataBlock, Runbook, Step } from '@runbook/model';
import { layOutRows, type Column } from './columns.ts';
import type { Palette } from './palette.ts';
import type { TextOptions } from './report-table.ts';
import { oneLine } from './width.ts';

const columns: readonly Column[] = [{ least: 12 }, {}, {}, { align: 'right' }, { least: 8 }];

/**
 * The steps of a runbook as a table id | kind | effect | line | heading, below its title, then the blocks that do not run, each
 * with what it quotes or is for. Ends with a line feed.
 */
export function renderList(runbook: Runbook, { width = Infinity, palette }: TextOptions): string {
  const header = ['step', 'kind', 'effect', 'line', 'heading'].map((text) => ({ text, paint: palette.dim }));
  const rows = runbook.steps.map((step) => [
    { text: oneLine(step.id), paint: palette.bold },
    { text: kindWord(step) },
    { text: step.effect, paint: effectPaint(step, palette) },
    { text: String(step.line), paint: palette.dim },
    { text: oneLine(step.heading.at(-1) ?? '') },
  ]);
  const count = [counted(rows.length, 'step'), ...(runbook.data.length === 0 ? [] : [counted(runbook.data.length, 'snippet')])].join(', ');
  const steps = rows.length === 0 ? [] : [...layOutRows([header, ...rows], columns, width), ''];
  const lines = [`${palette.bold(oneLine(runbook.title))}  ${palette.dim(oneLine(runbook.file))}`, '', ...steps, ...snippetLines(runbook.data, { width, palette }), count];
  return `${lines.join('\n')}\n`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const snippetColumns: readonly Column[] = [{ least: 6 }, { align: 'right' }, { least: 12 }, { least: 8 }];

/** What a snippet is for, as its attributes say it, in the order in which it is looked for. */
const purposes = { source: 'quotes', expect: 'expected of', name: 'named' } as const;

function snippetLines(data: readonly DataBlock[], { width = Infinity, palette }: TextOptions): string[] {
  if (data.length === 0) return [];
  const header = ['snippet', 'line', 'purpose', 'begins with'].map((text) => ({ text, paint: palette.dim }));
  const rows = data.map(({ language, line, attributes, source }) => [
    { text: language === '' ? 'text' : oneLine(language) },
    { text: String(line), paint: palette.dim },
    { text: Object.entries(purposes).flatMap(([key, word]) => (attributes[key] === undefined ? [] : [`${word} ${oneLine(attributes[key])}`])).join(', ') },
    { text: oneLine(firstLine(language, source)), paint: palette.dim },
  ]);
  return [...layOutRows([header, ...rows], snippetColumns, width), ''];
}

/** The first line that says something. The prompt of a console is no part of the command; elsewhere `$` may be a variable. */
function firstLine(language: string, source: string): string {
  const line = source.split('\n').find((text) => text.trim() !== '')?.trim() ?? '';
  return language === 'console' ? line.replace(/^\$ /, '') : line;
}

/**
 * The JSON text of `runbook list` (DESIGN §6): title, inputs, steps and data blocks. `heading` is the text of the nearest
 * heading above the step, empty where there is none.
 */
export function listJson(runbook: Runbook): string {
  const list = {
    title: runbook.title,
    inputs: runbook.inputs.map(({ name, type, required }) => ({ name, type, required })),
    steps: runbook.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      language: step.language,
      effect: step.effect,
      heading: step.heading.at(-1) ?? '',
      line: step.line,
      attributes: step.attributes,
      source: step.source,
    })),
    data: runbook.data.map(({ language, line, attributes }) => ({ language, line, attributes })),
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** The kind in a word, with the language where it says more: `shell bash`. */
export function kindWord(step: Step): string {
  return step.language === '' || step.language === step.kind ? step.kind : `${step.kind} ${oneLine(step.language)}`;
}

/** The colour of a step's effect. */
export function effectPaint(step: Step, palette: Palette): (text: string) => string {
  return step.effect === 'write' ? palette.yellow : step.effect === 'local' ? palette.cyan : palette.dim;
}
