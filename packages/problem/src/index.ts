export { formatProblem, hasErrors, type Place, type Problem, type Severity } from './problem.ts';
export { indexLines, type Lines } from './lines.ts';
export { nearest } from './nearest.ts';
export { yamlFaults, type YamlError, type YamlFault } from './yaml-fault.ts';
