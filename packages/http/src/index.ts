export { AddressError, isLoopback } from './address.ts';
export { createHttp, type Admission, type Http, type HttpAnswer, type HttpOptions, type HttpRequest } from './http.ts';
export { OutsideError, outsideError, type FailedAnswer, type OutsideCode, type OutsideFacts } from './outside-error.ts';
export { createRoutes, type Routed, type Routes } from './routes.ts';
