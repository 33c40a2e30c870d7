// The record of a run as Markdown: the table that release managers fill by hand, and what proves it. Same report, same bytes.
import type { Plan, Report } from '@runbook/model';
import { codeBlock, codeSpan, markdownTable, pageLink, quietMarkdown } from './markdown-text.ts';
import { tellReport, type Line, type Piece, type Section, type Story } from './report-story.ts';
import { clipText, oneLine } from './width.ts';

/** What else may be said in a report. */
export interface ReportOptions {
  /** The plan of the run: gives the commands. Without it the writes and headings stand in. */
  readonly plan?: Plan;
}

/** Room for a report that is scarce. */
export interface Room {
  readonly most: number;
  readonly unit: 'bytes' | 'characters';
}

/**
 * The report as Markdown. Its first line says so when the run was rehearsed or dry. Then the table STEP | COMMAND | LINK |
 * START | DURATION | SUCCEEDED?, failures, what was not done, writes, outputs, approvals, inputs, tools. Times are UTC.
 */
export function renderReportMarkdown(report: Report, { plan }: ReportOptions = {}): string {
  const story = tellReport(report, plan);
  const write = writerFor(report);
  return join([...head(story, write), table(story.steps, write), ...story.sections.map((section) => renderSection(section, write))]);
}

/**
 * The report as Markdown that fits into a room: parts are left out whole, the least telling first, then rows of the table; what
 * is missing is named. Undefined where not even the first lines fit.
 */
export function fitReportMarkdown(report: Report, room: Room, { plan }: ReportOptions = {}): string | undefined {
  const fits = (text: string): boolean => (room.unit === 'bytes' ? Buffer.byteLength(text) : text.length) <= room.most;
  const story = tellReport(report, plan);
  const write = writerFor(report);
  const lead = head(shortened(story), write);
  const note = (what: string): string => `*Left out for want of room: ${what}. The whole record: ${codeSpan(`runbook report ${report.run}`)}*`;
  const sections = story.sections.map((section) => ({ section, text: renderSection(section, write) }));
  const order = sections.toSorted((a, b) => a.section.weight - b.section.weight);
  const steps = table(story.steps, write);
  for (let left = 0; left <= order.length; left += 1) {
    const out = new Set(order.slice(0, left));
    const notes = left === 0 ? [] : [note(namesOf(order.slice(0, left).map(({ section }) => section), write))];
    const text = join([...lead, ...notes, steps, ...sections.filter((one) => !out.has(one)).map((one) => one.text)]);
    if (fits(text)) return text;
  }
  const { rows } = story.steps;
  const all = [...rows];
  const withRows = (count: number): string => join([...lead, note(`everything but the first ${count} of ${rows.length} rows`), table({ ...story.steps, rows: all.slice(0, count) }, write)]);
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(withRows(middle))) low = middle;
    else high = middle - 1;
  }
  return fits(withRows(low)) ? withRows(low) : undefined;
}

/** Longer first lines than this are cut where room is scarce. */
const longestLead = 2000;

/** Cut before it is escaped: half an escape could hide all that follows. */
function shortened(story: Story): Story {
  const short = (text: string): string => clipText(oneLine(text), longestLead);
  return { ...story, ...(story.world === undefined ? {} : { world: { ...story.world, sentence: short(story.world.sentence) } }), title: short(story.title), sentence: short(story.sentence) };
}

function namesOf(sections: readonly Section[], write: Writer): string {
  return sections.map(({ title }) => write(title)).join(', ');
}

function head({ world, title, sentence, summary }: Story, write: Writer): string[] {
  const foreign = (text: string): string => write([{ kind: 'text', text }]);
  return [
    ...(world === undefined ? [] : [`> **${world.word}** ${foreign(world.sentence)}`]),
    `# ${foreign(title)}`,
    `${foreign(sentence)} ${summary}`,
  ];
}

function join(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function renderSection(section: Section, write: Writer): string {
  return `## ${write(section.title)}\n\n${renderBody(section, write)}`;
}

function renderBody(section: Section, write: Writer): string {
  if (section.kind === 'table') return table(section, write);
  if (section.kind === 'facts') return section.facts.map((fact) => `- ${write(fact)}`).join('\n');
  return section.blocks.flatMap(({ lead, code, close }) => [write(lead), ...(code === undefined ? [] : [codeBlock(code)]), ...(close === undefined ? [] : [write(close)])]).join('\n\n');
}

function table({ header, rows }: Extract<Section, { readonly kind: 'table' }>, write: Writer): string {
  return markdownTable(header, Array.from(rows, (row) => row.map(write)));
}

type Writer = (line: Line) => string;

/** How pieces are set. Addresses in a rehearsal name real pages that have nothing to do with it: there they lead nowhere. */
function writerFor({ mode }: Report): Writer {
  const set: Readonly<Record<Piece['kind'], (text: string) => string>> = {
    ours: (text) => text,
    text: (text) => quietMarkdown(text, { withoutLinks: mode === 'rehearse' }),
    strong: (text) => `**${text}**`,
    code: codeSpan,
    step: codeSpan,
    link: pageLink,
  };
  return (line) => line.map((piece) => set[piece.kind](piece.text)).join('');
}
