/** What the console's page proves its sign-in with, beside a cookie that other ports of the host get too. */

/** In the page's `localStorage`. */
export const proofItem = 'holdfast-proof';
/** In each of its requests. */
export const proofHeader = 'x-holdfast-proof';

/** The tenant that an operator acts for: in `sessionStorage`, so that each tab has its own, and in each request. */
export const tenantItem = 'holdfast-tenant';
export const tenantHeader = 'x-holdfast-tenant';
