import { describeBackend } from '../../support/backend-contract.ts';
import { makeSite } from '../../support/site.ts';

describeBackend('a site of ours', () => makeSite(), ['unfinished']);
describeBackend('a site of ours, under TLS', () => makeSite({ tls: 'own' }), ['unfinished']);
