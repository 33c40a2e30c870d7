export { AddressError, isLoopback, isPrivateAddress } from './address.ts';
export { createHttp } from './door.ts';
export type { Admission, AnswerBody, Http, HttpAnswer, HttpBody, HttpOptions, HttpRequest, StreamedBody } from './http.ts';
export { OutsideError, outsideError, type FailedAnswer, type OutsideCode, type OutsideFacts } from './outside-error.ts';
export { askedPause, describePause } from './pause.ts';
export { createRoutes, type Routed, type Routes } from './routes.ts';
