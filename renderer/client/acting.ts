/** The tenant that an operator acts for in this tab: it goes with every call, and all that is shown is asked anew. */
import { tenantItem } from '../../shared/model/console-proof.ts';

/** Null: back to the owner of the home. Leaves every screen, so that nothing of one tenant is left beside another's. */
export function actFor(tenant: string | null): void {
  if (tenant === null) sessionStorage.removeItem(tenantItem);
  else sessionStorage.setItem(tenantItem, tenant);
  window.location.hash = '#/';
  window.location.reload();
}
