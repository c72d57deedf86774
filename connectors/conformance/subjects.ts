import type { AnySubject } from './suite.ts';

interface SubjectModule {
  readonly subject: AnySubject;
}

/** Where each connector describes itself to the kit; loaded when it is asked for. */
export const subjects: Readonly<Record<string, () => Promise<SubjectModule>>> = {
  woocommerce: () => import('../woocommerce/conformance.ts'),
  magento: () => import('../magento/conformance.ts'),
  shopify: () => import('../shopify/conformance.ts'),
  'jd-id': () => import('../jd-id/conformance.ts'),
  zilingo: () => import('../zilingo/conformance.ts'),
  'dhl-express': () => import('../dhl-express/conformance.ts'),
  'ninja-van': () => import('../ninja-van/conformance.ts'),
};
