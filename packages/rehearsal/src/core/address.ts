// Where the outside finds a path of a public host. Clients that know the routes of a world are told public
// addresses; foreign clients that talk to loopback directly get addresses that they can follow.

/** `https://host/path` for a sender that says `x-forwarded-host`, else `<base>/host/path`. `base` is the world's URL. */
export function addressOf(request: Request, base: string, target: { readonly host: string; readonly path: string }): string {
  return request.headers.get('x-forwarded-host') === null ? `${base}/${target.host}${target.path}` : `https://${target.host}${target.path}`;
}
