/**
 * Who may ask a dashboard for what: the host and the origin must be its own, data needs the token, and a write needs a header that no form sends.
 *
 * A page of another site can make a browser send requests here, and can point a name of its own at this address; it can neither choose the
 * Host header of its name, nor send a custom header without being asked for permission first, which is never given.
 * Order: host, origin, site, token, header. Whatever fails gets 403 and nothing else, so that nothing can be told from the answer.
 * The token is compared in constant time. Source: reliability.md S9, S10; Fetch Metadata (W3C).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What every answer carries. No inline script or style, nothing from elsewhere, no frame around it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** The header that a request which changes something must carry. */
export const writeHeader = 'x-mesocosm';

/** A request as far as it decides. */
export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Data and control; pages and their code need no token. */
  readonly needsToken: boolean;
}

/** Whether a request is let in by a server on that port that has that token. */
export function isLetIn({ method, headers, needsToken }: Asked, port: number, token: string): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) return false;
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host ?? ''}`) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (needsToken && !isSame(headers.authorization ?? '', `Bearer ${token}`)) return false;
  if (method === 'GET' || method === 'HEAD') return true;
  return (
    method === 'POST' && needsToken && headers[writeHeader] === '1' && headers['content-type'] === 'application/json'
  );
}

/** Equal texts, in a time that does not tell how much of them is equal. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
