// Problems as workflow commands of GitHub Actions, which shows them beside the lines they are about. Document text is
// untrusted: nothing in it may begin a command of its own, so everything is escaped as the runner expects it.
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
import { safeText } from '@runbook/access';
import { formatProblem, type Problem } from '@runbook/problem';

/** One line for each problem: `::error file=…,line=…,col=…,title=…::message`. Empty without problems. */
export function renderGithubProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `${command(problem)}\n`).join('');
}

function command(problem: Problem): string {
  const { file, line, column, code, severity, detail } = problem;
  const properties = Object.entries({ file, line, col: column, title: code }).map(([name, value]) => `${name}=${escapeProperty(safeText(String(value)))}`);
  // Place and code stand in the properties already.
  const text = formatProblem(problem).slice(`${file}:${line}:${column}  ${code}: `.length);
  return `::${severity} ${properties.join(',')}::${escapeData(safeText(detail === undefined || detail === '' ? text : `${text}\n${detail}`))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
