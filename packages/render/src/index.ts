// A report, a plan, a list or problems as text. Pure: data in, text out.
export { layOutRows, type Cell } from './columns.ts';
export { formatDuration } from './duration.ts';
export { effectPaint, kindWord, listJson, renderList } from './listing.ts';
export { plainPalette, type Paint, type Palette } from './palette.ts';
export { renderPage, type PageSource } from './page.ts';
export { renderPlan, type PlanTextOptions } from './plan-text.ts';
export { problemCount, problemsJson, renderProblems, type ProblemTextOptions } from './problem-frame.ts';
export { renderGithubProblems } from './problem-github.ts';
export { parseProblemRules, renderSarif, type ProblemRule, type SarifTool } from './problem-sarif.ts';
export { fitReportMarkdown, renderReportMarkdown, type ReportOptions, type Room } from './report-markdown.ts';
export { renderReportPage, type LogExcerpt, type ReportPageSource } from './report-page.ts';
export { renderReportTable, type ReportTableOptions, type TextOptions } from './report-table.ts';
export { loadReportSchema, renderReport, renderReportJson, reportFormats, type ReportFormat, type ReportTextFormat } from './report.ts';
export { renderRunTable, type ListedRun } from './run-table.ts';
export {
  defaultSteps,
  findStarterFault,
  parseStarterInput,
  parseStarterStep,
  renderStarter,
  type Answer,
  type StarterAnswers,
  type StarterInput,
  type StarterKind,
  type StarterStep,
} from './starter.ts';
export { stateMark, statePaint, stateWord } from './state.ts';
export { clipText, oneLine, safeLines, textWidth } from './width.ts';
export { renderWithheld } from './withheld.ts';
