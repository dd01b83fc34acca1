/** Service Quotas: how many virtual processors of each family may run in a region, which EC2 keeps to. */
import { JsonService, textIn } from './json/service.ts';
import { Refusal } from './service.ts';

const usual = 1920;
/** Of instances that are paid for on demand. */
export const standardFamilies = 'L-1216C47A';

export class Quotas {
  readonly #values = new Map<string, number>();

  set(region: string, code: string, value: number): void {
    this.#values.set(`${region} ${code}`, value);
  }

  get(region: string, code: string): number {
    return this.#values.get(`${region} ${code}`) ?? usual;
  }
}

export function quotaService(quotas: Quotas): JsonService {
  return new JsonService({
    name: 'servicequotas',
    target: 'ServiceQuotasV20190624',
    handlers: {
      GetServiceQuota: ({ region }, input) => {
        const [ServiceCode, QuotaCode] = [textIn(input, 'ServiceCode'), textIn(input, 'QuotaCode')];
        if (ServiceCode !== 'ec2' || QuotaCode !== standardFamilies)
          throw new Refusal(400, 'NoSuchResourceException', 'The request failed because the quota does not exist.');
        return { Quota: { ServiceCode, QuotaCode, Value: quotas.get(region, QuotaCode), Adjustable: true } };
      },
    },
  });
}
