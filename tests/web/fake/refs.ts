import type { Brand } from '../../../client/web/api/types/common.ts';
import { idOf } from './ids.ts';

export const brands: [Brand, Brand] = [
  { id: idOf('brand/kirana'), code: 'kirana', name: 'Kirana Batik', timeZone: 'Asia/Jakarta', currency: 'IDR' },
  { id: idOf('brand/fjord'), code: 'fjord', name: 'Fjord & Wool', timeZone: 'Europe/Oslo', currency: 'AUD' },
];

export const ref = ({ id, code, name }: { id: string; code: string; name: string }) => ({ id, code, name });

export const shop = { id: idOf('connection/shop'), code: 'kirana-shop', name: 'Kirana WooCommerce' };
export const jdId = { id: idOf('connection/jd-id'), code: 'jd-id', name: 'JD.id' };
export const zilingo = { id: idOf('connection/zilingo'), code: 'zilingo', name: 'Zilingo' };
export const dhl = { id: idOf('connection/dhl'), code: 'dhl', name: 'DHL Express' };
export const labelId = idOf('document/label');
