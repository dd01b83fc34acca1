import { describeBackend } from '../../support/backend-contract.ts';
import { makeSite } from '../../support/site.ts';

describeBackend('a site of ours', () => makeSite(), { showsUnfinished: false });
describeBackend('a site of ours, under TLS', () => makeSite({ tls: 'own' }), { showsUnfinished: false });
